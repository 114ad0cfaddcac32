"""The certificates listed in a stack's config, ``device-certificates:certificates``, as data sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import pulumi

from alicloud_device_certificates.contract.bounds import DocumentError, joined, shortened
from alicloud_device_certificates.contract.config import CERTIFICATES, NAMESPACE
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.documents import parse_json
from alicloud_device_certificates.resources.certificate_resource import CertificateResource
from alicloud_device_certificates.resources.own_config import ConfigError, check_own_keys
from alicloud_device_certificates.resources.pulumi_runtime import is_secret
from alicloud_device_certificates.stack.entries import KINDS_IN_CONFIG, camel_case, entry_faults, json_type

MAX_ENTRIES: Final = 10_000
"""The maximum number of certificates in the config: the engine needs minutes for as many reads."""

_KEY = CERTIFICATES.full_name


def configured_certificates() -> dict[str, CertificateResource]:
    """Make a data source of each entry in the stack's config, by name.

    The key ``device-certificates:certificates`` is a list of objects. Each has a ``name``, which becomes the resource's
    name, a ``service`` (``mqtt`` or ``iot``), and the data source's arguments in camelCase.

    Raise ConfigError if the list is invalid or the config has an unknown key, before any data source is made, and
    ArgumentError if a value is invalid.
    """
    check_own_keys()
    entries = _entries(pulumi.Config(NAMESPACE))
    return {entry["name"]: _make(entry) for entry in entries}


def _entries(config: pulumi.Config) -> list[dict[str, Any]]:
    text = config.get(CERTIFICATES.name)
    try:
        entries = None if text is None else parse_json(text)
    except DocumentError as error:
        raise ConfigError(f"{_KEY} is not valid JSON; it must be a list of certificates: {error}") from None
    if is_secret(_KEY):
        raise ConfigError(
            f"{_KEY} is or contains a secret, but it becomes part of IDs, which are plain text: set it without --secret"
        )
    if entries is None:
        raise ConfigError(f"{_KEY} is not set; list the certificates to read (see docs/data-sources/README.md)")
    if not isinstance(entries, list):
        raise ConfigError(f"{_KEY} must be a list of certificates, not {json_type(entries)}")
    if not entries:
        raise ConfigError(f"{_KEY} is an empty list; list at least one certificate to read")
    if len(entries) > MAX_ENTRIES:
        raise ConfigError(f"{_KEY} lists {len(entries):,} certificates; the maximum of a stack is {MAX_ENTRIES:,}")
    faults = [
        *(f"entry {number} {fault}" for number, entry in enumerate(entries, 1) for fault in entry_faults(entry)),
        *_duplicates(entries),
    ]
    if faults:
        raise ConfigError(f"{_KEY}: {joined(faults)}")
    return entries


def _duplicates(entries: list[Any]) -> Iterator[str]:
    names = [entry["name"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    for name, count in Counter(names).items():
        if count > 1:
            yield f"duplicate name {shortened(name)} ({count} entries)"


def _make(entry: Mapping[str, Any]) -> CertificateResource:
    kind = KINDS_IN_CONFIG[entry["service"]]
    module = import_module(f"{PACKAGE}.resources.{kind.module}")
    arguments = (*kind.config_required, *(kind.config_options or ()))
    given = {argument: entry[key] for argument in arguments if (key := camel_case(argument)) in entry}
    resource: CertificateResource = getattr(module, kind.class_name)(entry["name"], **given)
    return resource
