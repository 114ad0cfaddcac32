"""Values of the fields of a certificate that another process returns: a state can be damaged, or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeGuard

from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.contract.timestamps import time_of

MAX_TEXT: Final = 4 * 1024 * 1024
"""The maximum length of a field. No response of a service is larger than 1 MiB."""

_MAX_BITS = 8 * MAX_TEXT
_HEX = re.compile("[0-9a-fA-F]+")
_DIGESTS = ("_fingerprint", "_sha256")


def invalid_fields(certificate: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that have a value which they cannot have; one that is None is absent."""
    return [
        field.name
        for field in FIELDS
        if (value := certificate.get(field.name)) is not None and not is_valid(field, value)
    ]


def is_valid(field: Field, value: object) -> bool:
    """Return whether a field can have this value. The engine has no integers: it returns floats."""
    match field.type:
        case "integer":
            return as_integer(value) is not None
        case "boolean":
            return isinstance(value, bool)
        case "list of strings":
            return isinstance(value, list) and all(map(is_text, value)) and sum(map(len, value)) <= MAX_TEXT
        case "string":
            return is_text(value) and _has_form(field, str(value))


def as_integer(value: object) -> int | None:
    """Return a positive number of a size that a field can have, as an integer; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _MAX_BITS:
        return None
    return int(value) if int(value) == value else None


def _has_form(field: Field, text: str) -> bool:
    if field.name in {"not_before", "not_after"}:
        return time_of(text) is not None
    return not field.name.endswith(_DIGESTS) or _HEX.fullmatch(text) is not None


def is_text(value: object) -> TypeGuard[str]:
    """Return whether it is text of a bounded length, without lone surrogates, which no encoding has."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
