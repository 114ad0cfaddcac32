"""Merged reports for tests: through JSON and back, as the command makes them, at one fixed time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from tests.unit.gate.collect.fleet_events import outputs, result, state, step
from tests.unit.gate.fleets import lasting, report_on
from tests.unit.gate.sample import NOW, deployed_report, failed_report, sample_report

from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.merge.merged import merged
from alicloud_device_certificates.gate.merge.restored import restored
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports.json_document import document
from alicloud_device_certificates.gate.reports.json_types import ReportDocument
from alicloud_device_certificates.gate.rules.rules import Rule, Rules

LATER = NOW + timedelta(hours=2)


def reread(report: Report) -> Report:
    """Return the report as its JSON file restores it."""
    return restored(msgspec.json.decode(msgspec.json.encode(document(report)), type=ReportDocument))


def merge(*reports: Report, rule: Rule | None = None, now: datetime = LATER) -> Report:
    """Merge reports, each through its JSON."""
    return merged(list(map(reread, reports)), rule or Rule(), now)


def fleet_report(stack: str, *keys: str) -> Report:
    """Return a report on a fleet ``meters``, which each such stack has of another instance.

    Devices of different stacks with the same key in their fleets have the same public key.
    """
    members = [
        lasting(key, 300, public_key_sha256=_digest(key), sha256_fingerprint=_digest(f"{key} {stack}")) for key in keys
    ]
    read = state(outputs(*members), id_=f"mqtt-fleet/cn-hangzhou/post-cn-{stack}/-")
    evaluated = evaluate_all(result(step(read, read)).certificates, Rules(), NOW)
    return replace(report_on(*evaluated), project="fleet", stack=stack)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def merged_report() -> Report:
    """Return a merged report: the sample, one that failed, one as deployed three days ago, and two equal fleets."""
    return merge(
        sample_report(),
        replace(failed_report(), stack="failed"),
        replace(deployed_report(), stack="deployed", now=NOW - timedelta(days=3)),
        fleet_report("east", "01", "02"),
        fleet_report("west", "02", "03"),
    )
