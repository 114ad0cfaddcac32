"""The report as JUnit test results for GitLab, Jenkins and others: a test case for each certificate.

JUnit has no warnings, so a certificate with a warning is a test that passes, with the warning in its output.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.reports.wording import name


def render(report: Report) -> str:
    """Return the report: of each stack a suite of the single certificates and the run, and one of each fleet."""
    root = Element("testsuites", name="device certificates", time="0")
    suites = [suite for run in report.runs for suite in _suites(run)]
    root.extend(suites)
    for each in suites:
        each.set("tests", str(len(each)))
        for attribute, child in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            each.set(attribute, str(len(each.findall(f"testcase/{child}"))))
    for attribute in ("tests", "failures", "errors", "skipped"):
        root.set(attribute, str(sum(int(each.get(attribute, "0")) for each in suites)))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suites(report: Report) -> Iterable[Element]:
    suite = _suite(report.title, report)
    _add_run(suite, report)
    suites = {"": suite}
    for evaluation in report.certificates:
        fleet = evaluation.observed.fleet
        place = evaluation.observed.urn if fleet is not None else ""
        if fleet is not None and place not in suites:
            suites[place] = _suite(f"{report.title}/{fleet.name}", report)
        _add_certificate(suites[place], evaluation, report)
    return suites.values()


def _suite(name: str, report: Report) -> Element:
    return Element("testsuite", name=_text(name), timestamp=rfc3339(report.now), time="0")


def _add_run(suite: Element, report: Report) -> None:
    """Add the test case of the run. With it no report is empty; Jenkins treats an empty report as a failure."""
    case = _add_case(suite, report.source, report.title)
    if report.problems:
        error = SubElement(case, "error", type="problem", message=_text(report.problems[0]))
        error.text = _lines(report.problems)
    if report.notices:
        SubElement(case, "system-out").text = _lines(report.notices)


def _add_certificate(suite: Element, evaluation: Evaluation, report: Report) -> None:
    observed = evaluation.observed
    # GitLab merges test cases with the same class and name.
    case = _add_case(suite, observed.service, observed.label)
    worst = evaluation.findings[0]
    lines = [f"{finding.severity}: {name(finding, report)}: {finding.message}" for finding in evaluation.findings]
    if evaluation.severity == "fail":
        is_error = any(finding.kind.about.junit == "error" for finding in evaluation.findings)
        fault = SubElement(case, "error" if is_error else "failure", type=worst.kind.value)
        fault.set("message", _text(f"{name(worst, report)}: {worst.message}"))
        if observed.failure and all(finding.message != observed.failure.message for finding in evaluation.findings):
            lines.append(observed.failure.message)
        fault.text = _lines([*lines, observed.address])
    elif worst.kind.about.junit == "skipped":
        SubElement(case, "skipped", message=_text(worst.message))
    else:
        SubElement(case, "system-out").text = _lines(lines)


def _add_case(suite: Element, class_name: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=class_name, name=_text(name), time="0")


def _lines(texts: list[str] | tuple[str, ...]) -> str:
    return "\n".join(map(_text, texts))


def _text(text: str) -> str:
    # GitLab shows the picture at the path in an output's "[[ATTACHMENT|...]]".
    return printable(text).replace("[[", "[ [")
