"""The data of the page's scripts: the certificates, each with its fields once, and the texts that describe them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.kinds import KINDS
from alicloud_device_certificates.contract.timestamps import NO_EXPIRY, rfc3339
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.reports.json_document import certificate_document
from alicloud_device_certificates.gate.reports.wording import name

MOST_WITH_PEMS: Final = 1000
"""The number of certificates up to which the page has the PEMs of all."""

MOST_CERTIFICATES: Final = 20_000
"""The maximum number of certificates on the page, the worst; a browser takes seconds for more."""

_PEMS: Final = {field.name for field in FIELDS if field.unit == "PEM"}


def page_data(report: Report) -> dict[str, Any]:
    """Return the data of the page: the certificates as in the JSON report, and the texts that describe them."""
    shown = report.certificates[:MOST_CERTIFICATES]
    return {
        "report": {
            "now": rfc3339(report.now),
            "source": report.source,
            "certificates": _without_many_pems([_certificate(evaluation, report) for evaluation in shown]),
        },
        "services": {kind.key: kind.title for kind in KINDS.values()},
        "kinds": {
            finding.kind.value: {
                "name": name(finding, report),
                "meaning": finding.kind.about.meaning,
                "advice": finding.kind.about.advice,
            }
            for evaluation in shown
            for finding in evaluation.findings
        },
        "no_expiry": NO_EXPIRY,
        "fields": {field.name: field.meaning for field in FIELDS},
    }


def _certificate(evaluation: Evaluation, report: Report) -> dict[str, Any]:
    """Return a certificate without its previous fields, which ``changes`` covers, unless it has no current ones."""
    certificate: dict[str, Any] = msgspec.to_builtins(certificate_document(evaluation, report.now))
    previous = certificate.pop("previous")
    return certificate | {
        "label": evaluation.observed.label,
        "stack": evaluation.observed.stack,
        "is_previous": certificate["certificate"] is None and previous is not None,
        "certificate": certificate["certificate"] or previous or {},
    }


def _without_many_pems(certificates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Remove the PEMs of large fleets' certificates that need no action: they would be most of the page."""
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
    return certificates
