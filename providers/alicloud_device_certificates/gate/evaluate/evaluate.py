"""Evaluate certificates: by the rules, for one time, and compared with the last update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.read_failure import Category
from alicloud_device_certificates.contract.statuses import IotStatus, MqttStatus
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.gate.collect.observed import Observed, ReadKey
from alicloud_device_certificates.gate.evaluate.age import too_old
from alicloud_device_certificates.gate.evaluate.audit import Facts, audit
from alicloud_device_certificates.gate.evaluate.issuers import Issuer, IssuerIndex
from alicloud_device_certificates.gate.evaluate.left_out import is_ca, judged_by_strength
from alicloud_device_certificates.gate.evaluate.renewals import has_other_certificate, renewal
from alicloud_device_certificates.gate.evaluate.summaries import first_validity, summary_findings, without_shares
from alicloud_device_certificates.gate.evaluate.under_ca import under_ca
from alicloud_device_certificates.gate.evaluate.validity import Validity
from alicloud_device_certificates.gate.report import Change, Evaluation, Finding, in_order, worst_first
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity
from alicloud_device_certificates.gate.rules.rules import Rules
from alicloud_device_certificates.gate.rules.strength import weaknesses

# The kind of finding for a warning's code. Any other code reports a mismatch.
_WARNED: Mapping[str, FindingKind | None] = {
    WarningCode.UNREADABLE: FindingKind.UNREADABLE,
    WarningCode.NONCONFORMING: FindingKind.NONCONFORMING,
    WarningCode.VERSION_1_CA: FindingKind.NONCONFORMING,
    # The status covers the first two; the last one concerns the whole run.
    WarningCode.INACTIVE: None,
    WarningCode.PENDING: None,
    WarningCode.EMULATOR: None,
}
# The kind of finding for a failed read. Any other category means that the query failed.
_FAILED = {kind.value: kind for kind in FindingKind if kind.value in get_args(Category)}
_INACTIVE: MqttStatus = "inactive"
_PENDING: Mapping[IotStatus, str] = {
    "generating": "it is still being generated",
    "failed": "the service could not generate it",
}


def evaluate_all(observed: Sequence[Observed], rules: Rules, now: datetime) -> tuple[Evaluation, ...]:
    """Evaluate all certificates for one time (UTC), worst first. CA certificates are looked up among them."""
    issuers = IssuerIndex(observed)
    return worst_first(
        evaluate(each, rules, now, issuers.of(each), audited)
        for each, audited in zip(observed, audit(observed), strict=True)
    )


def evaluate(observed: Observed, rules: Rules, now: datetime, issuer: Issuer, audited: Facts = ()) -> Evaluation:
    """Evaluate one certificate for a time (UTC), given its CA, and what the audit of all certificates found of it."""
    rule = rules.of(observed.name)
    certificate = observed.new or observed.old or {}
    validity = Validity.of(certificate)
    changes = tuple(_changes(observed))
    # A failed read would stop the update, however severe the kind is otherwise.
    default: Severity | None = "fail" if observed.state == "failed" and not _is_tolerated(observed) else None
    found = [
        Finding(kind=kind, severity=rule.severity(kind, default), message=message)
        for kind, message in (*_facts(observed, changes), *audited)
    ]
    if observed.state == "read" and observed.is_fleet:
        found += summary_findings(observed, rule, now)
        validity, rule = first_validity(observed), without_shares(rule)
    elif observed.state == "read":
        found += under_ca(observed, issuer, rule, now)
        if validity is not None:
            found += validity.findings(rule, now)
            if not is_ca(observed):
                found += too_old(validity, rule, now)
    if not found:
        found.append(
            Finding(
                kind=FindingKind.UNCHANGED,
                severity=rule.severity(FindingKind.UNCHANGED),
                message="nothing has changed since the last update",
            )
        )
    return Evaluation(
        observed=observed,
        findings=in_order(found),
        changes=changes,
        not_before=validity.not_before if validity and not observed.is_fleet else None,
        not_after=validity.not_after if validity else None,
        warn_from=validity.finding_starts("warn", rule) if validity else None,
        fail_from=validity.finding_starts("fail", rule) if validity else None,
    )


def _is_tolerated(observed: Observed) -> bool:
    return observed.member is not None and observed.fleet is not None and observed.fleet.tolerates_errors


def _facts(observed: Observed, changes: Sequence[Change]) -> Iterator[tuple[FindingKind, str]]:
    """Yield the findings that depend on no threshold of the gate."""
    if observed.failed_postcondition is not None:
        yield FindingKind.POSTCONDITION_FAILED, observed.failed_postcondition
    if observed.state == "failed" and observed.failure is not None:
        yield _FAILED.get(observed.failure.category, FindingKind.QUERY_FAILED), observed.failure.message
    elif observed.state == "gone":
        has_fleet = observed.member is not None and observed.fleet is not None and observed.fleet.summary is not None
        yield FindingKind.GONE, f"it is in the stack, but no longer in the {'fleet' if has_fleet else 'program'}"
    elif observed.state == "known_after_update":
        yield FindingKind.KNOWN_AFTER_UPDATE, "an argument is not known until the update"
    elif observed.state == "read" and observed.is_fleet:
        yield from _warned(observed)
    elif observed.state == "secret" or observed.new is None:
        yield FindingKind.UNREADABLE, "the stack keeps it as a secret, so it cannot be evaluated"
    else:
        yield from _reported(observed, observed.new)
        yield from ((FindingKind.WEAK, message) for message in weaknesses(judged_by_strength(observed)))
        yield from _compared(observed, changes)


def _reported(observed: Observed, certificate: Mapping[str, Any]) -> Iterator[tuple[FindingKind, str]]:
    """Yield the findings from the service's status and from the warnings of the read."""
    status: Any = certificate.get("status")
    if not isinstance(status, str):
        status = None
    if status == _INACTIVE:
        yield FindingKind.INACTIVE, "the service has deactivated it"
    elif status in _PENDING:
        yield FindingKind.PENDING, f"there is no certificate yet: {_PENDING[status]} (status {status})"
    yield from _warned(observed)


def _warned(observed: Observed) -> Iterator[tuple[FindingKind, str]]:
    for warning in observed.warnings:
        kind = _WARNED.get(warning.code, FindingKind.MISMATCH)
        if kind is not None:
            yield kind, f"{warning.code}: {warning.message}" if kind is FindingKind.MISMATCH else warning.message


def _compared(observed: Observed, changes: Sequence[Change]) -> Iterator[tuple[FindingKind, str]]:
    """Yield the differences from the last update."""
    if observed.is_new:
        yield FindingKind.NEW, "it is not in the stack yet"
        return
    if observed.old is None:
        yield FindingKind.CHANGED, "the stack keeps it as a secret, so it cannot be compared"
        return
    if observed.old_key is not None and observed.key is not None and observed.old_key != observed.key:
        read, before = _place(observed.key, observed.old_key), _place(observed.old_key, observed.key)
        yield FindingKind.CHANGED, f"a different certificate is read under this name: {read} instead of {before}"
        return
    old, new = observed.old, observed.new or {}
    changed = {change.field for change in changes}
    if "status" in changed:
        yield (
            FindingKind.STATUS_CHANGED,
            f"the status changed from {old.get('status', 'unknown')} to {new.get('status', 'unknown')}",
        )
    if has_other_certificate(old, new):
        yield renewal(old, new)
    elif changed - {"status"}:
        yield (
            FindingKind.CHANGED,
            f"changed fields: {', '.join(change.field for change in changes if change.field != 'status')}",
        )


def _place(key: ReadKey, other: ReadKey) -> str:
    """Return what is read, as far as it differs from the other one."""
    account = "the account of alicloud:" if key[0] is None else f"account {key[0]}"
    if key[1] == other[1]:
        return f"that of {account}"
    return key[1] if key[0] == other[0] else f"{key[1]} of {account}"


def _is_same_certificate(observed: Observed) -> bool:
    """Return whether the last update had the same certificate: a field that it lacks was not known to its version."""
    old, new = observed.old or {}, observed.new or {}
    return all(old.get(name) == new.get(name) for name in ("certificate_pem", "sha256_fingerprint"))


def _changes(observed: Observed) -> Iterable[Change]:
    if observed.old is None or observed.new is None:
        return
    # A field that the fleet leaves out, or did so before, is no change of the certificate.
    is_partial = observed.fleet is not None and observed.fleet.is_partial
    if observed.old is observed.new or observed.old == observed.new:
        return
    for field in FIELDS:
        old, new = observed.old.get(field.name), observed.new.get(field.name)
        if old == new or (is_partial and (old is None or new is None)):
            continue
        if not (field.is_from_later_version and old is None and _is_same_certificate(observed)):
            yield Change(field=field.name, old=old, new=new)
