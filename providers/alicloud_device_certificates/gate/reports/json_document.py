"""The report for programs: a JSON document whose shape is fixed by ``report.schema.json``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Judged, Report
from alicloud_device_certificates.gate.reports.json_text import json_text

SCHEMA = "urn:device-certificates:report:1"
"""The schema's identifier; it and ``schema_version`` change when a reader of the old shape could not read the new."""

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """Make the report."""
    return json_text(document(report))


def document(report: Report) -> dict[str, Any]:
    """Give the report as plain values. Every key is always there; what is not known is None."""
    return {
        "$schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "project": report.project,
        "stack": report.stack,
        "source": report.source,
        "now": rfc3339(report.now),
        "problems": list(report.problems),
        "notices": list(report.notices),
        "exit_code": report.exit_code,
        "has_changes": report.has_changes,
        "outputs_change": report.outputs_change,
        "operations": dict(report.operations),
        "summary": {
            "certificates": len(report.certificates),
            "severities": dict(report.counts()),
            "kinds": {kind.value: count for kind, count in report.kinds().items()},
        },
        "certificates": [_certificate(judged, report.now) for judged in report.certificates],
    }


def _certificate(judged: Judged, now: datetime) -> dict[str, Any]:
    observed = judged.observed
    remaining = judged.remaining(now)
    failure = observed.failure
    return {
        "urn": observed.urn,
        "name": observed.name,
        "service": observed.service,
        "id": observed.id,
        "state": observed.state,
        "severity": judged.severity,
        "findings": [
            {"kind": finding.kind.value, "severity": finding.severity, "message": finding.message}
            for finding in judged.findings
        ],
        "remaining_seconds": None if remaining is None else int(remaining.total_seconds()),
        "thresholds": {"warn_from": _moment(judged.warn_from), "fail_from": _moment(judged.fail_from)},
        "certificate": _fields(observed.new),
        "previous": _fields(observed.old),
        "changes": [{"field": change.field, "old": change.old, "new": change.new} for change in judged.changes],
        "warnings": [{"code": warned.code, "message": warned.message} for warned in observed.warnings],
        "failure": failure and {"category": failure.category, "code": failure.code, "message": failure.message},
    }


def _fields(fields: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if fields is None else dict(fields)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
