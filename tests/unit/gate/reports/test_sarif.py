"""The SARIF report, held against the schema that OASIS publishes (schemas/README.md)."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from tests.unit.gate.reports.outside import PAYLOADS, report_saying, texts
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports.sarif import render
from alicloud_device_certificates.gate.rules.kinds import FindingKind

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0.schema.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def run_of(report: Report) -> dict[str, Any]:
    (run,) = json.loads(render(report).encode("utf-8"))["runs"]
    return dict(run)


def results(report: Report) -> list[dict[str, Any]]:
    return list(run_of(report)["results"])


def fingerprint(result: dict[str, Any]) -> str:
    return str(result["partialFingerprints"]["primaryLocationLineHash"])


@pytest.mark.parametrize("report", [sample_report(), failed_report(), deployed_report()], ids=["ok", "failed", "old"])
def test_a_report_keeps_to_the_schema(report: Report, validator: jsonschema.Draft7Validator) -> None:
    validator.validate(json.loads(render(report)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_any_text_keeps_to_the_schema(payload: str, validator: jsonschema.Draft7Validator) -> None:
    validator.validate(json.loads(render(report_saying(payload))))


def test_each_kind_of_finding_is_a_rule_and_each_result_names_its_own() -> None:
    run = run_of(sample_report())
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [kind.value for kind in FindingKind]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {rule["id"]: rule["defaultConfiguration"]["level"] for rule in rules} == {
        kind.value: {"fail": "error", "warn": "warning", "info": "note"}[kind.about.severity] for kind in FindingKind
    }


def test_the_level_is_that_of_the_finding_and_not_of_its_kind() -> None:
    levels = {
        result["locations"][0]["logicalLocations"][0]["name"]: result["level"] for result in results(sample_report())
    }
    assert (levels["gateway-07"], levels["gateway-08"], levels["light-17"]) == ("error", "warning", "note")


def test_what_is_unchanged_or_not_read_yet_is_no_result() -> None:
    found = {result["ruleId"] for result in results(sample_report())}
    assert found == {kind.value for kind in FindingKind} - {"unchanged", "known_after_update", "query_failed"}


def test_a_result_is_at_the_project_s_file_and_at_the_resource() -> None:
    (location,) = results(sample_report())[0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.yaml"
    assert location["logicalLocations"][0]["fullyQualifiedName"].endswith("MqttDeviceCertificate::gateway-01")


def test_fingerprints_tell_results_apart_and_stay_the_same_on_the_next_day() -> None:
    today = sample_report()
    found = [fingerprint(result) for result in results(today)]
    assert len(set(found)) == len(found)
    expired = dataclasses.replace(today.certificates[0].findings[0], message="it expired 4 days ago")
    later = dataclasses.replace(
        today, certificates=(dataclasses.replace(today.certificates[0], findings=(expired,)), *today.certificates[1:])
    )
    assert [fingerprint(result) for result in results(later)] == found


def test_two_findings_of_one_kind_on_one_certificate_are_two_results() -> None:
    first, second = results(report_saying("x"))[:2]
    assert first["ruleId"] == second["ruleId"]
    assert fingerprint(first) != fingerprint(second)


def test_stacks_are_kept_apart() -> None:
    assert run_of(sample_report())["automationDetails"]["id"] == "device-certificates/device-certificates/prod/"


def test_a_problem_says_that_the_run_failed() -> None:
    (invocation,) = run_of(failed_report())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "to the RAM identity" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert run_of(sample_report())["invocations"][0]["executionSuccessful"] is True


@given(texts)
def test_any_text_is_shown_as_text(text: str) -> None:
    message = results(report_saying(text))[0]["message"]["text"]
    assert message.replace(
        "] (", "]("
    ) == f"{printable(text)} ({printable(text)}::0): rotated: {printable(text)}".replace("] (", "](")
    assert "](" not in message


def text_of(text: str) -> str:
    return printable(text)


def test_the_location_is_the_projects_file_as_its_repository_has_it() -> None:
    report = dataclasses.replace(sample_report(), project_file="infra/our fleet/Pulumi.yaml")
    (run,) = json.loads(render(report))["runs"]
    found = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]}
    assert found == {"infra/our%20fleet/Pulumi.yaml"}
