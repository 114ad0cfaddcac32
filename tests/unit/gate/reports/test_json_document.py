"""The JSON report against its schema, read again by json, jsonschema and check-jsonschema's command line."""

from __future__ import annotations

import copy
import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from tests.unit.gate.merged_sample import merged_report
from tests.unit.gate.reports.outside import PAYLOADS, report_saying, texts
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

import alicloud_device_certificates.gate as package
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.gate.collect.observed import State
from alicloud_device_certificates.gate.report import ExitCode, Report, ReportSource
from alicloud_device_certificates.gate.reports.json_document import document, render
from alicloud_device_certificates.gate.reports.json_types import SCHEMA, SCHEMA_VERSION
from alicloud_device_certificates.gate.reports.merged_types import MERGED_SCHEMA
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, FindingKind

SCHEMA_FILE = Path(package.__file__).parent / "report.schema.json"
TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "list of strings": {"type": "array", "items": {"type": "string"}},
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("report", [sample_report(), failed_report(), deployed_report()], ids=["ok", "failed", "old"])
def test_a_report_keeps_to_the_schema(report: Report, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(json.loads(render(report)))


def test_a_merged_report_keeps_to_its_own_schema_and_has_each_report_as_it_is_alone() -> None:
    schema = json.loads((SCHEMA_FILE.parent / "merged-report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == MERGED_SCHEMA
    merged = json.loads(render(merged_report()))
    jsonschema.Draft202012Validator(schema).validate(merged)
    (east,) = [each for each in merged["reports"] if each["stack"] == "east"]
    assert [each["label"] for each in east["certificates"]] == ["meters/02", "meters/01"], "no label names the stack"
    assert merged["summary"]["certificates"] == sum(each["summary"]["certificates"] for each in merged["reports"])


def test_the_schema_is_one_and_is_taken_by_check_jsonschema(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(render(sample_report()), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema"]
    subprocess.run([*command, "--check-metaschema", SCHEMA_FILE], check=True, capture_output=True)
    subprocess.run([*command, "--schemafile", SCHEMA_FILE, report], check=True, capture_output=True)


def test_the_schema_has_the_kinds_fields_and_states_of_the_code(schema: dict[str, Any]) -> None:
    defined = schema["$defs"]
    certificate, change = defined["CertificateDocument"]["properties"], defined["ChangeDocument"]["properties"]
    assert defined["FindingKind"]["enum"] == sorted(kind.value for kind in FindingKind)
    assert schema["properties"]["summary"] == {"$ref": "#/$defs/SummaryDocument"}
    assert defined["SummaryDocument"]["properties"]["kinds"]["propertyNames"] == {"$ref": "#/$defs/FindingKind"}
    assert defined["FindingDocument"]["properties"]["severity"]["enum"] == sorted(SEVERITIES)
    assert list(defined["SeverityCounts"]["properties"]) == list(SEVERITIES)
    assert change["field"]["enum"] == [field.name for field in FIELDS]
    assert defined["CertificateFields"]["properties"] == {
        field.name: {"description": field.meaning, **TYPES[field.type]} for field in FIELDS
    }
    assert certificate["state"]["enum"] == sorted(get_args(State))
    assert certificate["service"]["enum"] == sorted(get_args(KindKey))
    assert schema["properties"]["source"]["enum"] == sorted(get_args(ReportSource))
    assert defined["ExitCode"]["enum"] == [code.value for code in ExitCode]
    assert (schema["$id"], schema["properties"]["schema_version"]["enum"]) == (SCHEMA, [SCHEMA_VERSION])
    assert schema["properties"]["$schema"]["enum"] == [SCHEMA]


def test_every_object_of_the_schema_is_closed_and_every_key_is_told_of(schema: dict[str, Any]) -> None:
    def check(part: object) -> None:
        if isinstance(part, dict):
            if "properties" in part:
                assert part["additionalProperties"] is False
                assert part is schema["$defs"]["CertificateFields"] or part["required"] == list(part["properties"])
            for each in part.values():
                check(each)
        elif isinstance(part, list):
            for each in part:
                check(each)

    check(schema)


@pytest.mark.parametrize(
    "place",
    [(), ("summary",), ("certificates", 0), ("certificates", 0, "certificate"), ("certificates", 0, "findings", 0)],
    ids=str,
)
def test_what_is_not_in_the_schema_is_refused(
    place: tuple[str | int, ...], validator: jsonschema.Draft202012Validator
) -> None:
    changed = copy.deepcopy(document(sample_report()))
    part: Any = changed
    for step in place:
        part = part[step]
    part["private_key_pem"] = "x"
    with pytest.raises(jsonschema.ValidationError, match="private_key_pem"):
        validator.validate(changed)


def test_it_holds_what_was_before_what_is_now_and_what_changed() -> None:
    certificates = {each["name"]: each for each in document(sample_report())["certificates"]}
    valve = certificates["valve-09"]
    old, new = (valve[which]["serial_number_hex"] for which in ("previous", "certificate"))
    assert old != new
    assert {"field": "serial_number_hex", "old": old, "new": new} in valve["changes"]
    assert valve["findings"][0]["kind"] == "rotated"
    assert certificates["gateway-01"]["remaining_seconds"] == -3 * 86_400
    assert certificates["gateway-08"]["thresholds"] == {
        "warn_from": "2026-11-14T06:00:00Z",
        "fail_from": "2026-12-07T06:00:00Z",
    }
    missing = certificates["light-05"]
    assert (missing["state"], missing["certificate"], missing["severity"]) == ("failed", None, "fail")
    assert missing["failure"]["code"] == "iot.device.NotExistedDevice"
    assert certificates["gateway-19"]["id"] is None
    assert certificates["gateway-02"]["warnings"][0]["code"] == "serial_mismatch"


def test_the_summary_counts_certificates() -> None:
    summary = document(sample_report())["summary"]
    assert summary["certificates"] == 23
    assert summary["severities"] == {"fail": 7, "warn": 8, "info": 8}
    assert summary["kinds"]["expires_within"] == 2
    assert "query_failed" not in summary["kinds"]


@given(texts)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    written = render(report_saying(text))
    read = json.loads(written.encode("utf-8"))
    # What is no Unicode, a lone surrogate, cannot be written as UTF-8.
    known = "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text)
    first = read["certificates"][0]
    assert read["project"] == read["problems"][0] == first["name"] == first["findings"][0]["message"] == known
    assert first["certificate"]["subject"] == first["changes"][0]["new"] == known
    assert first["certificate"]["subject_alternative_names"] == [known, known]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_any_text_keeps_to_the_schema(payload: str, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(json.loads(render(report_saying(payload))))


@given(texts)
def test_a_terminal_in_which_it_is_printed_obeys_nothing(text: str) -> None:
    assert all(each == "\n" or each.isprintable() or ord(each) > 0x9F for each in render(report_saying(text)))
    assert not {"\u202e", "\u2066", "\u2028"} & set(render(report_saying(text)))


def test_a_report_without_certificates_keeps_to_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(json.loads(render(dataclasses.replace(sample_report(), certificates=(), operations={}))))


def test_a_deployed_stack_is_compared_with_nothing() -> None:
    deployed = document(deployed_report())
    assert (deployed["source"], deployed["has_changes"]) == ("deployed", False)
    assert all(each["previous"] is None and not each["changes"] for each in deployed["certificates"])
