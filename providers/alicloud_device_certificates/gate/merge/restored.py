"""A report, restored from its JSON document: what the reports show of it, and what several of them are merged by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from alicloud_device_certificates.contract.timestamps import time_of
from alicloud_device_certificates.gate.collect.fleet import Fleet, allowed_summary
from alicloud_device_certificates.gate.collect.observed import Observed, ReadFailure, ReadWarning
from alicloud_device_certificates.gate.errors import MergeError
from alicloud_device_certificates.gate.evaluate.summaries import first_validity
from alicloud_device_certificates.gate.evaluate.validity import Validity
from alicloud_device_certificates.gate.report import Change, Evaluation, ExitCode, Finding, Report, in_order
from alicloud_device_certificates.gate.reports.json_types import CertificateDocument, ReportDocument

_ALIKE: Final = (
    "issuer",
    "public_key_algorithm",
    "signature_algorithm",
    "status",
    "ca_sn",
    "ca_name",
    "ca_certificate_pem",
)
"""Fields that many certificates have in common; each value is kept once."""


def restored(document: ReportDocument) -> Report:
    """Return the report of a document, its certificates named after its stack too. Raise MergeError."""
    now = time_of(document.now)
    if now is None:
        raise MergeError(f"`now` is {document.now}, which is no time")
    restoration = _Restoration(document)
    return Report(
        project=document.project,
        stack=document.stack,
        source=document.source,
        now=now,
        certificates=tuple(map(restoration.evaluation, document.certificates)),
        problems=tuple(document.problems),
        notices=tuple(document.notices),
        operations=document.operations,
        outputs_change=document.outputs_change,
        is_detailed=document.exit_code is ExitCode.CHANGES,
        project_file=document.project_file,
        recorded_changes=document.has_changes,
    )


class _Restoration:
    """The certificates of one document, with what they have in common."""

    def __init__(self, document: ReportDocument) -> None:
        self._stack = f"{document.project}/{document.stack}"
        self._fleets = {
            each.urn: Fleet(name=each.fleet, summary=_summary(each))
            # Of a fleet as a whole, which has the summary: the last entry of a URN is kept.
            for each in sorted(document.certificates, key=lambda each: each.fleet_summary is not None)
            if each.fleet is not None
        }
        self._kept: dict[str, str] = {}
        self._findings: dict[tuple[str, str, str], Finding] = {}

    def evaluation(self, document: CertificateDocument) -> Evaluation:
        new = self._fields(document.certificate)
        observed = Observed(
            urn=self._once(document.urn),
            name=document.name,
            service=document.service,
            state=document.state,
            id=document.id,
            old=new if document.previous == document.certificate else self._fields(document.previous),
            new=new,
            warnings=tuple(ReadWarning(each.code, self._once(each.message)) for each in document.warnings),
            failure=None
            if document.failure is None
            else ReadFailure(
                category=document.failure.category, code=document.failure.code, message=document.failure.message
            ),
            account=document.account,
            qualifier=_qualifier(document),
            fleet=None if document.fleet is None else self._fleets[document.urn],
            member=document.key,
            stack=self._stack,
        )
        is_read_fleet = observed.is_fleet and observed.state == "read"
        validity = first_validity(observed) if is_read_fleet else Validity.of(observed.new or observed.old or {})
        return Evaluation(
            observed=observed,
            findings=in_order(
                self._findings.setdefault(
                    (each.kind, each.severity, each.message),
                    Finding(kind=each.kind, severity=each.severity, message=each.message),
                )
                for each in document.findings
            ),
            changes=tuple(Change(field=each.field, old=each.old, new=each.new) for each in document.changes),
            not_before=validity.not_before if validity and not is_read_fleet else None,
            not_after=validity.not_after if validity else None,
            warn_from=time_of(document.thresholds.warn_from),
            fail_from=time_of(document.thresholds.fail_from),
        )

    def _fields(self, document: msgspec.Struct | None) -> Mapping[str, Any] | None:
        if document is None:
            return None
        fields: dict[str, Any] = msgspec.to_builtins(document)
        for name in _ALIKE:
            if isinstance(value := fields.get(name), str):
                fields[name] = self._once(value)
        return fields

    def _once(self, text: str) -> str:
        return self._kept.setdefault(text, text)


def _summary(document: CertificateDocument) -> Mapping[str, Any] | None:
    if document.fleet_summary is None:
        return None
    values: dict[str, Any] = msgspec.to_builtins(document.fleet_summary)
    return allowed_summary({name: value for name, value in values.items() if value is not None})


def _qualifier(document: CertificateDocument) -> str:
    """Return what tells the label apart from the name: what is in parentheses after it."""
    before, after = f"{document.name} (", ")"
    label = document.label
    return label[len(before) : -len(after)] if label.startswith(before) and label.endswith(after) else ""
