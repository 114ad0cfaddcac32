"""No kind of finding can be forgotten: whatever has to know the kinds knows all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from tests.unit.gate.sample import failed_report, sample_report
from tools.docs.pages.gate import page as gate_page
from tools.docs.pages.policies import page as policies_page

import alicloud_device_certificates.gate as package
from alicloud_device_certificates.gate.reports import render
from alicloud_device_certificates.gate.rules.kinds import FindingKind, PolicyScope, TestResult
from alicloud_device_certificates.gate.rules.rules import parse_kinds, rule_of, rules_of
from alicloud_device_certificates.policy import device_certificate_policies

DOCS = Path(__file__).parents[4] / "docs"
FORMER = {"not_asked": "query_failed", "not_read": "known_after_update", "long_threshold": "threshold_exceeds_lifetime"}


def test_each_kind_has_a_policy_unless_it_says_that_none_can_see_it() -> None:
    names = {policy.name for policy in device_certificate_policies()}
    for kind in FindingKind:
        assert kind.about.policy in get_args(PolicyScope)
        assert (f"device-certificate-{kind.replace('_', '-')}" in names) is (kind.about.policy != "never"), kind


def test_each_kind_is_a_rule_of_sarif() -> None:
    (run,) = json.loads(render(sample_report(), "sarif"))["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert list(rules) == list(FindingKind)
    assert all(rules[kind]["fullDescription"]["text"] == kind.about.meaning for kind in FindingKind)


def test_each_kind_is_in_the_samples_from_which_every_report_is_made() -> None:
    found = {*sample_report().kinds(), *failed_report().kinds()}
    assert found == set(FindingKind)


def test_each_kind_is_in_the_schema_and_in_the_documentation() -> None:
    schema = json.loads((Path(package.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
    assert set(schema["$defs"]["FindingKind"]["enum"]) == set(FindingKind)
    for name, page in (("gate.md", gate_page), ("policies.md", policies_page)):
        text = page((DOCS / name).read_text(encoding="utf-8"))
        assert [kind for kind in FindingKind if f"| `{kind}` |" not in text] == []


@pytest.mark.parametrize("kind", FindingKind)
def test_each_kind_is_described_in_whole_sentences(kind: FindingKind) -> None:
    about = kind.about
    assert about.meaning.endswith(".")
    assert about.advice == "" or about.advice.endswith(".")
    assert about.junit in get_args(TestResult)
    assert max(len(sentence.split()) for sentence in (about.meaning, about.advice)) <= 25


def test_former_names_are_read_everywhere_and_written_nowhere() -> None:
    assert {kind.about.former_name: kind.value for kind in FindingKind if kind.about.former_name} == FORMER
    assert FORMER.keys().isdisjoint(FindingKind)
    for former, name in FORMER.items():
        assert parse_kinds([former, former.replace("_", "-"), name]) == [FindingKind[name.upper()]] * 3
        by_option = rule_of({"allow": [former]})
        assert by_option.severities == {FindingKind[name.upper()]: "info"}
        config = {"failOn": [former], "rules": [{"match": "a", "warnOn": [former]}]}
        assert rules_of(config).of("b").severity(FindingKind[name.upper()]) == "fail"
        assert rules_of(config).of("a").severity(FindingKind[name.upper()]) == "warn"
        assert device_certificate_policies({"failOn": [former]}), "the rules of a policy pack"
    (run,) = json.loads(render(sample_report(), "sarif"))["runs"]
    assert FORMER.keys().isdisjoint({result["ruleId"] for result in run["results"]})
    report = json.loads(render(failed_report(), "json"))
    assert FORMER.keys().isdisjoint(report["summary"]["kinds"])
    assert "query_failed" in report["summary"]["kinds"]
