"""The report as test results, in the JUnit form that GitLab, Jenkins and others read: a case for each certificate.

JUnit knows no warnings: a certificate with findings at warn level is a case that passes and says so in its output.
"""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Judged, Report
from alicloud_device_certificates.gate.reports.visible import visible
from alicloud_device_certificates.gate.reports.wording import title
from alicloud_device_certificates.gate.rules.kinds import Kind


def render(report: Report) -> str:
    """Make the report. Besides the certificates, one case says whether the preview itself could be made."""
    suite = Element(
        "testsuite", name=_text(f"{report.project}/{report.stack}"), timestamp=rfc3339(report.now), time="0"
    )
    _add_run(suite, report)
    same_name = Counter((judged.observed.service, judged.observed.name) for judged in report.certificates)
    for judged in report.certificates:
        _add_certificate(suite, judged, report, unique=same_name[judged.observed.service, judged.observed.name] == 1)
    root = Element("testsuites", name="device certificates", time="0")
    root.append(suite)
    for element in (root, suite):
        element.set("tests", str(len(suite)))
        for attribute, child in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            element.set(attribute, str(len(suite.findall(f"testcase/{child}"))))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add_run(suite: Element, report: Report) -> None:
    """Add the case of the whole run. With it no report is empty, which Jenkins would take for a failure."""
    case = _add_case(suite, report.source, f"{report.project}/{report.stack}")
    if report.problems:
        error = SubElement(case, "error", type="problem", message=_text(report.problems[0]))
        error.text = _lines(report.problems)
    if report.notices:
        SubElement(case, "system-out").text = _lines(report.notices)


def _add_certificate(suite: Element, judged: Judged, report: Report, *, unique: bool) -> None:
    observed = judged.observed
    # GitLab takes cases of one class and name for one case.
    case = _add_case(suite, observed.service, observed.name if unique else f"{observed.name} ({observed.urn})")
    worst = judged.findings[0]
    lines = [f"{finding.severity}: {title(finding, report)}: {finding.message}" for finding in judged.findings]
    if judged.severity == "fail":
        not_asked = any(finding.kind is Kind.NOT_ASKED for finding in judged.findings)
        fault = SubElement(case, "error" if not_asked else "failure", type=worst.kind.value)
        fault.set("message", _text(f"{title(worst, report)}: {worst.message}"))
        if observed.failure and all(finding.message != observed.failure.message for finding in judged.findings):
            lines.append(observed.failure.message)
        fault.text = _lines([*lines, observed.urn])
    elif worst.kind is Kind.NOT_READ:
        SubElement(case, "skipped", message=_text(worst.message))
    else:
        SubElement(case, "system-out").text = _lines(lines)


def _add_case(suite: Element, class_name: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=class_name, name=_text(name), time="0")


def _lines(texts: list[str] | tuple[str, ...]) -> str:
    return "\n".join(map(_text, texts))


def _text(text: str) -> str:
    # GitLab takes "[[ATTACHMENT|...]]" in an output for the path of a picture to show.
    return visible(text).replace("[[", "[ [")
