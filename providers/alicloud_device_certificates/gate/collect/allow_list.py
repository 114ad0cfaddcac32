"""What the gate takes from the outputs of a data source: an allow-list of fields, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alicloud_device_certificates.contract.field_values import as_integer, is_text, is_valid
from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.gate.collect.observed import ReadFailure, ReadWarning

# The key by which the engine marks special objects, and its value for secrets.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not a secret

_MAX_WARNINGS = 100  # of one certificate
_MAX_WARNING = 5000  # characters
_MAX_MESSAGE = 5000  # characters

_PEM_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n")


def name_of(urn: str) -> str:
    """Return the resource's name from its URN; the name itself can contain colons."""
    return urn.split("::", 3)[-1]


def allowed_fields(certificate: object) -> dict[str, Any] | None:
    """Copy the known fields of a ``certificate`` output; None if the output is unknown, secret or missing."""
    if not isinstance(certificate, Mapping) or is_secret(certificate):
        return None
    return {known.name: value for known in FIELDS if (value := _typed(known, certificate.get(known.name))) is not None}


def field_warnings(certificate: object, taken: Mapping[str, Any] | None = None) -> tuple[ReadWarning, ...]:
    """Return a warning if fields of a ``certificate`` output have values that no read returns: nothing judges those.

    ``taken`` are its allowed fields, if they are known already.
    """
    if not isinstance(certificate, Mapping) or is_secret(certificate):
        return ()
    taken = (allowed_fields(certificate) or {}) if taken is None else taken
    # A text can be valid and yet be none that is taken: a PEM that is not one, or a key elsewhere. Of a list, the part
    # that is valid is taken.
    names = [
        field.name
        for field in FIELDS
        if (value := certificate.get(field.name)) is not None
        and (field.name not in taken or (field.type == "list of strings" and not is_valid(field, value)))
    ]
    if not names:
        return ()
    message = f"its outputs have no valid {', '.join(names)}: the state is damaged, or of another program"
    return (ReadWarning(WarningCode.UNREADABLE, message),)


def is_secret(value: object) -> bool:
    """Return whether this value is the engine's form of a secret."""
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET


def allowed_warnings(warnings: object) -> tuple[ReadWarning, ...]:
    """Copy the codes and messages of a ``warnings`` output, as many and as long as a read returns."""
    entries = warnings if isinstance(warnings, list) else []
    return tuple(
        _warning(entry) for entry in entries[:_MAX_WARNINGS] if isinstance(entry, Mapping) and not is_secret(entry)
    )


def warnings_by_member(warnings: object) -> dict[str | None, list[ReadWarning]]:
    """Copy the ``warnings`` output of a fleet, by the key of the certificate; None for those of the whole fleet."""
    found: dict[str | None, list[ReadWarning]] = {}
    for entry in warnings if isinstance(warnings, list) else []:
        if isinstance(entry, Mapping) and not is_secret(entry):
            of_member = found.setdefault(_text(entry.get("certificate")), [])
            if len(of_member) < _MAX_WARNINGS:
                of_member.append(_warning(entry))
    return found


def _warning(entry: Mapping[str, Any]) -> ReadWarning:
    return ReadWarning(
        (_text(entry.get("code")) or "")[:_MAX_WARNING],
        (_text(entry.get("message")) or "")[:_MAX_WARNING],
    )


def failure_of(output: object) -> ReadFailure | None:
    """Copy why a read failed; None if the output is not there."""
    if not isinstance(output, Mapping):
        return None
    category, code, message = (
        one_line(value, limit=_MAX_MESSAGE) if isinstance(value := output.get(key), str) else ""
        for key in ("category", "code", "message")
    )
    return ReadFailure(category=category, code=code or None, message=message or "the read failed")


def failed_postconditions(output: object) -> dict[str | None, str]:
    """Copy which conditions fail by the key of a fleet's certificate; None for those of the data source as a whole."""
    if not isinstance(output, Mapping):
        return {}
    entries = output.get("certificates")
    found = {None: output.get("message"), **(entries if isinstance(entries, Mapping) else {})}
    return {key: one_line(text, limit=_MAX_MESSAGE) for key, value in found.items() if (text := _text(value))}


def engine_id(value: object) -> str | None:
    """Return the ID of a resource, which is text; None if there is none."""
    return value if is_text(value) else None


def account_in(*values: Mapping[str, Any]) -> str | None:
    """Return the account in the first of these inputs or outputs of a data source that has one."""
    return next((account for each in values if (account := _text(each.get("account")))), None)


def _typed(known: Field, value: object) -> int | bool | str | list[str] | None:
    """Return the value if it has the field's documented type, else None."""
    if known.type == "list of strings":
        return [text for item in value if (text := _text(item)) is not None] if isinstance(value, list) else None
    if not is_valid(known, value):
        return None
    if known.type == "integer":
        return as_integer(value)
    if known.type == "boolean":
        return bool(value)
    if known.unit == "PEM":
        return "".join(_PEM_BLOCK.findall(str(value))) or None
    return _text(value)


def _text(value: object) -> str | None:
    """Return a text, unless it contains a PEM: only PEM fields can hold one, and only certificates."""
    return value if is_text(value) and "-----BEGIN" not in value else None
