from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.gate.errors import RulesError
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rule, Rules, rule_of, rules_of

GATE = {
    "warnWithin": "60d",
    "failWithin": "10%",
    "failOn": ["rotated"],
    "allow": ["weak"],
    "rules": [
        {"match": "legacy-*", "failWithin": "3d", "failOn": ["weak"]},
        {"match": "*-01", "warnOn": ["weak"]},
    ],
}


def test_each_kind_has_the_severity_that_the_documentation_says() -> None:
    fails = {
        *("expired", "compromised_key", "shared_key", "mismatch", "unreadable", "inactive", "ca_inactive", "missing"),
        *("outlives_ca", "postcondition_failed", "query_failed"),
    }
    infos = {"nonconforming", "new", "renewed", "changed", "known_after_update", "unchanged"}
    assert {kind for kind in FindingKind if kind.about.severity == "fail"} == fails
    assert {kind for kind in FindingKind if kind.about.severity == "info"} == infos


def test_without_rules_the_defaults_hold() -> None:
    rule = rules_of(None).of("gateway")
    assert rule.severity(FindingKind.EXPIRED) == "fail"
    assert rule.warn_within is not None
    assert rule.fail_within is None


def test_the_general_rule_holds_for_all_and_a_pattern_for_the_names_that_match() -> None:
    rules = rules_of(GATE)
    general, legacy, both = rules.of("gateway"), rules.of("legacy-02"), rules.of("legacy-01")
    assert (general.severity(FindingKind.ROTATED), general.severity(FindingKind.WEAK)) == ("fail", "info")
    assert general.fail_within is not None
    assert general.fail_within.text == "10%"
    assert (legacy.severity(FindingKind.ROTATED), legacy.severity(FindingKind.WEAK)) == ("fail", "fail")
    assert legacy.fail_within is not None
    assert legacy.fail_within.text == "3d"
    assert legacy.warn_within == general.warn_within
    assert both.severity(FindingKind.WEAK) == "warn", "the later pattern goes before the earlier"


def test_the_command_line_goes_before_the_general_rule_and_not_before_a_name() -> None:
    rules = rules_of(GATE).with_general(rule_of({"fail_within": "1d", "allow": ["rotated"], "fail_on": ["weak"]}))
    general, named = rules.of("gateway"), rules.of("sensor-01")
    assert general.fail_within is not None
    assert (general.fail_within.text, general.severity(FindingKind.ROTATED), general.severity(FindingKind.WEAK)) == (
        "1d",
        "info",
        "fail",
    )
    assert named.severity(FindingKind.WEAK) == "warn"
    assert rules.with_general(Rule()).of("gateway") == general


def test_kinds_are_written_with_underscores_or_hyphens() -> None:
    rule = rule_of({"fail_on": ["status-changed", " Not_Yet_Valid "]})
    assert set(rule.severities) == {FindingKind.STATUS_CHANGED, FindingKind.NOT_YET_VALID}


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ("30d", "device-certificates:gate must be an object"),
        ({"warnWithin": 30}, "device-certificates:gate: 30 is not a threshold"),
        (
            {"warn_within": "30d"},
            "device-certificates:gate has an unknown key, 'warn_within'; the keys are warnWithin, ",
        ),
        ({"failOn": "expired"}, "device-certificates:gate.failOn must be a list of kinds"),
        (
            {"failOn": ["expried"]},
            "device-certificates:gate: 'expried' is not a kind of finding; the kinds are expired, ",
        ),
        ({"failOn": ["weak"], "allow": ["weak"]}, "weak is set twice, to fail and to info"),
        ({"rules": {}}, "device-certificates:gate.rules must be a list"),
        ({"rules": ["x"]}, r"device-certificates:gate.rules\[0\] must be an object"),
        ({"rules": [{"allow": []}]}, r"gate.rules\[0\] has no match, which is a pattern of names"),
        ({"rules": [{"match": "a", "rules": []}]}, r"gate.rules\[0\] has an unknown key, 'rules'"),
    ],
)
def test_rules_that_cannot_be_used_are_one_line(gate: Any, message: str) -> None:
    with pytest.raises(RulesError, match=message) as raised:
        rules_of(gate)
    assert "\n" not in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(RulesError, match=r"unknown key, 'a'.*; .*rules\[0\] has no match.*; .*'1x' is not a threshold"):
        rules_of({"a": 1, "rules": [{}, {"match": "x", "failWithin": "1x"}]})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GATE, "match", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_whatever_the_config_holds_is_rules_or_a_clear_error(gate: object) -> None:
    try:
        rules = rules_of(gate)
    except RulesError:
        return
    assert isinstance(rules, Rules)
    rules.of("any name")
