"""The data of the page's scripts: the JSON report with each certificate's fields once, and its texts."""

from __future__ import annotations

from typing import Any

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.kinds import KINDS
from alicloud_device_certificates.contract.timestamps import NO_EXPIRY
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports.json_document import document
from alicloud_device_certificates.gate.reports.wording import name


def page_data(report: Report) -> dict[str, Any]:
    """Return the data of the page: the JSON report as ``report``, and the texts that describe it."""
    return {
        "report": _fields_once(document(report)),
        "services": {kind.key: kind.title for kind in KINDS.values()},
        "kinds": {
            finding.kind.value: {
                "name": name(finding, report),
                "meaning": finding.kind.about.meaning,
                "advice": finding.kind.about.advice,
            }
            for evaluation in report.certificates
            for finding in evaluation.findings
        },
        "no_expiry": NO_EXPIRY,
        "fields": {field.name: field.meaning for field in FIELDS},
    }


def _fields_once(document: dict[str, Any]) -> dict[str, Any]:
    """Remove the previous fields, which ``changes`` covers. Without current fields, show the previous ones."""
    for certificate in document["certificates"]:
        previous = certificate.pop("previous")
        certificate["is_previous"] = certificate["certificate"] is None and previous is not None
        certificate["certificate"] = certificate["certificate"] or previous or {}
    return document
