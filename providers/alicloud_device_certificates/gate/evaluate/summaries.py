"""A fleet that does not keep all of its certificates, evaluated by its summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alicloud_device_certificates.contract.statuses import IotStatus, MqttStatus
from alicloud_device_certificates.contract.timestamps import time_of
from alicloud_device_certificates.gate.collect.fleet import Fleet
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.validity import Validity
from alicloud_device_certificates.gate.report import Finding
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rule

_INACTIVE: MqttStatus = "inactive"
_PENDING: tuple[IotStatus, ...] = ("generating", "failed")


def first_validity(observed: Observed) -> Validity | None:
    """Return the validity of the fleet's first certificate to end, by its summary; None if that is not known.

    Its start is not known, so it is as early as can be.
    """
    summary = observed.fleet.summary if observed.fleet is not None else None
    end = None if summary is None else time_of(summary.get("earliest_expiry"))
    return None if end is None else Validity(datetime.min.replace(tzinfo=UTC), end)


def without_shares(rule: Rule) -> Rule:
    """Return a rule without the thresholds that are shares of a lifetime: that of the first to end is not known."""
    return replace(rule, thresholds={name: each for name, each in rule.thresholds.items() if each.share is None})


def summary_findings(observed: Observed, rule: Rule, now: datetime) -> Iterator[Finding]:
    """Yield the findings of a fleet as a whole: its earliest expiry, its counts, and how they have changed."""
    fleet = observed.fleet
    if fleet is None or not fleet.is_summarized:
        return
    if fleet.summary is None:
        kind = FindingKind.UNREADABLE
        yield Finding(kind=kind, severity=rule.severity(kind), message="its summary is damaged, or of another program")
        return
    if (first := first_validity(observed)) is not None:
        for finding in first.findings(without_shares(rule), now):
            yield replace(finding, message=f"the first of its certificates: {finding.message}")
    for kind, message in (*_of_statuses(fleet.summary), *_compared(observed, fleet)):
        yield Finding(kind=kind, severity=rule.severity(kind), message=message)


def _of_statuses(summary: Mapping[str, Any]) -> Iterator[tuple[FindingKind, str]]:
    count = summary["count"]
    if inactive := _status(summary, _INACTIVE):
        yield FindingKind.INACTIVE, f"the service has deactivated {inactive:,} of its {count:,} certificates"
    for status in _PENDING:
        if pending := _status(summary, status):
            yield FindingKind.PENDING, f"{pending:,} of its {count:,} certificates have the status {status}"


def _compared(observed: Observed, fleet: Fleet) -> Iterator[tuple[FindingKind, str]]:
    """Yield the differences from the last update."""
    old, new = fleet.old_summary, fleet.summary
    if observed.is_new or new is None:
        yield FindingKind.NEW, "it is not in the stack yet"
        return
    if old is None:
        yield FindingKind.CHANGED, "the stack has no summary of it, so it cannot be compared"
        return
    if observed.old_key is not None and observed.key is not None and observed.old_key != observed.key:
        yield FindingKind.CHANGED, "a different fleet is read under this name"
        return
    # Those that cannot be read are in no count, and have findings of their own.
    if (there := new["count"] + fleet.unreadable) < old["count"]:
        yield FindingKind.GONE, f"the number of its certificates fell from {old['count']:,} to {there:,}"
    if (was := _status(old, _INACTIVE)) != (inactive := _status(new, _INACTIVE)):
        yield (
            FindingKind.STATUS_CHANGED,
            f"the number of its inactive certificates changed from {was:,} to {inactive:,}",
        )
    if fleet.is_changed:
        yield FindingKind.CHANGED, f"changed in its summary: {', '.join(_differences(old, new))}"


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before != after:
            is_shown = not isinstance(before, Mapping) and not isinstance(after, Mapping)
            yield f"{name} (from {_shown(before)} to {_shown(after)})" if is_shown else name


def _shown(value: object) -> str:
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _status(summary: Mapping[str, Any], status: str) -> int:
    count: int = summary.get("by_status", {}).get(status, 0)
    return count
