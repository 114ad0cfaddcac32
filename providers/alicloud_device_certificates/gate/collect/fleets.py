"""The certificates of a fleet, each as a certificate of its own: named ``<fleet>/<key>``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from alicloud_device_certificates.contract.fleets import FLEETS, SUMMARY, FleetKind, member_name
from alicloud_device_certificates.contract.ids import InvalidIdError, parse_fleet_id
from alicloud_device_certificates.contract.read_failure import QUERY_FAILED
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.gate.collect.observed import (
    Observed,
    ReadFailure,
    ReadWarning,
    allowed_fields,
    allowed_warnings,
    field_warnings,
    is_secret,
)

FLEET_TYPES: Final[Mapping[str, FleetKind]] = {fleet.type_token: fleet for fleet in FLEETS.values()}
"""The type tokens of the data sources of fleets."""

_MAX_MESSAGE: Final = 5000  # characters

Outputs = Mapping[str, Any]


def members_of(fleet: Observed, kind: FleetKind, old: Outputs, new: Outputs) -> list[Observed]:
    """Return each certificate of a fleet that was read or is gone; the fleet itself if its read says nothing of them.

    ``fleet`` is the data source as a whole; ``old`` and ``new`` are its outputs.
    """
    before, now = _certificates(old), _certificates(new)
    if fleet.state == "gone":
        now = {}
    elif fleet.state != "read" or now is None:
        return [replace(fleet, old=None, new=None)]
    before, errors = before or {}, _object(new.get("errors")) if fleet.state != "gone" else {}
    warnings = _warnings_by_key(new)
    found = []
    for key in dict.fromkeys([*before, *now, *errors]):
        values, past = now.get(key), before.get(key)
        fields, old_fields = allowed_fields(values), allowed_fields(past)
        failure = _failure(errors.get(key))
        member = replace(
            fleet,
            urn=f"{fleet.urn}#certificates.{key}",
            name=member_name(fleet.name, key),
            state="failed" if failure is not None else "gone" if fields is None else "read",
            id=_id(fleet.id or fleet.old_id, kind, key, fields or old_fields or {}),
            old=old_fields,
            new=fields if failure is None else None,
            old_id=None if old_fields is None else _id(fleet.old_id, kind, key, old_fields),
            warnings=(*warnings[key], *field_warnings(values)),
            failure=failure,
            was_secret=False,
        )
        found.append(member)
    return found


def summary_only(fleet: str, new: Outputs) -> str | None:
    """Return the notice that the members of a fleet were not kept; None if they were."""
    if new.get("fields") != SUMMARY:
        return None
    count = _object(new.get("summary")).get("count")
    what = f"{int(count):,} certificates" if isinstance(count, int | float) else "certificates"
    return f"fleet {fleet} keeps only selected certificates (fields: {SUMMARY}): its {what} were not evaluated"


def _certificates(outputs: Outputs) -> Mapping[str, Any] | None:
    certificates = outputs.get("certificates")
    if not isinstance(certificates, Mapping) or is_secret(certificates):
        return None
    return {str(key): value for key, value in certificates.items()}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) and not is_secret(value) else {}


def _warnings_by_key(outputs: Outputs) -> Mapping[str, list[ReadWarning]]:
    found: defaultdict[str, list[ReadWarning]] = defaultdict(list)
    entries = outputs.get("warnings")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and isinstance(key := entry.get("certificate"), str):
            found[key] += allowed_warnings([entry])
    return found


def _failure(error: object) -> ReadFailure | None:
    if not isinstance(error, Mapping):
        return None
    category, code, message = (
        one_line(value, limit=_MAX_MESSAGE) if isinstance(value := error.get(name), str) else ""
        for name in ("category", "code", "message")
    )
    return ReadFailure(category=category or QUERY_FAILED, code=code or None, message=message or "the read failed")


def _id(fleet_id: str | None, kind: FleetKind, key: str, fields: Mapping[str, Any]) -> str | None:
    """Return the ID that a certificate has by itself; None if that of its fleet is not known."""
    try:
        fleet = parse_fleet_id(fleet_id or "")
    except InvalidIdError:
        return None
    parts = fleet.arguments()
    own = {part: str(fields.get(part) or parts.get(part) or "-") for part in kind.kind.id_parts if part not in parts}
    own[kind.key_part] = str(fields.get(kind.key_part) or key)
    if "ca_sn" in parts and not parts["ca_sn"]:
        own["ca_sn"] = str(fields.get("ca_sn") or "-")
    return str(fleet.member(**own))
