"""Fleets in the state of a stack: their members, once each, as at the last update."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.gate.collect.fleet_events import ID, IOT, MQTT, device, outputs, state
from tests.unit.gate.collect.test_deployed import SECRET, exported, stack
from tests.unit.gate.fleets import NOW, lasting, text

from alicloud_device_certificates.gate.collect.deployed import deployed_certificates, is_emulated
from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.rules.rules import Rules


def found(*resources: dict[str, Any]) -> dict[str, set[str]]:
    """The kinds of the findings on what a state has, by name."""
    evaluations = evaluate_all(deployed_certificates(exported(*resources)), Rules(), NOW)
    return {each.observed.name: {finding.kind.value for finding in each.findings} for each in evaluations}


def test_each_member_is_there_with_its_id_and_its_warnings() -> None:
    warnings = [{"code": "serial_mismatch", "message": "other", "certificate": "01"}]
    fleet = state(outputs(device("01"), device("02"), warnings=warnings))
    first, second = deployed_certificates(exported(stack(None), fleet))
    assert (first.name, first.id, first.member) == ("meters/01", "mqtt/cn-hangzhou/post-cn-1/00f2/01", "01")
    assert first.old == first.new == device("01")
    assert [warning.code for warning in first.warnings] == ["serial_mismatch"]
    assert second.warnings == ()


def test_members_in_the_stacks_outputs_are_those_of_the_fleet() -> None:
    exports = stack({"certificates": {"meters/01": device("01"), "others/09": device("09")}})
    assert list(found(exports, state(outputs(device("01"))))) == ["meters/01", "others/09"]


def test_nothing_is_new_or_gone_in_what_was_deployed() -> None:
    missing = {"03": {"code": "FindDeviceBySnError", "message": "no such device"}}
    fleet = state(outputs(lasting("01", 300), lasting("02", -1), errors=missing, on_error="report"))
    assert found(fleet) == {
        "meters/01": {"unchanged"},
        "meters/02": {"expired"},
        "meters/03": {"query_failed"},
    }


def test_a_fleet_that_keeps_its_summary_alone_is_judged_by_it() -> None:
    summary = {"count": 9.0, "by_status": {"inactive": 1.0}, "earliest_expiry": text(-2)}
    assert found(state(outputs() | {"summary": summary, "fields": "summary"})) == {"meters": {"expired", "inactive"}}


def test_a_fleet_that_is_a_secret_cannot_be_evaluated() -> None:
    assert found(state(outputs() | {"certificates": SECRET})) == {"meters": {"unreadable"}}


@pytest.mark.parametrize("class_", [MQTT, IOT])
def test_that_an_emulator_answered_is_in_the_warnings_of_the_fleet(class_: str) -> None:
    marked = outputs(device("01"), warnings=[{"code": "emulator", "message": "it is"}])
    assert is_emulated(exported(state(marked, type_=class_, id_=ID)))
    assert not is_emulated(exported(state(outputs(device("01")), type_=class_, id_=ID)))
