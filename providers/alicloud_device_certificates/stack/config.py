"""The certificates listed in a stack's config, ``device-certificates:certificates``, as data sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, ClassVar

import pulumi

from alicloud_device_certificates.contract.config import CERTIFICATES, NAMESPACE
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.resources.certificate_resource import CertificateResource
from alicloud_device_certificates.resources.pulumi_runtime import is_secret

_KEY = CERTIFICATES.full_name

_KINDS: Mapping[str, CertificateKind] = {kind.key: kind for kind in KINDS.values() if kind.config_options is not None}
_CHOICE = " or ".join(_KINDS)


class ConfigError(pulumi.RunError):
    """The list of certificates in the config is invalid: one line that lists every fault."""

    fix: ClassVar[str] = "Correct the entries of `device-certificates:certificates` that the message lists."


def configured_certificates() -> dict[str, CertificateResource]:
    """Make a data source of each entry in the stack's config, by name.

    The key ``device-certificates:certificates`` is a list of objects. Each has a ``name``, which becomes the resource's
    name, a ``service`` (``mqtt`` or ``iot``), and the data source's arguments in camelCase.

    Raise ConfigError if the list is invalid, before any data source is made, and ArgumentError if a value is.
    """
    entries = _entries(pulumi.Config(NAMESPACE))
    return {entry["name"]: _make(entry) for entry in entries}


def entry_keys(kind: CertificateKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys that an entry of this kind must have, and those that it may have."""
    required = tuple(map(camel_case, kind.config_required))
    optional = tuple(map(camel_case, kind.config_options or ()))
    return ("name", "service", *required), optional


def camel_case(argument: str) -> str:
    """Return the key of a data source's argument in the config, such as ``caSn`` for ``ca_sn``."""
    first, *rest = argument.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _entries(config: pulumi.Config) -> list[dict[str, Any]]:
    try:
        entries = config.get_object(CERTIFICATES.name)
    except pulumi.ConfigTypeError:
        raise ConfigError(f"{_KEY} is not valid JSON; it must be a list of certificates") from None
    if is_secret(_KEY):
        raise ConfigError(
            f"{_KEY} is or contains a secret, but it becomes part of IDs, which are plain text: set it without --secret"
        )
    if entries is None:
        raise ConfigError(f"{_KEY} is not set; list the certificates to read (see docs/data-sources/README.md)")
    if not isinstance(entries, list):
        raise ConfigError(f"{_KEY} must be a list of certificates, not {_json_type(entries)}")
    if not entries:
        raise ConfigError(f"{_KEY} is an empty list; list at least one certificate to read")
    faults = [
        *(f"entry {number} {fault}" for number, entry in enumerate(entries, 1) for fault in _entry_faults(entry)),
        *_duplicates(entries),
    ]
    if faults:
        raise ConfigError(f"{_KEY}: {'; '.join(faults)}")
    return entries


def _entry_faults(entry: object) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"must be an object, not {_json_type(entry)}"
        return
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        yield "has no name (a string)"
    service = entry.get("service")
    if not isinstance(service, str) or service not in _KINDS:
        yield f"has no service ({_CHOICE})" if service is None else f"has an unknown service, {service!r}: {_CHOICE}"
        return
    required, optional = entry_keys(_KINDS[service])
    for key in entry:
        if key not in (*required, *optional):
            yield f"has an unknown key, {key!r}; the keys of service {service} are {', '.join((*required, *optional))}"
    for key in required:
        if key not in entry and key != "name":
            yield f"lacks {key}"


def _duplicates(entries: list[Any]) -> Iterator[str]:
    names = [entry["name"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"duplicate name {name!r} ({names.count(name)} entries)"


def _make(entry: Mapping[str, Any]) -> CertificateResource:
    kind = _KINDS[entry["service"]]
    module = import_module(f"{PACKAGE}.resources.{kind.module}")
    arguments = (*kind.config_required, *(kind.config_options or ()))
    given = {argument: entry[key] for argument in arguments if (key := camel_case(argument)) in entry}
    resource: CertificateResource = getattr(module, kind.class_name)(entry["name"], **given)
    return resource


def _json_type(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list", str: "text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
