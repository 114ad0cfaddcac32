"""The JUnit report, read again by junitparser."""

from __future__ import annotations

import dataclasses
from xml.etree import ElementTree

import pytest
from hypothesis import given
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from tests.unit.gate.reports.outside import PAYLOADS, report_saying, texts
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports.junit import render


def cases(report: Report) -> dict[str, TestCase]:
    (suite,) = JUnitXml.fromstring(render(report).encode("utf-8"))
    found = list(suite)
    assert len({(case.classname, case.name) for case in found}) == len(found) == suite.tests
    return {str(case.name): case for case in found}


def result(case: TestCase) -> object:
    return case.result[0] if case.result else None


def test_each_certificate_is_a_case_in_the_class_of_its_service() -> None:
    report = sample_report()
    found = cases(report)
    assert len(found) == len(report.certificates) + 1
    assert {name: found[name].classname for name in ("gateway-01", "light-05", "device-ca")} == {
        "gateway-01": "mqtt",
        "light-05": "iot",
        "device-ca": "mqtt-ca",
    }


def test_a_finding_at_fail_level_is_a_failure() -> None:
    failure = result(cases(sample_report())["gateway-01"])
    assert isinstance(failure, Failure)
    assert (failure.type, failure.message) == ("expired", "expired: it expired 3 days ago, on 2026-11-20")
    assert "urn:pulumi:prod::" in failure.text


def test_a_read_that_was_not_answered_is_an_error() -> None:
    error = result(cases(failed_report())["gateway-31"])
    assert isinstance(error, Error)
    assert error.type == "query_failed"
    assert "to the RAM identity" in error.text


def test_of_a_read_that_failed_the_error_is_told_once() -> None:
    for report, name in ((sample_report(), "light-05"), (failed_report(), "gateway-31")):
        (evaluation,) = (each for each in report.certificates if each.observed.name == name)
        assert evaluation.observed.failure is not None
        assert evaluation.findings[0].message == evaluation.observed.failure.message, "the judge says it so"
        fault = result(cases(report)[name])
        assert isinstance(fault, Error | Failure)
        assert fault.text.count(evaluation.observed.failure.message) == 1


def test_an_error_that_no_finding_tells_is_told_too() -> None:
    failed = failed_report().certificates[0]
    finding = dataclasses.replace(failed.findings[0], message="it could not be asked for")
    report = dataclasses.replace(failed_report(), certificates=(dataclasses.replace(failed, findings=(finding,)),))
    fault = result(cases(report)["gateway-31"])
    assert isinstance(fault, Error)
    assert "to the RAM identity" in fault.text


def test_a_finding_at_warn_level_passes_and_is_told_in_the_output() -> None:
    case = cases(sample_report())["valve-09"]
    assert case.is_passed
    assert case.system_out == "warn: rotated: another serial number and another key than at the last update"


def test_what_is_not_read_yet_is_skipped() -> None:
    assert isinstance(result(cases(sample_report())["gateway-19"]), Skipped)


@pytest.mark.parametrize(("report", "source"), [(failed_report(), "preview"), (deployed_report(), "deployed")])
def test_the_run_is_a_case_too_which_a_problem_makes_an_error(report: Report, source: str) -> None:
    run = cases(report)["device-certificates/prod"]
    assert run.classname == source
    if report.problems:
        error = result(run)
        assert isinstance(error, Error)
        assert error.message == report.problems[0]
    else:
        assert run.is_passed


def test_the_counts_are_those_of_the_cases() -> None:
    for report in (sample_report(), failed_report(), deployed_report()):
        written = JUnitXml.fromstring(render(report).encode("utf-8"))
        shown = (written.tests, written.failures, written.errors, written.skipped)
        written.update_statistics()  # type: ignore[no-untyped-call]
        assert shown == (written.tests, written.failures, written.errors, written.skipped)


def test_certificates_of_one_name_are_told_apart() -> None:
    first = sample_report().certificates[0]
    twice = [
        dataclasses.replace(first, observed=dataclasses.replace(first.observed, qualifier=qualifier))
        for qualifier in ("stack, mqtt", "my:rack:Rack, mqtt")
    ]
    found = cases(dataclasses.replace(sample_report(), certificates=tuple(twice)))
    assert {"gateway-01 (stack, mqtt)", "gateway-01 (my:rack:Rack, mqtt)"} < set(found)


def test_a_report_without_certificates_still_has_a_case() -> None:
    assert len(cases(dataclasses.replace(sample_report(), certificates=()))) == 1


@given(texts)
def test_any_text_is_legal_and_can_be_read_again(text: str) -> None:
    found = cases(report_saying(text))
    expected = printable(text).replace("[[", "[ [")
    failed = next(case for name, case in found.items() if name.endswith(f"{expected}::0)"))
    assert result(failed).message == f"rotated: {expected}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_is_an_element_or_an_attachment(payload: str) -> None:
    text = render(report_saying(payload))
    assert elements(text) == elements(render(report_saying("plain words")))
    assert "[[" not in text


def elements(text: str) -> list[str]:
    return [element.tag for element in ElementTree.fromstring(text.encode("utf-8")).iter()]
