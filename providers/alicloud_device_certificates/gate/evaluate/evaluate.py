"""What is found of one certificate: held against the rules, the moment, and what the stack knew of it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from alicloud_device_certificates.certificate import same_public_key
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.issuers import Authorities
from alicloud_device_certificates.gate.evaluate.validity import Validity
from alicloud_device_certificates.gate.report import Change, Finding, Judged, worst_first
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, Kind, Severity
from alicloud_device_certificates.gate.rules.rules import Rules

# By the code of a warning; a code that is not here says that something does not match.
_WARNED: Mapping[str, Kind | None] = {
    WarningCode.UNREADABLE: Kind.UNREADABLE,
    # These are found by the status, or concern the whole run.
    WarningCode.INACTIVE: None,
    WarningCode.PENDING: None,
    WarningCode.EMULATOR: None,
}
_FAILED = {
    "missing": Kind.MISSING,
    "unreadable": Kind.UNREADABLE,
    "mismatch": Kind.MISMATCH,
    "pending": Kind.PENDING,
}
_PENDING = {"generating": "it is still being generated", "failed": "the service could not generate it"}
_WEAK_HASHES = ("sha1", "md5")
_LEAST_BITS = {"RSA": 2048, "EC": 224}


def judge_all(observed: Sequence[Observed], rules: Rules, now: datetime) -> tuple[Judged, ...]:
    """Judge each certificate at one moment (UTC), its CA being looked for among the others; worst first."""
    authorities = Authorities(observed)
    return worst_first(judge(each, rules, now, authorities) for each in observed)


def judge(observed: Observed, rules: Rules, now: datetime, authorities: Authorities) -> Judged:
    """Judge one certificate at a moment (UTC)."""
    rule = rules.of(observed.name)
    certificate = observed.new or observed.old or {}
    validity = Validity.of(certificate)
    changes = tuple(_changes(observed))
    # A read that fails is an end of the update, whatever the kind is elsewhere.
    default: Severity | None = "fail" if observed.state == "failed" else None
    found = [
        Finding(kind=kind, severity=rule.severity(kind, default), message=message)
        for kind, message in _facts(observed, changes, authorities)
    ]
    if observed.state == "read" and validity is not None:
        found += validity.findings(rule, now)
    if not found:
        found.append(
            Finding(kind=Kind.UNCHANGED, severity=rule.severity(Kind.UNCHANGED), message="as at the last update")
        )
    order = list(Kind)
    found.sort(key=lambda finding: (SEVERITIES.index(finding.severity), order.index(finding.kind)))
    return Judged(
        observed=observed,
        findings=tuple(found),
        changes=changes,
        not_before=validity.not_before if validity else None,
        not_after=validity.not_after if validity else None,
        warn_from=validity.first("warn", rule) if validity else None,
        fail_from=validity.first("fail", rule) if validity else None,
    )


def _facts(observed: Observed, changes: Sequence[Change], authorities: Authorities) -> Iterator[tuple[Kind, str]]:
    """Find what no clock and no threshold is needed for."""
    if observed.state == "failed" and observed.failure is not None:
        yield _FAILED.get(observed.failure.category, Kind.NOT_ASKED), observed.failure.message
    elif observed.state == "gone":
        yield Kind.GONE, "it is in the stack, and no longer in the program"
    elif observed.state == "not_read":
        yield Kind.NOT_READ, "an argument of it is known only in the update"
    elif observed.state == "hidden" or observed.new is None:
        yield Kind.UNREADABLE, "the stack keeps it as a secret, so that nothing of it can be judged"
    else:
        yield from _told_by(observed, observed.new)
        yield from _weaknesses(observed.new)
        yield from _against_ca(observed, authorities)
        yield from _compared(observed, changes)


def _told_by(observed: Observed, certificate: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    """Find what the service's status says, and what the cross-checks of the read said."""
    status = certificate.get("status")
    if status == "inactive":
        yield Kind.INACTIVE, "the service has deactivated it"
    elif status in _PENDING:
        yield Kind.PENDING, f"there is no certificate yet: {_PENDING[status]} (status {status})"
    for warning in observed.warnings:
        kind = _WARNED.get(warning.code, Kind.MISMATCH)
        if kind is not None:
            yield kind, f"{warning.code}: {warning.message}" if kind is Kind.MISMATCH else warning.message


def _weaknesses(certificate: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    algorithm, bits = certificate.get("public_key_algorithm"), certificate.get("public_key_bits")
    if algorithm == "DSA":
        yield Kind.WEAK, "its key is a DSA key"
    elif bits is not None and bits < _LEAST_BITS.get(str(algorithm), 0):
        yield Kind.WEAK, f"its {algorithm} key has {bits} bits; at least {_LEAST_BITS[str(algorithm)]} are needed"
    signature = str(certificate.get("signature_algorithm", ""))
    # Who signed a certificate that is its own issuer does not matter: it is trusted for itself.
    is_root = certificate.get("is_ca") and certificate.get("subject") == certificate.get("issuer")
    if not is_root and any(weak in signature.lower() for weak in _WEAK_HASHES):
        yield Kind.WEAK, f"it is signed by {signature}"


def _against_ca(observed: Observed, authorities: Authorities) -> Iterator[tuple[Kind, str]]:
    validity, ca = Validity.of(observed.new or {}), authorities.not_after(observed)
    if validity is not None and ca is not None and validity.not_after > ca:
        own = rfc3339(validity.not_after)
        yield Kind.OUTLIVES_CA, f"it is valid until {own}, its CA only until {rfc3339(ca)}"


def _compared(observed: Observed, changes: Sequence[Change]) -> Iterator[tuple[Kind, str]]:
    """Find what is different from what the stack has."""
    if observed.is_new:
        yield Kind.NEW, "it is not in the stack yet"
        return
    if observed.old is None:
        yield Kind.CHANGED, "the stack has it as a secret, so that it cannot be compared"
        return
    if observed.old_id is not None and observed.id is not None and observed.old_id != observed.id:
        yield (
            Kind.CHANGED,
            f"another certificate is read under its name: it was {observed.old_id}, and is {observed.id}",
        )
        return
    old, new = observed.old, observed.new or {}
    changed = {change.field for change in changes}
    if "status" in changed:
        yield (
            Kind.STATUS_CHANGED,
            f"its status was {old.get('status', 'unknown')}, and is {new.get('status', 'unknown')}",
        )
    if "certificate_pem" in changed and "certificate_pem" in old and "certificate_pem" in new:
        yield _renewal(old, new)
    elif changed - {"status"}:
        yield Kind.CHANGED, f"changed: {', '.join(change.field for change in changes if change.field != 'status')}"


def _renewal(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Kind, str]:
    """Tell a rotation, by which its serial number or its key changes, from a renewal."""
    told = []
    if old.get("serial_number") != new.get("serial_number"):
        told.append(f"its serial number was {old.get('serial_number_hex')}, and is {new.get('serial_number_hex')}")
    same_key = same_public_key(old["certificate_pem"], new["certificate_pem"])
    if same_key is None:
        told.append("whether its key is the same cannot be told")
    elif not same_key:
        told.append("it has another key")
    if told:
        return Kind.ROTATED, f"it was rotated: {'; '.join(told)}"
    return Kind.RENEWED, f"it was renewed for the same key, valid until {new.get('not_after')}"


def _changes(observed: Observed) -> Iterable[Change]:
    if observed.old is None or observed.new is None:
        return
    for field in FIELDS:
        old, new = observed.old.get(field.name), observed.new.get(field.name)
        if old != new:
            yield Change(field=field.name, old=old, new=new)
