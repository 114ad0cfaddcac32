"""The entries of ``device-certificates:certificates`` and ``:fleets``: their keys, the types of these, and faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, get_args

from alicloud_device_certificates.contract.bounds import shortened
from alicloud_device_certificates.contract.fleets import FLEETS, FleetKind
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.resources.arguments import CrossCheck
from alicloud_device_certificates.resources.fleet_arguments import OnError

EntryType = Literal["string", "boolean", "cross-check", "on-error", "list", "object", "list or text", "threshold"]

_CHOICES: Final[Mapping[EntryType, tuple[str, ...]]] = {
    "cross-check": get_args(CrossCheck),
    "on-error": get_args(OnError),
}

KINDS_IN_CONFIG: Final[Mapping[str, CertificateKind]] = {
    kind.key: kind for kind in KINDS.values() if kind.config_options is not None
}
"""The kinds that an entry can have as its ``service``."""

FLEETS_IN_CONFIG: Final[Mapping[str, FleetKind]] = {fleet.member: fleet for fleet in FLEETS.values()}
"""The kinds of fleets by what an entry has as its ``service``."""

_TYPES: Final[Mapping[str, EntryType]] = {
    **dict.fromkeys(
        ("includeChain", "includePrivateKey", "includePrivateKeys", "allowPending", "requireActive"), "boolean"
    ),
    "crossCheck": "cross-check",
    "onError": "on-error",
    "deviceSns": "list",
    "deviceNames": "list",
    "select": "object",
    "fields": "list or text",
    "failWithin": "threshold",
}


def entry_keys(kind: CertificateKind | FleetKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys that an entry of this kind must have, and those that it may have."""
    required = tuple(map(camel_case, kind.config_required))
    optional = tuple(map(camel_case, kind.config_options or ()))
    return ("name", "service", *required), optional


def entry_type(key: str) -> EntryType:
    """Return the type of the value of a key."""
    return _TYPES.get(key, "string")


def camel_case(argument: str) -> str:
    """Return the key of a data source's argument in the config, such as ``caSn`` for ``ca_sn``."""
    first, *rest = argument.split("_")
    return first + "".join(word.capitalize() for word in rest)


def snake_case(key: str) -> str:
    """Return the argument of a key in the config, such as ``name_pattern`` for ``namePattern``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def entry_faults(entry: object, kinds: Mapping[str, CertificateKind | FleetKind]) -> Iterator[str]:
    """Yield what is wrong with one entry: its keys, and the types of their values. ``kinds`` are by ``service``."""
    choice_of_kinds = " or ".join(kinds)
    if not isinstance(entry, dict):
        yield f"must be an object, not {json_type(entry)}"
        return
    if not entry.get("name"):
        yield "has no name (a string)"
    service = entry.get("service")
    if not isinstance(service, str) or service not in kinds:
        yield (
            f"has no service ({choice_of_kinds})"
            if service is None
            else f"has an unknown service, {shortened(service)}: {choice_of_kinds}"
        )
        return
    required, optional = entry_keys(kinds[service])
    known = (*required, *optional)
    for key in entry:
        if key not in known:
            yield f"has an unknown key, {shortened(key)}; the keys of service {service} are {', '.join(known)}"
    for key in required:
        if key not in entry and key != "name":
            yield f"lacks {key}"
    for key in known:
        if key in entry and (key, entry[key]) != ("name", "") and (fault := _type_fault(key, entry[key])):
            yield fault


def _type_fault(key: str, value: Any) -> str | None:  # noqa: ANN401 - any JSON
    wanted = entry_type(key)
    if wanted == "string" or (wanted == "list or text" and isinstance(value, str)):
        return _text_fault(key, value)
    if wanted == "threshold":
        return None if isinstance(value, str) else f"{key} must be text such as 30d or 10%, not {json_type(value)}"
    if wanted in _CHOICES:
        choices = _CHOICES[wanted]
        return None if value in choices else f"{key} must be one of {', '.join(choices)}"
    type_, name = {"boolean": (bool, "true or false"), "object": (dict, "an object")}.get(wanted, (list, "a list"))
    return None if isinstance(value, type_) else f"{key} must be {name}, not {json_type(value)}"


def _text_fault(key: str, value: object) -> str | None:
    if isinstance(value, str):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        # YAML takes 5127e016 for a number, and Pulumi writes the file anew with what that number is.
        return (
            f"{key} must be a string, not the number {value:g}: quote every SN and name in the config. The CLI may "
            "have rewritten this one already, so take it from the service's console"
        )
    return f"{key} must be a string, not {json_type(value)}"


def json_type(value: object) -> str:
    """Return the type of a JSON value, in words."""
    names: dict[type, str] = {
        dict: "an object",
        list: "a list",
        str: "text",
        bool: "a boolean",
        type(None): "null",
    }
    return names.get(type(value), "a number")
