"""The report for programs: a JSON document in the shape of json_types.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.reports.json_text import json_text
from alicloud_device_certificates.gate.reports.json_types import (
    SCHEMA,
    SCHEMA_VERSION,
    CertificateDocument,
    CertificateFields,
    ChangeDocument,
    FailureDocument,
    FindingDocument,
    FleetSummaryDocument,
    ReportDocument,
    SeverityCounts,
    SummaryDocument,
    ThresholdsDocument,
    WarningDocument,
)
from alicloud_device_certificates.gate.reports.merged_types import MERGED_SCHEMA, MergedDocument


def render(report: Report) -> str:
    """Return the report as text."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """Yield the text in pieces, one for each stack: of many large fleets it may be larger than the memory."""
    if not report.reports:
        yield json_text(document(report))
        return
    before, _, after = json_text(msgspec.to_builtins(_merged(report))).rpartition("[]")
    separator = f"{before}["
    for each in report.reports:
        # In JSON, every newline is one between two tokens.
        yield separator + f"\n{json_text(document(each)).rstrip()}".replace("\n", "\n    ")
        separator = ","
    yield f"\n  ]{after}"


def _merged(report: Report) -> MergedDocument:
    """Return all but the reports, which come last."""
    return MergedDocument(
        schema=MERGED_SCHEMA,
        schema_version=SCHEMA_VERSION,
        now=rfc3339(report.now),
        problems=list(report.problems),
        notices=list(report.notices),
        exit_code=report.exit_code,
        has_changes=report.has_changes,
        summary=_summary(report),
        reports=[],
    )


def document(report: Report) -> dict[str, Any]:
    """Return the report of one run as plain values."""
    whole = ReportDocument(
        schema=SCHEMA,
        schema_version=SCHEMA_VERSION,
        project=report.project,
        stack=report.stack,
        project_file=report.project_file,
        source=report.source,
        now=rfc3339(report.now),
        problems=list(report.problems),
        notices=list(report.notices),
        exit_code=report.exit_code,
        has_changes=report.has_changes,
        outputs_change=report.outputs_change,
        operations=dict(report.operations),
        summary=_summary(report),
        certificates=[certificate_document(evaluation, report.now) for evaluation in report.certificates],
    )
    plain: dict[str, Any] = msgspec.to_builtins(whole)
    return plain


def _summary(report: Report) -> SummaryDocument:
    return SummaryDocument(
        certificates=len(report.certificates),
        severities=SeverityCounts(**report.counts()),
        kinds=report.kinds(),
    )


def certificate_document(evaluation: Evaluation, now: datetime) -> CertificateDocument:
    """Return one certificate, its remaining validity as of a time."""
    observed = evaluation.observed
    remaining = evaluation.remaining(now)
    failure = observed.failure
    return CertificateDocument(
        urn=observed.urn,
        name=observed.name,
        label=observed.label_in_stack,
        fleet=None if observed.fleet is None else observed.fleet.name,
        key=observed.member,
        service=observed.service,
        id=observed.id,
        account=observed.account,
        state=observed.state,
        severity=evaluation.severity,
        findings=[
            FindingDocument(kind=finding.kind, severity=finding.severity, message=finding.message)
            for finding in evaluation.findings
        ],
        remaining_seconds=None if remaining is None else int(remaining.total_seconds()),
        thresholds=ThresholdsDocument(
            warn_from=_timestamp(evaluation.warn_from), fail_from=_timestamp(evaluation.fail_from)
        ),
        certificate=_fields(observed.new),
        previous=_fields(observed.old),
        changes=[ChangeDocument(field=change.field, old=change.old, new=change.new) for change in evaluation.changes],
        warnings=[WarningDocument(code=warning.code, message=warning.message) for warning in observed.warnings],
        failure=None
        if failure is None
        else FailureDocument(category=failure.category, code=failure.code, message=failure.message),
        fleet_summary=_fleet_summary(observed),
    )


def _fleet_summary(observed: Observed) -> FleetSummaryDocument | None:
    if not observed.is_fleet or observed.fleet is None or observed.fleet.summary is None:
        return None
    summary = observed.fleet.summary
    values: dict[str, Any] = {name: summary.get(name) for name in FleetSummaryDocument.__struct_fields__}
    return FleetSummaryDocument(**values)


def _fields(fields: Mapping[str, Any] | None) -> CertificateFields | None:
    return None if fields is None else CertificateFields(**fields)


def _timestamp(time: datetime | None) -> str | None:
    return None if time is None else rfc3339(time)
