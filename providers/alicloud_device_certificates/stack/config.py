"""The certificates and fleets that a stack's config lists, as data sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import pulumi

from alicloud_device_certificates.contract.bounds import DocumentError, joined, shortened
from alicloud_device_certificates.contract.config import CERTIFICATES, FLEETS, NAMESPACE, ConfigKey
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.documents import parse_json
from alicloud_device_certificates.contract.fleets import FleetKind
from alicloud_device_certificates.contract.kinds import CertificateKind
from alicloud_device_certificates.resources.own_config import ConfigError, check_own_keys
from alicloud_device_certificates.resources.pulumi_runtime import is_secret
from alicloud_device_certificates.stack.entries import (
    FLEETS_IN_CONFIG,
    KINDS_IN_CONFIG,
    camel_case,
    entry_faults,
    json_type,
    snake_case,
)
from alicloud_device_certificates.stack.outputs import DataSource

MAX_ENTRIES: Final = 10_000
"""The maximum number of certificates in the config: the engine needs minutes for as many reads."""

Kinds = Mapping[str, CertificateKind | FleetKind]


def configured_certificates() -> dict[str, DataSource]:
    """Make a data source of each entry in the stack's config, by name.

    The keys ``device-certificates:certificates`` and ``device-certificates:fleets`` are lists of objects. Each has a
    ``name``, which becomes the resource's name, a ``service`` (``mqtt`` or ``iot``, and ``mqtt-ca`` for a fleet), and
    the data source's arguments in camelCase.

    Raise ConfigError if a list is invalid or the config has an unknown key, before any data source is made, and
    ArgumentError if a value is invalid.
    """
    check_own_keys()
    config = pulumi.Config(NAMESPACE)
    singles, fleets = _entries(config, CERTIFICATES, KINDS_IN_CONFIG), _entries(config, FLEETS, FLEETS_IN_CONFIG)
    if singles is None and fleets is None:
        raise ConfigError(
            f"{CERTIFICATES.full_name} is not set, nor is {FLEETS.full_name}; list the certificates to read (see "
            "docs/data-sources/README.md)"
        )
    if faults := list(_duplicates([*(singles or ()), *(fleets or ())])):
        keys = " and ".join(key.full_name for key, found in ((CERTIFICATES, singles), (FLEETS, fleets)) if found)
        raise ConfigError(f"{keys}: {joined(faults)}")
    return {
        **{entry["name"]: _make(entry, KINDS_IN_CONFIG[entry["service"]]) for entry in singles or ()},
        **{entry["name"]: _make(entry, FLEETS_IN_CONFIG[entry["service"]]) for entry in fleets or ()},
    }


def _entries(config: pulumi.Config, key: ConfigKey, kinds: Kinds) -> list[dict[str, Any]] | None:
    """Return the entries of a list; None if it is not set."""
    name, text = key.full_name, config.get(key.name)
    try:
        entries = None if text is None else parse_json(text)
    except DocumentError as error:
        raise ConfigError(f"{name} is not valid JSON; it must be a list of {key.name}: {error}") from None
    if is_secret(name):
        raise ConfigError(
            f"{name} is or contains a secret, but it becomes part of IDs, which are plain text: set it without --secret"
        )
    if entries is None:
        return None
    if not isinstance(entries, list):
        raise ConfigError(f"{name} must be a list of {key.name}, not {json_type(entries)}")
    if not entries:
        raise ConfigError(f"{name} is an empty list; list at least one of the {key.name} to read")
    if len(entries) > MAX_ENTRIES:
        raise ConfigError(f"{name} lists {len(entries):,} {key.name}; the maximum of a stack is {MAX_ENTRIES:,}")
    faults = [
        f"entry {number} {fault}" for number, entry in enumerate(entries, 1) for fault in entry_faults(entry, kinds)
    ]
    if faults:
        raise ConfigError(f"{name}: {joined([*faults, *_duplicates(entries)])}")
    return entries


def _duplicates(entries: list[Any]) -> Iterator[str]:
    names = [entry["name"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    for name, count in Counter(names).items():
        if count > 1:
            yield f"duplicate name {shortened(name)} ({count} entries)"


def _make(entry: Mapping[str, Any], kind: CertificateKind | FleetKind) -> DataSource:
    module = import_module(f"{PACKAGE}.resources.{kind.module}")
    arguments = (*kind.config_required, *(kind.config_options or ()))
    given = {argument: entry[key] for argument in arguments if (key := camel_case(argument)) in entry}
    if isinstance(select := given.get("select"), dict):
        given["select"] = {snake_case(name): value for name, value in select.items()}
    resource: DataSource = getattr(module, kind.class_name)(entry["name"], **given)
    return resource
