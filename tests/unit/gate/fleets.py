"""Reports of fleets for tests: their members evaluated as in a run, at one fixed time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.gate.collect.fleet_events import device, outputs, result, state, step

from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.rules.rules import Rules

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def text(days: int) -> str:
    """A time so many days from now."""
    return (NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def lasting(sn: str, days: int, **fields: Any) -> dict[str, Any]:
    """A device certificate that ends so many days from now, after two years."""
    return device(sn, not_before=text(days - 730), not_after=text(days), **fields)


def evaluated(
    old: dict[str, Any] | None, new: dict[str, Any] | None, rules: Rules | None = None
) -> dict[str, Evaluation]:
    """What a read of a fleet is evaluated to, by name, from its outputs at the last update and now."""
    read = step(None if old is None else state(old), None if new is None else state(new))
    observed = result(read).certificates
    return {each.observed.name: each for each in evaluate_all(observed, rules or Rules(), NOW)}


def report_on(*certificates: Evaluation, **others: Any) -> Report:
    """A report of these certificates, which come worst first."""
    return Report(
        project="device-certificates",
        stack="prod",
        source="preview",
        now=NOW,
        certificates=certificates,
        operations={"read": 1},
        **others,
    )


def big_report(count: int = 10_000) -> Report:
    """A preview of a fleet in which every seventh device is inactive, every eleventh gone, and the rest unchanged."""
    old = [lasting(f"{number:05d}", 40 + number % 600) for number in range(count)]
    new = [
        each | {"status": "inactive" if number % 7 == 0 else "active"}
        for number, each in enumerate(old)
        if number % 11 != 0
    ]
    return report_on(*evaluated(outputs(*old), outputs(*new)).values())
