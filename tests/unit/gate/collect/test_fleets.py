"""The members of a fleet are collected as if each had a data source of its own."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.gate.collect.fleet_events import (
    CAS,
    ID,
    IOT,
    SECRET,
    SINGLE,
    device,
    error,
    outputs,
    result,
    seen,
    state,
    step,
    urn_of,
)

from alicloud_device_certificates.contract.read_failure import DECLARED

_MISSING = {"category": "missing", "code": "FindDeviceBySnError", "message": "there is no such device"}


def shown(*events: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Name, state and whether it is new, of all that was collected."""
    return [(each.name, each.state, each.is_new) for each in result(*events).certificates]


def test_each_member_is_compared_with_itself_at_the_last_update() -> None:
    old = outputs(device("01"), device("02"))
    found = seen(old, outputs(device("01", status="inactive"), device("03")))
    assert {name: (each.state, each.is_new) for name, each in found.items()} == {
        "meters/01": ("read", False),
        "meters/02": ("gone", False),
        "meters/03": ("read", True),
    }
    first = found["meters/01"]
    assert (first.urn, first.member, first.service) == (urn_of(), "01", "mqtt")
    assert (first.old, first.new) == (device("01"), device("01", status="inactive"))


def test_members_have_the_ids_of_single_certificates() -> None:
    assert seen(None, outputs(device("0/1")))["meters/0/1"].id == "mqtt/cn-hangzhou/post-cn-1/00f2/0%2F1"
    iot = state({"certificates": {"lamp": {"status": "generated"}}}, type_=IOT, id_="iot-fleet/cn-shanghai/-/pk")
    cas = state({"certificates": {"00f2": {"status": "active"}}}, type_=CAS, id_="mqtt-ca-fleet/cn-hangzhou/post-cn-1")
    assert [each.id for each in result(step(None, iot)).certificates] == ["iot/cn-shanghai/-/pk/lamp"]
    assert [each.id for each in result(step(None, cas)).certificates] == ["mqtt-ca/cn-hangzhou/post-cn-1/00f2"]


def test_devices_of_one_sn_under_two_cas_have_different_ids() -> None:
    two = {"00f2:01": device("01"), "00f3:01": device("01", ca_sn="00f3")}
    found = seen(None, {**outputs(), "certificates": two})
    assert {name: each.id for name, each in found.items()} == {
        "meters/00f2:01": "mqtt/cn-hangzhou/post-cn-1/00f2/01",
        "meters/00f3:01": "mqtt/cn-hangzhou/post-cn-1/00f3/01",
    }


def test_a_key_that_changes_because_another_ca_gets_the_same_sn_is_no_other_certificate() -> None:
    two = {"00f2:01": device("01"), "00f3:01": device("01", ca_sn="00f3")}
    found = seen(outputs(device("01")), {**outputs(), "certificates": two})
    assert {name: (each.state, each.is_new) for name, each in found.items()} == {
        "meters/00f2:01": ("read", False),
        "meters/00f3:01": ("read", True),
    }


def test_a_member_that_cannot_be_read_has_its_failure_and_its_past() -> None:
    found = seen(outputs(device("01")), outputs(device("02"), errors={"01": _MISSING}))
    failed = found["meters/01"]
    assert (failed.state, failed.old, failed.new) == ("failed", device("01"), None)
    assert failed.id == "mqtt/cn-hangzhou/post-cn-1/00f2/01"
    assert failed.failure is not None
    assert (failed.failure.category, failed.failure.code) == ("missing", "FindDeviceBySnError")


@pytest.mark.parametrize("described", [{"code": "x", "message": "no"}, "not an object", None])
def test_a_failure_without_a_category_is_that_of_the_query(described: object) -> None:
    failed = seen(None, outputs(errors={"01": described}))["meters/01"]
    assert failed.failure is not None
    assert failed.failure.category == "query_failed"


def test_warnings_belong_to_the_member_that_they_name() -> None:
    warnings = [
        {"code": "inactive", "message": "it is", "certificate": "01"},
        {"code": "serial_mismatch", "message": "it is not", "certificate": "02"},
    ]
    found = seen(None, outputs(device("01"), device("02"), warnings=warnings))
    assert {name: [each.code for each in member.warnings] for name, member in found.items()} == {
        "meters/01": ["inactive"],
        "meters/02": ["serial_mismatch"],
    }


def test_a_warning_of_the_whole_fleet_makes_the_fleet_one_of_the_observed() -> None:
    found = seen(None, outputs(device("01"), warnings=[{"code": "odd", "message": "it is"}]))
    assert [warning.code for warning in found["meters"].warnings] == ["odd"]
    assert found["meters/01"].warnings == ()


def test_that_an_emulator_answered_is_known_of_a_fleet_too() -> None:
    marked = outputs(device("01"), warnings=[{"code": "emulator", "message": "it is"}])
    found = result(step(None, state(marked)))
    assert found.is_emulated
    assert [each.name for each in found.certificates] == ["meters/01"]


def test_of_a_fleet_that_was_a_secret_nothing_is_known_of_the_past() -> None:
    found = seen({**outputs(), "certificates": SECRET}, outputs(device("01")))
    assert [(each.state, each.is_new, each.was_secret) for each in found.values()] == [("read", False, True)]


def test_a_fleet_that_is_a_secret_is_one_of_the_observed() -> None:
    found = seen(outputs(device("01")), {**outputs(), "certificates": SECRET})
    assert {name: each.state for name, each in found.items()} == {"meters": "secret"}


def test_a_fleet_that_fails_as_a_whole_says_nothing_of_its_members() -> None:
    failed = state({"read_failure": {**_MISSING, "message": "there is no such instance"}})
    (whole,) = result(step(state(outputs(device("01"))), failed), error("there is no", urn_of())).certificates
    assert (whole.name, whole.state, whole.is_fleet) == ("meters", "failed", True)
    assert whole.failure is not None
    assert whole.failure.category == "missing"


def test_an_error_of_the_engine_is_that_of_the_fleet_and_not_of_each_member() -> None:
    line = "alicloud_device_certificates.ReadError: ListDeviceCertificate: NoPermission: denied"
    found = result(step(state(outputs(device("01"))), kind="begun"), error(line, urn_of()))
    assert [(each.name, each.state) for each in found.certificates] == [("meters", "failed")]
    assert found.problems == ("meters: ListDeviceCertificate: NoPermission: denied",)


def test_an_error_beside_a_fleet_that_was_read_is_a_problem() -> None:
    found = result(step(None, state(outputs(errors={"01": {"code": "x", "message": "no"}}))), error("x", urn_of()))
    assert found.problems == ("meters: failed; see the engine's output",)
    (failed,) = found.certificates
    assert failed.failure is not None
    assert failed.failure.message == "no", "not the engine's error, which is that of the fleet"


def test_a_fleet_counts_as_one_read_however_many_members_it_has() -> None:
    declared = {
        "diagnosticEvent": {"message": f"{DECLARED}x", "color": "never", "severity": "debug", "urn": ""},
    }
    read = step(None, state(outputs(device("01"), device("02"), device("03"))))
    assert result(*[declared] * 3, read, error("x", urn_of())).problems == (
        "meters: failed; see the engine's output",
        "2 more certificates not read: the preview had ended",
    )


def test_a_fleet_whose_arguments_are_not_known_yet_waits_for_the_update() -> None:
    later = step(state(outputs(device("01"))), state(None, id_=""))
    assert shown(later) == [("meters", "known_after_update", False)]


def test_the_members_of_a_fleet_that_left_the_program_are_gone() -> None:
    assert shown(step(state(outputs(device("01"), device("02"))), op="discard")) == [
        ("meters/01", "gone", False),
        ("meters/02", "gone", False),
    ]


def test_a_fleet_without_members_that_left_the_program_is_gone_itself() -> None:
    assert shown(step(state(outputs()), op="discard")) == [("meters", "gone", False)]


def test_a_renamed_fleet_keeps_its_history() -> None:
    old = state(outputs(device("01", serial="9")), name="old")
    new = state(outputs(device("01"), device("02")), name="new")
    found = result(step(None, new), step(old, op="discard")).certificates
    assert [(each.name, each.state, each.old) for each in found] == [
        ("new/01", "read", device("01", serial="9")),
        ("new/02", "read", None),
    ]


def test_a_certificate_that_moves_from_a_data_source_of_its_own_into_a_fleet_is_not_gone() -> None:
    single = state(
        {"certificate": device("01")}, name="gateway", type_=SINGLE, id_="mqtt/cn-hangzhou/post-cn-1/00f2/01"
    )
    found = result(step(None, state(outputs(device("01")))), step(single, op="discard")).certificates
    assert [(each.name, each.state, each.old) for each in found] == [("meters/01", "read", device("01"))]


def test_after_a_refresh_members_are_compared_with_the_state_before_it() -> None:
    before, after = state(outputs(device("01"), device("02"))), state(outputs(device("01", serial="2")))
    events = [step(before, after, op="refresh"), step(after, after)]
    assert [(each.name, each.state, each.old) for each in result(*events).certificates] == [
        ("meters/01", "read", device("01")),
        ("meters/02", "gone", device("02")),
    ]


def test_names_that_two_members_share_are_told_apart() -> None:
    single = state({"certificate": device("09")}, name="meters/01", type_=SINGLE, id_="mqtt/cn-hangzhou/post-cn-1/0/9")
    lamps = {"certificates": {"01": {"status": "generated"}}}
    iot = state(lamps, type_=IOT, id_="iot-fleet/cn-shanghai/-/pk")
    found = result(step(None, state(outputs(device("01")))), step(None, single), step(None, iot)).certificates
    assert {each.name for each in found} == {"meters/01"}
    assert sorted(each.label for each in found) == [
        "meters/01 (stack, fleet of iot)",
        "meters/01 (stack, fleet of mqtt)",
        "meters/01 (stack, mqtt)",
    ]


def test_nothing_comes_along_but_known_fields() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"
    mine = outputs(device("01", private_key_pem=key, note="hunter2"), private_keys={"01": key})
    mine["certificates"][key] = device("02")
    mine["summary"]["by_ca"] = {key: 1.0, "00f2": 2.0}
    found = result(step(state(mine), state(mine))).certificates
    assert "hunter2" not in repr(found)
    assert [each.name for each in found] == ["meters/01"]


def summarized(count: int, *members: dict[str, Any], **others: Any) -> dict[str, Any]:
    summary = {"count": float(count), "selected": float(len(members)), "by_status": {"active": float(count)}}
    return outputs(*members) | {"summary": summary, "fields": "summary"} | others


def test_a_fleet_of_which_only_the_summary_is_kept_is_one_of_the_observed() -> None:
    (whole,) = seen(summarized(9), summarized(8)).values()
    assert whole.fleet is not None
    assert (whole.name, whole.is_fleet, whole.fleet.is_summarized) == ("meters", True, True)
    assert whole.fleet.old_summary == {"count": 9, "selected": 0, "by_status": {"active": 9}}
    assert whole.fleet.summary == {"count": 8, "selected": 0, "by_status": {"active": 8}}


def test_what_is_kept_no_longer_is_not_gone() -> None:
    full = outputs(device("01"), device("02"))
    assert list(seen(full, summarized(2))) == ["meters"]
    picked = {"status": "inactive"}
    left = seen(outputs(device("01", status="inactive"), select=picked), outputs(select=picked))
    assert {name: each.state for name, each in left.items()} == {"meters": "read"}


def test_a_selection_by_name_alone_shows_who_is_gone() -> None:
    picked = {"name_pattern": "0*"}
    left = seen(outputs(device("01"), select=picked), outputs(select=picked))
    assert {name: each.state for name, each in left.items()} == {"meters/01": "gone"}


@pytest.mark.parametrize("summary", [None, [], {}, {"count": -1.0}, {"count": 0.5}, {"count": True}, {"count": "9"}])
def test_a_damaged_summary_is_none(summary: object) -> None:
    (whole,) = seen(None, {**summarized(1), "summary": summary}).values()
    assert whole.fleet is not None
    assert whole.fleet.summary is None


@pytest.mark.parametrize("id_", [f"{ID}/more", "mqtt/cn-hangzhou/post-cn-1/00f2/01", "iot-fleet/cn-shanghai/-/pk", "x"])
def test_the_members_of_a_fleet_with_a_damaged_id_have_none(id_: str) -> None:
    (member,) = result(step(None, state(outputs(device("01")), id_=id_))).certificates
    assert (member.state, member.id) == ("read", None)
