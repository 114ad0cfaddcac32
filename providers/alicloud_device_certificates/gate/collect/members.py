"""The certificates of a fleet, each as if it had a data source of its own: compared with the last update by its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from alicloud_device_certificates.contract.field_values import is_text
from alicloud_device_certificates.contract.fleets import FleetKind, member_name
from alicloud_device_certificates.contract.ids import FleetId, InvalidIdError, parse_fleet_id
from alicloud_device_certificates.contract.postconditions import FAILED
from alicloud_device_certificates.contract.read_failure import QUERY_FAILED
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.gate.collect.allow_list import (
    allowed_fields,
    failed_postconditions,
    failure_of,
    field_warnings,
    is_secret,
    warnings_by_member,
)
from alicloud_device_certificates.gate.collect.fleet import (
    Fleet,
    allowed_summary,
    has_changing_selection,
    keeps_summary_only,
    leaves_out_fields,
)
from alicloud_device_certificates.gate.collect.observed import Observed, ReadFailure

_UNDESCRIBED = ReadFailure(category=QUERY_FAILED, code=None, message="the read failed")


def fleet_of(name: str, *, old: Mapping[str, Any], new: Mapping[str, Any]) -> Fleet:
    """Return what the outputs of a fleet's data source show beside its certificates, at the last update and now."""
    return Fleet(
        name=name,
        is_summarized=keeps_summary_only(new) or has_changing_selection(new),
        is_partial=leaves_out_fields(old) or leaves_out_fields(new),
        tolerates_errors=new.get("on_error") == "report",
        has_members=bool(_entries(old, "certificates")),
        unreadable=len(_entries(new, "errors")),
        summary=allowed_summary(new.get("summary")),
        old_summary=allowed_summary(old.get("summary")),
    )


def members(whole: Observed, kind: FleetKind, *, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Observed]:
    """Yield the certificates of a fleet, given the fleet itself and its outputs at the last update and now.

    Of one that could not be read as a whole there are none: what the last update had is neither there nor gone.
    """
    before, now, errors = (
        _entries(old, "certificates"),
        _entries(new, "certificates"),
        _entries(new, "errors"),
    )
    warnings, failed = warnings_by_member(new.get("warnings")), failed_postconditions(new.get(FAILED))
    ids, old_ids = _MemberIds(kind, whole.id), _MemberIds(kind, whole.old_id)

    def member(key: str, *, past: object) -> Observed:
        old_fields = None if past is None else allowed_fields(past)
        return replace(
            whole,
            name=member_name(whole.name, key),
            member=key,
            id=None,
            old=old_fields,
            old_id=None if past is None else old_ids.of(key, old_fields),
            warnings=(),
            failure=None,
            failed_postcondition=None,
            # A fleet that was a secret hides whether it had this certificate.
            was_secret=whole.was_secret if past is None else old_fields is None,
        )

    if whole.state == "gone":
        for key, past in before.items():
            gone = member(key, past=past)
            yield replace(gone, id=gone.old_id)
    if whole.state != "read":
        return
    for key in dict.fromkeys((*now, *errors)):
        observed = member(key, past=before.get(key))
        if key in errors:
            failure = failure_of(errors[key]) or _UNDESCRIBED
            category = failure.category or QUERY_FAILED
            id_ = ids.of(key, observed.old)
            yield replace(observed, state="failed", id=id_, failure=replace(failure, category=category))
            continue
        fields = observed.old if now[key] == before.get(key) else allowed_fields(now[key])
        yield replace(
            observed,
            state="read" if fields is not None else "secret",
            id=ids.of(key, fields),
            new=fields,
            warnings=(*warnings.get(key, ()), *field_warnings(now[key], fields)),
            failed_postcondition=failed.get(key),
        )
    if _shows_the_gone(old, new):
        for key, past in before.items():
            if key not in now and key not in errors:
                gone = member(key, past=past)
                yield replace(gone, state="gone", id=gone.old_id)


def has_members(outputs: Mapping[str, Any]) -> bool:
    """Return whether the certificates of a fleet are known, although there may be none: not a secret, not unknown."""
    certificates = outputs.get("certificates")
    return isinstance(certificates, Mapping) and not is_secret(certificates)


def failed_of_fleet(new: Mapping[str, Any]) -> str | None:
    """Return which certificates fail a condition of a fleet that keeps none of them; None if each says so itself."""
    failed = failed_postconditions(new.get(FAILED))
    return failed.get(None) if len(failed) == 1 else None


def without_healthy_fleets(observed: tuple[Observed, ...]) -> tuple[Observed, ...]:
    """Return all but those fleets that are nothing beside their certificates."""
    return tuple(each for each in observed if not each.is_fleet or _is_judged(each))


def is_from_emulator(observed: Observed) -> bool:
    """Return whether the read of a certificate, or of a fleet, warned that an emulator served it."""
    return any(warning.code == WarningCode.EMULATOR for warning in observed.warnings)


def _is_judged(whole: Observed) -> bool:
    fleet = whole.fleet
    if fleet is None or whole.state not in {"read", "gone"}:
        return True
    if whole.state == "gone":
        return not fleet.has_members
    return fleet.is_summarized or any(warning.code != WarningCode.EMULATOR for warning in whole.warnings)


def _shows_the_gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether a certificate that only the last update has is gone, and not merely kept no longer."""
    return not has_changing_selection(new) and keeps_summary_only(old) >= keeps_summary_only(new)


def _entries(outputs: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    entries = outputs.get(name)
    if not isinstance(entries, Mapping) or is_secret(entries):
        return {}
    return {key: value for key, value in entries.items() if is_text(key) and "-----BEGIN" not in key}


class _MemberIds:
    """The IDs of the certificates of one fleet: those that they have as single certificates."""

    def __init__(self, kind: FleetKind, fleet_id: str | None) -> None:
        self._kind = kind
        try:
            self._fleet: FleetId | None = None if fleet_id is None else parse_fleet_id(fleet_id)
        except InvalidIdError:
            self._fleet = None

    def of(self, key: str, fields: Mapping[str, Any] | None) -> str | None:
        """Return the ID of the certificate with this key; None if too little is known for one."""
        if self._fleet is None or self._fleet.fleet is not self._kind:
            return None
        part = self._kind.key_part
        arguments: dict[str, str | None] = {part: key}
        if part != "ca_sn" and "ca_sn" in self._kind.kind.id_parts:
            known = (fields or {}).get("ca_sn") or self._fleet.arguments().get("ca_sn")
            before, colon, _ = key.partition(":")
            ca_sn = str(known) if known else before if colon else None
            if ca_sn is None:
                return None
            # Of devices with the same SN under two CAs, the keys begin with the CA's SN.
            arguments = {part: key.removeprefix(f"{ca_sn}:"), "ca_sn": ca_sn}
        return str(self._fleet.member(**arguments))
