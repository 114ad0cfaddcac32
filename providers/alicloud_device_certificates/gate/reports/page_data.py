"""The data of the page's scripts: the JSON report with each certificate's fields once, and its texts."""

from __future__ import annotations

from typing import Any, Final

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.kinds import KINDS
from alicloud_device_certificates.contract.timestamps import NO_EXPIRY
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports.json_document import document
from alicloud_device_certificates.gate.reports.wording import name

MOST_WITH_PEMS: Final = 1000
"""The number of certificates up to which the page has the PEMs of all."""

_PEMS: Final = {field.name for field in FIELDS if field.unit == "PEM"}


def page_data(report: Report) -> dict[str, Any]:
    """Return the data of the page: the JSON report as ``report``, and the texts that describe it."""
    return {
        "report": _without_many_pems(_fields_once(document(report))),
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


def _without_many_pems(document: dict[str, Any]) -> dict[str, Any]:
    """Remove the PEMs of large fleets' certificates that need no action: they would be most of the page."""
    certificates = document["certificates"]
    for certificate in certificates:
        is_left_out = (
            len(certificates) > MOST_WITH_PEMS
            and certificate["fleet"] is not None
            and certificate["severity"] == "info"
        )
        certificate["has_pems"] = not is_left_out
        if is_left_out:
            certificate["certificate"] = {
                name: value for name, value in certificate["certificate"].items() if name not in _PEMS
            }
    return document
