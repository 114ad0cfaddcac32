"""The entries of ``device-certificates:certificates``: their keys, the types of these, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, get_args

from alicloud_device_certificates.contract.bounds import shortened
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.resources.arguments import CrossCheck

KINDS_IN_CONFIG: Final[Mapping[str, CertificateKind]] = {
    kind.key: kind for kind in KINDS.values() if kind.config_options is not None
}
"""The kinds that an entry can have as its ``service``."""

_CHOICE = " or ".join(KINDS_IN_CONFIG)
_BOOLEANS = frozenset({"includeChain", "includePrivateKey", "allowPending"})

EntryType = Literal["string", "boolean", "cross-check"]


def entry_keys(kind: CertificateKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys that an entry of this kind must have, and those that it may have."""
    required = tuple(map(camel_case, kind.config_required))
    optional = tuple(map(camel_case, kind.config_options or ()))
    return ("name", "service", *required), optional


def entry_type(key: str) -> EntryType:
    """Return the type of the value of a key."""
    if key in _BOOLEANS:
        return "boolean"
    return "cross-check" if key == "crossCheck" else "string"


def camel_case(argument: str) -> str:
    """Return the key of a data source's argument in the config, such as ``caSn`` for ``ca_sn``."""
    first, *rest = argument.split("_")
    return first + "".join(word.capitalize() for word in rest)


def entry_faults(entry: object) -> Iterator[str]:
    """Yield what is wrong with one entry: its keys, and the types of their values."""
    if not isinstance(entry, dict):
        yield f"must be an object, not {json_type(entry)}"
        return
    if not entry.get("name"):
        yield "has no name (a string)"
    service = entry.get("service")
    if not isinstance(service, str) or service not in KINDS_IN_CONFIG:
        yield (
            f"has no service ({_CHOICE})"
            if service is None
            else f"has an unknown service, {shortened(service)}: {_CHOICE}"
        )
        return
    required, optional = entry_keys(KINDS_IN_CONFIG[service])
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
    if wanted == "boolean":
        return None if isinstance(value, bool) else f"{key} must be true or false, not {json_type(value)}"
    if wanted == "cross-check":
        choice = ", ".join(get_args(CrossCheck))
        return None if value in get_args(CrossCheck) else f"{key} must be one of {choice}"
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
