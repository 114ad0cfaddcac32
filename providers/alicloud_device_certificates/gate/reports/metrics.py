"""The report as Prometheus metrics, for the textfile collector of node_exporter.

Metrics that enix/x509-certificate-exporter has too use its names, labels and meanings, so its dashboards and alerts
work. Values are timestamps, not remaining times, so a file that is written once a day stays right.

The format is simple enough to write without a library; prometheus_client would keep a registry and a clock of its own.
Its parser reads the result in the tests.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.reports.fleets import fleet_figures

# In the exporter's order. Its labels have the first value of each of these attributes of a name.
_ATTRIBUTES = {
    "2.5.4.6": "C",
    "2.5.4.8": "ST",
    "2.5.4.7": "L",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.3": "CN",
}
HELP = {
    "x509_cert_not_before": "Start of the certificate's validity, Unix time.",
    "x509_cert_not_after": "End of the certificate's validity, Unix time.",
    "x509_cert_expired": "1 if the certificate had expired at the time of the report, else 0.",
    "x509_cert_error": "1 if the certificate could not be read, else 0.",
    "x509_read_errors": "Number of certificates that could not be read.",
    "device_certificate_finding": "1 for each kind of finding on the certificate, with its severity.",
    "device_certificate_warn_timestamp_seconds": "When the certificate reaches its warn threshold, Unix time.",
    "device_certificate_fail_timestamp_seconds": "When the certificate reaches its fail threshold, Unix time.",
    "device_certificates_fleet_certificates": "Number of certificates of the fleet, also those without metrics.",
    "device_certificates_fleet_evaluated": "Number of certificates of the fleet by their worst finding.",
    "device_certificates_fleet_findings": "Number of certificates of the fleet by kind and severity of a finding.",
    "device_certificates_fleet_first_not_after": "When the first certificate of the fleet ends, Unix time.",
    "device_certificates_problems": "Number of problems that made the report incomplete.",
    "device_certificates_report_timestamp_seconds": "Time of the report, Unix time.",
}
"""Each metric with its help, in the order of the file."""

MAX_OF_FLEET: Final = 1000
"""The maximum number of certificates of a fleet with metrics of their own: the worst, then those that end first."""

_Labels = Mapping[str, str]
_Sample = tuple[str, _Labels, float]


def render(report: Report) -> str:
    """Return the report: for each metric its help, its type (all are gauges) and its samples."""
    lines: dict[str, dict[str, None]] = {name: {} for name in HELP}
    for run in report.runs:
        for name, labels, value in _samples(run):
            # A dict of lines, because two findings of one kind on one certificate are one sample.
            lines[name][_line(name, labels, value)] = None
    return "".join(
        f"# HELP {name} {HELP[name]}\n# TYPE {name} gauge\n{''.join(samples)}"
        for name, samples in lines.items()
        if samples
    )


def _samples(report: Report) -> Iterator[_Sample]:
    run = {"project": report.project, "stack": report.stack}
    same_name = Counter((evaluation.observed.service, evaluation.observed.name) for evaluation in report.certificates)
    shown: Counter[str] = Counter()
    for evaluation in report.certificates:
        observed = evaluation.observed
        if observed.fleet is not None:
            shown[observed.urn] += 1
            if shown[observed.urn] > MAX_OF_FLEET:
                continue
        own = {**run, "name": observed.name, "service": observed.service}
        if same_name[observed.service, observed.name] > 1:
            # The exporter's label for series that would otherwise be the same.
            own["discriminator"] = hashlib.sha256(printable(observed.address).encode()).hexdigest()[:8]
        yield from _of_certificate(evaluation, own, report.now)
    yield from _of_fleets(report, run)
    failed = sum(evaluation.observed.state == "failed" for evaluation in report.certificates)
    yield "x509_read_errors", run, failed
    yield "device_certificates_problems", run, len(report.problems)
    yield "device_certificates_report_timestamp_seconds", run, report.now.timestamp()


def _of_fleets(report: Report, run: _Labels) -> Iterator[_Sample]:
    labels = {each.urn: {**run, "fleet": each.name, "service": each.service} for each in fleet_figures(report)}
    findings = Counter(
        (evaluation.observed.urn, finding.kind, finding.severity)
        for evaluation in report.certificates
        for finding in dict.fromkeys(evaluation.findings)
        if evaluation.observed.urn in labels
    )
    for fleet in fleet_figures(report):
        own = labels[fleet.urn]
        yield "device_certificates_fleet_certificates", own, fleet.certificates
        for severity, count in fleet.severities.items():
            yield "device_certificates_fleet_evaluated", {**own, "severity": severity}, count
        if fleet.first_end is not None:
            yield "device_certificates_fleet_first_not_after", own, fleet.first_end.timestamp()
    for (urn, kind, severity), count in findings.items():
        yield "device_certificates_fleet_findings", {**labels[urn], "kind": kind.value, "severity": severity}, count


def _of_certificate(evaluation: Evaluation, own: _Labels, now: datetime) -> Iterator[_Sample]:
    state, fields = evaluation.observed.state, evaluation.observed.new
    if state in {"read", "failed"}:
        yield "x509_cert_error", own, state == "failed"
    for finding in evaluation.findings:
        yield "device_certificate_finding", {**own, "kind": finding.kind.value, "severity": finding.severity}, 1
    # A certificate that is gone or could not be read is not described by its old fields.
    if fields is None:
        return
    for name, timestamp in (
        ("device_certificate_warn_timestamp_seconds", evaluation.warn_from),
        ("device_certificate_fail_timestamp_seconds", evaluation.fail_from),
    ):
        if timestamp is not None:
            yield name, own, timestamp.timestamp()
    labels = {
        **own,
        "serial_number": fields.get("serial_number", ""),
        **_name_labels("issuer", fields.get("issuer")),
        **_name_labels("subject", fields.get("subject")),
    }
    if "subject_common_name" in fields:
        labels["subject_CN"] = fields["subject_common_name"]
    if evaluation.not_before is not None:
        yield "x509_cert_not_before", labels, evaluation.not_before.timestamp()
    if evaluation.not_after is not None:
        yield "x509_cert_not_after", labels, evaluation.not_after.timestamp()
        yield "x509_cert_expired", labels, now > evaluation.not_after


def _name_labels(prefix: str, name: str | None) -> dict[str, str]:
    """Return the labels of a distinguished name (RFC 4514)."""
    from alicloud_device_certificates.certificate import rfc4514_attributes

    labels: dict[str, str] = {}
    for oid, value in reversed(rfc4514_attributes(name or "")):
        if oid in _ATTRIBUTES:
            labels.setdefault(f"{prefix}_{_ATTRIBUTES[oid]}", value)
    return labels


def _line(name: str, labels: _Labels, value: float) -> str:
    pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items() if text)
    return f"{name}{{{pairs}}} {int(value)}\n"


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
