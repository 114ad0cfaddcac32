"""Whatever a damaged or foreign state holds: the gate evaluates the rest of it, and every report can be written."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pulumi.automation import EngineEvent

from alicloud_device_certificates.contract.config import GATE
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.kinds import KINDS
from alicloud_device_certificates.gate.collect.deployed import deployed_certificates, is_emulated, project_of
from alicloud_device_certificates.gate.collect.events import preview_result
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.errors import EngineError, RulesError
from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports import FORMATS, render
from alicloud_device_certificates.gate.reports.terminal import console_for, show
from alicloud_device_certificates.gate.rules.rules import MAX_RULES, Rules, rules_of
from alicloud_device_certificates.gate.rules.strength import weaknesses
from alicloud_device_certificates.gate.rules.thresholds import parse_threshold

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = KINDS["mqtt"].type_token
URN = f"urn:pulumi:dev::fleet::{TOKEN}::gateway"
STACK = "urn:pulumi:dev::fleet::pulumi:pulumi:Stack::fleet-dev"
ID = "mqtt/cn-hangzhou/post-cn-1/00f2/01"
GOOD: Mapping[str, Any] = {
    "serial_number": "1",
    "status": "active",
    "not_before": "2025-01-01T00:00:00Z",
    "not_after": "2027-01-01T00:00:00Z",
    "public_key_algorithm": "RSA",
    "public_key_bits": 2048,
}
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet=st.characters(exclude_categories=[])),
    st.sampled_from(
        [10**400, -1, 0, 2**64, float("nan"), float("inf"), "\x1b[31m", "::error::x\n", "\u202e", "\ud800"]
    ),
    st.sampled_from(
        ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z"]
    ),
    st.sampled_from(["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "%ED%A0%80", ID, URN]),
)
ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CERTIFICATE = st.dictionaries(st.sampled_from([field.name for field in FIELDS]), ANYTHING, max_size=8)
OUTPUTS = st.fixed_dictionaries(
    {}, optional={"certificate": CERTIFICATE | ANYTHING, "warnings": ANYTHING, "read_failure": ANYTHING}
)


def reported(certificates: tuple[Observed, ...], rules: Rules | None = None) -> Report:
    """Evaluate certificates, and write every report of them."""
    report = Report(
        project="fleet",
        stack="dev",
        source="deployed",
        now=NOW,
        certificates=evaluate_all(certificates, rules or Rules(), NOW),
        operations={},
    )
    for each in FORMATS:
        render(report, each.name).encode(errors="replace")
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    show(report, console_for(stream, {}), everything=True)
    return report


def deployed(outputs: object, **more: Any) -> dict[str, Any]:
    resource = {"type": TOKEN, "urn": URN, "id": ID, "outputs": outputs, **more}
    other = {"type": TOKEN, "urn": f"{URN}-2", "id": ID, "outputs": {"certificate": GOOD}}
    return {"version": 3, "deployment": {"resources": [resource, other]}}


@settings(max_examples=40, deadline=None)
@given(OUTPUTS | ANYTHING, ANYTHING)
@example({"certificate": {**GOOD, "public_key_bits": -1}}, ID)
def test_any_outputs_of_a_state_are_evaluated(outputs: object, id_: object) -> None:
    report = reported(deployed_certificates(deployed(outputs, id=id_)))
    assert {each.observed.name for each in report.certificates} == {"gateway", "gateway-2"}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=5), CERTIFICATE | ANYTHING) | ANYTHING)
def test_any_certificates_that_are_passed_on_are_evaluated(certificates: object) -> None:
    stack = {"type": "pulumi:pulumi:Stack", "urn": STACK, "outputs": {"certificates": certificates}}
    reported(deployed_certificates({"deployment": {"resources": [stack]}}))


@settings(max_examples=40, deadline=None)
@given(
    ANYTHING
    | st.fixed_dictionaries({"deployment": ANYTHING})
    | st.fixed_dictionaries({"deployment": st.fixed_dictionaries({"resources": ANYTHING})})
    | st.lists(st.fixed_dictionaries({"type": ANYTHING, "urn": ANYTHING, "outputs": ANYTHING, "inputs": ANYTHING})).map(
        lambda resources: {"deployment": {"resources": resources}}
    )
)
def test_any_state_is_evaluated_or_one_line(state: Any) -> None:
    if isinstance(state, dict):
        try:
            reported(deployed_certificates(state))
            is_emulated(state)
            project_of(state)
        except EngineError as error:
            assert str(error).startswith("the state of the stack is damaged: ")


@settings(max_examples=40, deadline=None)
@given(OUTPUTS | ANYTHING, OUTPUTS | ANYTHING, ANYTHING, ANYTHING)
def test_any_events_of_a_preview_are_evaluated(old: object, new: object, id_: object, config: object) -> None:
    def state(outputs: object) -> dict[str, Any]:
        return {"type": TOKEN, "urn": URN, "custom": True, "id": id_, "parent": "", "inputs": {}, "outputs": outputs}

    step = {"op": "read", "urn": URN, "type": TOKEN, "old": state(old), "new": state(new), "keys": [], "logical": True}
    stack_step = {**step, "urn": STACK, "type": "pulumi:pulumi:Stack", "provider": ""}
    events = (
        {"sequence": 1, "timestamp": 1, "preludeEvent": {"config": {"device-certificates:emulator": config}}},
        {"sequence": 2, "timestamp": 1, "resourcePreEvent": {"metadata": {**step, "provider": ""}}},
        {"sequence": 3, "timestamp": 1, "resOutputsEvent": {"metadata": {**step, "provider": ""}}},
        {"sequence": 4, "timestamp": 1, "resOutputsEvent": {"metadata": stack_step}},
    )
    result = preview_result(EngineEvent.from_json(event) for event in events)
    assert len(reported(result.certificates).certificates) == 1


@settings(max_examples=40, deadline=None)
@given(CERTIFICATE)
def test_fields_that_nothing_has_checked_end_no_evaluation(fields: dict[str, Any]) -> None:
    observed = Observed(urn=URN, name="gateway", service="mqtt", state="read", id=ID, old=fields, new=fields)
    evaluate_all([observed], Rules(), NOW)
    list(weaknesses(fields))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("public_key_bits", value) for value in (-1, 0, "2048", [2048], 10**400, 2.5, float("nan"), True, {"a": 1})),
        *(("not_after", value) for value in ("soon", 5, "2026-13-01T00:00:00Z", "2027-01-01T00:00:00+08:00", ["a"])),
        ("subject", "\ud800"),
        ("subject", "x" * (4 * 1024 * 1024 + 1)),
        ("subject_alternative_names", ["DNS:a", 5]),
        ("sha256_fingerprint", "ab\ncd"),
        ("status", ["active"]),
        ("is_ca", "no"),
        ("certificate_pem", "not PEM"),
        ("subject", "-----BEGIN PRIVATE KEY-----"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_field_without_a_valid_value_is_a_finding_and_the_others_are_judged(name: str, value: object) -> None:
    report = reported(deployed_certificates(deployed({"certificate": {**GOOD, name: value}})))
    by_name = {each.observed.name: each for each in report.certificates}
    assert [finding.kind for finding in by_name["gateway-2"].findings] == ["unchanged"]
    (finding,) = [each for each in by_name["gateway"].findings if each.kind == "unreadable"]
    assert finding.severity == "fail"
    assert finding.message == f"its outputs have no valid {name}: the state is damaged, or of another program"


def test_warnings_without_end_are_bounded() -> None:
    outputs = {"certificate": GOOD, "warnings": [{"code": "mismatch", "message": "x" * 100_000}] * 10_000}
    (observed, _) = deployed_certificates(deployed(outputs))
    assert len(observed.warnings) == 100
    assert max(len(each.message) for each in observed.warnings) == 5000


KEYS = st.sampled_from(["warnWithin", "failWithin", "failOn", "warnOn", "allow", "rules", "match", "odd"])


@settings(max_examples=40, deadline=None)
@given(ANYTHING | st.dictionaries(KEYS, ANYTHING | st.lists(st.dictionaries(KEYS, ANYTHING) | ANYTHING)))
def test_any_rules_are_rules_or_one_line(gate: object) -> None:
    try:
        rules = rules_of(gate)
    except RulesError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 10_000
    else:
        reported(deployed_certificates(deployed({"certificate": GOOD})), rules)


def test_rules_are_bounded() -> None:
    deep: Any = "30d"
    for _ in range(100_000):
        deep = [deep]
    for gate, told in (
        ({"warnWithin": deep}, "is nested deeper than 64 levels"),
        ({"rules": [{"match": "a"}] * (MAX_RULES + 1)}, "has 1,001 rules; the maximum is 1,000"),
        ({"rules": [{"match": "a" * 201}]}, "of at most 200 characters"),
        ({f"key{number}": 1 for number in range(1000)}, "and 980 more"),
        ({"warnWithin": "\ud800"}, "is not valid Unicode text"),
    ):
        with pytest.raises(RulesError) as raised:
            rules_of(gate)
        assert str(raised.value).startswith(GATE.full_name)
        assert told in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [10**5000, -(10**5000), float("nan"), "9" * 5000 + "d", "\x1b", [["x"]], None],
    ids=lambda value: type(value).__name__,
)
def test_a_threshold_of_any_size_is_one_line(text: object) -> None:
    with pytest.raises(RulesError) as raised:
        parse_threshold(text)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300
