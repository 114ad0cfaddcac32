"""The members of a fleet are judged as single certificates, and a fleet that does not keep them by its summary."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.gate.collect.fleet_events import IOT, device, outputs, result, seen, state, step
from tests.unit.gate.fleets import NOW, evaluated, lasting, report_on, text
from tests.unit.gate.issued import fields, issue

from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Evaluation
from alicloud_device_certificates.gate.rules.rules import Rules, rules_of

Kinds = dict[str, set[tuple[str, str]]]


def kinds(evaluations: dict[str, Evaluation]) -> Kinds:
    return {
        name: {(finding.kind.value, finding.severity) for finding in each.findings}
        for name, each in evaluations.items()
    }


def message_of(evaluation: Evaluation, kind: str) -> str:
    (found,) = [finding.message for finding in evaluation.findings if finding.kind.value == kind]
    return found


def test_members_have_the_findings_of_single_certificates() -> None:
    old = outputs(lasting("01", 300), lasting("02", 300), lasting("03", 300), lasting("04", -2))
    new = outputs(
        lasting("01", 300),
        lasting("02", 300, status="inactive"),
        lasting("04", -2),
        lasting("05", 300),
        lasting("06", 20),
    )
    assert kinds(evaluated(old, new)) == {
        "meters/01": {("unchanged", "info")},
        "meters/02": {("inactive", "fail"), ("status_changed", "warn")},
        "meters/03": {("gone", "warn")},
        "meters/04": {("expired", "fail")},
        "meters/05": {("new", "info")},
        "meters/06": {("new", "info"), ("expires_within", "warn")},
    }


def test_a_member_that_cannot_be_read_fails() -> None:
    missing = {"category": "missing", "code": "x", "message": "there is no such device"}
    found = evaluated(outputs(device("01")), outputs(device("02"), errors={"01": missing}))
    assert kinds(found)["meters/01"] == {("missing", "fail")}
    assert message_of(found["meters/01"], "missing") == "there is no such device"


def test_what_an_update_tolerates_has_the_severity_of_its_kind() -> None:
    pending = {"01": {"category": "pending", "code": "x", "message": "not yet"}}
    assert kinds(evaluated(None, outputs(errors=pending))) == {"meters/01": {("pending", "fail")}}
    assert kinds(evaluated(None, outputs(errors=pending, on_error="report"))) == {"meters/01": {("pending", "warn")}}


def test_members_that_fail_a_postcondition_fail_and_those_that_pass_do_not() -> None:
    failed = {"message": "2 of 3 certificates fail", "certificates": {"02": "it expires", "03": "it has the status"}}
    new = outputs(lasting("01", 300), lasting("02", 300), lasting("03", 300), failed_postconditions=failed)
    found = evaluated(None, new)
    assert kinds(found) == {
        "meters/01": {("new", "info")},
        "meters/02": {("new", "info"), ("postcondition_failed", "fail")},
        "meters/03": {("new", "info"), ("postcondition_failed", "fail")},
    }
    assert message_of(found["meters/02"], "postcondition_failed") == "it expires"
    rules = rules_of({"rules": [{"match": "meters/02", "warnOn": ["postcondition-failed"]}]})
    assert ("postcondition_failed", "warn") in kinds(evaluated(None, new, rules))["meters/02"]


def test_a_fleet_that_keeps_no_certificates_fails_a_postcondition_as_a_whole() -> None:
    failed = {"message": "2 of 3 certificates fail: 02 expires", "certificates": {}}
    new = outputs(fields="summary", failed_postconditions=failed)
    found = evaluated(None, new)
    assert kinds(found) == {"meters": {("new", "info"), ("postcondition_failed", "fail")}}
    assert message_of(found["meters"], "postcondition_failed") == "2 of 3 certificates fail: 02 expires"


@pytest.mark.parametrize("pattern", ["meters/*", "meters/0?", "*/01"])
def test_rules_match_the_names_of_members(pattern: str) -> None:
    rules = rules_of({"rules": [{"match": pattern, "failOn": ["gone"]}, {"match": "meters", "failOn": ["new"]}]})
    found = evaluated(outputs(device("01")), outputs(), rules)
    assert kinds(found) == {"meters/01": {("gone", "fail")}}
    assert rules.without_match(found) == ["meters"]


def test_a_device_that_vanished_is_told_from_a_fleet_that_left_the_program() -> None:
    vanished = evaluated(outputs(device("01")), outputs())["meters/01"]
    assert message_of(vanished, "gone") == "it is in the stack, but no longer in the fleet"
    (left,) = evaluate_all(result(step(state(outputs(device("01"))), op="discard")).certificates, Rules(), NOW)
    assert message_of(left, "gone") == "it is in the stack, but no longer in the program"


_BEFORE = fields(issue("pump", NOW, NOW.replace(year=2028), serial=7), device_sn="01", ca_sn="00f2", status="active")
_RENEWED = fields(issue("pump", NOW, NOW.replace(year=2029), serial=7), device_sn="01", ca_sn="00f2", status="active")
_ROTATED = fields(issue("pump", NOW, NOW.replace(year=2029), serial=8), device_sn="01", ca_sn="00f2", status="active")
_KEPT = (
    "serial_number",
    "serial_number_hex",
    "not_before",
    "not_after",
    "status",
    "sha256_fingerprint",
    "public_key_sha256",
    "device_sn",
    "ca_sn",
)


def kept(certificate: dict[str, Any], *more: str) -> dict[str, Any]:
    return {name: value for name, value in certificate.items() if name in {*_KEPT, *more}}


@pytest.mark.parametrize(("now", "kind"), [(_BEFORE, "unchanged"), (_RENEWED, "renewed"), (_ROTATED, "rotated")])
@pytest.mark.parametrize("is_old_full", [True, False])
def test_without_its_pem_a_certificate_is_known_by_its_digests(
    now: dict[str, Any], kind: str, is_old_full: bool
) -> None:
    old = outputs(_BEFORE) if is_old_full else outputs(kept(_BEFORE), fields=["subject"])
    found = evaluated(old, outputs(kept(now), fields=["subject"]))["meters/01"]
    assert [finding.kind.value for finding in found.findings] == [kind]
    assert {change.field for change in found.changes} <= set(_KEPT), "what is left out has not changed"


def test_a_field_that_a_single_certificate_loses_is_a_change() -> None:
    found = evaluated(outputs(_BEFORE), outputs({**kept(_BEFORE), "certificate_pem": _BEFORE["certificate_pem"]}))
    assert {finding.kind.value for finding in found["meters/01"].findings} == {"changed"}


def test_a_signature_that_may_be_that_of_a_root_is_not_judged() -> None:
    weak = {"signature_algorithm": "sha1WithRSAEncryption"}
    partial = outputs(device("01", **weak), fields=["signature_algorithm"])
    assert kinds(evaluated(partial, partial)) == {"meters/01": {("unchanged", "info")}}
    full = outputs(device("01", **weak, is_ca=False, subject="CN=a", issuer="CN=b"))
    assert kinds(evaluated(full, full)) == {"meters/01": {("weak", "warn")}}


def test_a_ca_that_does_not_say_that_it_is_one_is_never_too_old() -> None:
    ca = {"certificates": {"00f2": lasting("00f2", 30)}, "fields": ["subject"]}
    cas = "pulumi-python:dynamic/alicloud:MqttCaCertificates"
    read = state(ca, type_=cas, id_="mqtt-ca-fleet/cn-hangzhou/post-cn-1")
    rules = rules_of({"maxAge": "30d", "warnWithin": "1d"})
    (found,) = evaluate_all(result(step(read, read)).certificates, rules, NOW)
    assert [finding.kind.value for finding in found.findings] == ["unchanged"]
    devices = outputs(lasting("01", 30), fields=["subject"])
    assert kinds(evaluated(devices, devices, rules)) == {"meters/01": {("too_old", "warn")}}


def test_two_members_of_a_fleet_with_one_key_share_it() -> None:
    shared = outputs(device("01", public_key_sha256="aa"), device("02", public_key_sha256="aa"))
    found = evaluated(shared, shared)
    assert message_of(found["meters/01"], "shared_key") == "it has the same public key as meters/02"


def test_a_member_is_below_the_ca_of_a_fleet_of_cas() -> None:
    cas = "pulumi-python:dynamic/alicloud:MqttCaCertificates"
    inactive = {"certificates": {"00f2": {"ca_sn": "00f2", "status": "inactive"}}}
    above = state(inactive, name="cas", type_=cas, id_="mqtt-ca-fleet/cn-hangzhou/post-cn-1")
    below = state(outputs(device("01")))
    found = evaluate_all(result(step(above, above), step(below, below)).certificates, Rules(), NOW)
    assert {each.observed.name: each.findings[0].kind.value for each in found} == {
        "cas/00f2": "inactive",
        "meters/01": "ca_inactive",
    }


def summarized(count: int, *members: dict[str, Any], inactive: int = 0, **summary: Any) -> dict[str, Any]:
    by_status = {"active": float(count - inactive)} | ({"inactive": float(inactive)} if inactive else {})
    return outputs(*members) | {
        "summary": {"count": float(count), "selected": float(len(members)), "by_status": by_status, **summary},
        "fields": "summary",
    }


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-3, {("expired", "fail")}), (20, {("expires_within", "warn")}), (300, {("unchanged", "info")})],
)
def test_a_summary_is_judged_by_the_first_certificate_to_end(days: int, expected: set[tuple[str, str]]) -> None:
    fleet = summarized(5000, earliest_expiry=text(days), latest_expiry=text(900))
    found = evaluated(fleet, fleet)
    assert kinds(found) == {"meters": expected}
    assert found["meters"].not_after is not None
    assert found["meters"].not_after.strftime("%Y-%m-%dT%H:%M:%SZ") == text(days)


def test_a_threshold_that_is_a_share_does_not_apply_to_a_summary() -> None:
    fleet = summarized(5000, earliest_expiry=text(20))
    rules = rules_of({"warnWithin": "90%", "failWithin": "25d"})
    assert kinds(evaluated(fleet, fleet, rules)) == {"meters": {("expires_within", "fail")}}
    assert kinds(evaluated(fleet, fleet, rules_of({"warnWithin": "90%"}))) == {"meters": {("unchanged", "info")}}


def test_a_summary_whose_certificates_have_no_expiry_never_ends() -> None:
    fleet = summarized(5, earliest_expiry="9999-12-31T23:59:59Z")
    assert kinds(evaluated(fleet, fleet)) == {"meters": {("unchanged", "info")}}


def test_a_summary_shows_inactive_and_pending_certificates() -> None:
    fleet = summarized(5000, inactive=12)
    found = evaluated(fleet, fleet)
    assert kinds(found) == {"meters": {("inactive", "fail")}}
    assert message_of(found["meters"], "inactive") == "the service has deactivated 12 of its 5,000 certificates"
    pending = {"summary": {"count": 3.0, "by_status": {"generating": 2.0, "failed": 1.0}}, "certificates": {}}
    lamps = state({**pending, "fields": "summary"}, type_=IOT, id_="iot-fleet/cn-shanghai/-/pk")
    (whole,) = evaluate_all(result(step(lamps, lamps)).certificates, Rules(), NOW)
    assert [finding.kind.value for finding in whole.findings] == ["pending", "pending"]


def test_a_summary_that_counts_fewer_shows_that_some_are_gone() -> None:
    found = evaluated(summarized(5000), summarized(4990))
    assert kinds(found) == {"meters": {("gone", "warn"), ("changed", "info")}}
    assert message_of(found["meters"], "gone") == "the number of its certificates fell from 5,000 to 4,990"


def test_those_that_cannot_be_read_are_not_gone() -> None:
    denied = {"01": {"category": "missing", "code": "x", "message": "no"}}
    found = evaluated(summarized(5000), summarized(4999) | {"errors": denied})
    assert kinds(found) == {"meters": {("changed", "info")}, "meters/01": {("missing", "fail")}}


def test_a_summary_shows_that_more_are_inactive() -> None:
    found = evaluated(summarized(9, inactive=1), summarized(9, inactive=3))
    assert kinds(found) == {"meters": {("inactive", "fail"), ("status_changed", "warn"), ("changed", "info")}}


def test_selected_certificates_are_judged_too() -> None:
    picked = summarized(9, lasting("01", 300, status="inactive"), inactive=1)
    assert kinds(evaluated(picked, picked)) == {"meters": {("inactive", "fail")}, "meters/01": {("inactive", "fail")}}


def test_a_new_summary_and_one_that_cannot_be_compared() -> None:
    assert kinds(evaluated(None, summarized(9))) == {"meters": {("new", "info")}}
    assert kinds(evaluated(outputs() | {"summary": None}, summarized(9))) == {"meters": {("changed", "info")}}


def test_a_changed_summary_is_a_change_of_the_stack() -> None:
    same, other = evaluated(summarized(9), summarized(9)), evaluated(summarized(9), summarized(10))
    assert not report_on(*same.values()).has_changes
    assert report_on(*other.values()).has_changes


def test_a_damaged_summary_is_unreadable() -> None:
    damaged = outputs() | {"summary": {"count": "many"}, "fields": "summary"}
    assert kinds(evaluated(damaged, damaged)) == {"meters": {("unreadable", "fail")}}


def test_a_renamed_summary_is_compared_with_itself() -> None:
    old, new = state(summarized(9), name="old"), state(summarized(8), name="new")
    found = evaluate_all(result(step(None, new), step(old, op="discard")).certificates, Rules(), NOW)
    assert [(each.observed.name, each.findings[0].kind.value) for each in found] == [("new", "gone")]


def test_a_warning_of_the_whole_fleet_is_a_finding_on_it() -> None:
    found = seen(None, outputs(device("01"), warnings=[{"code": "odd", "message": "it is"}]))
    (whole, _) = evaluate_all(tuple(found.values()), Rules(), NOW)
    assert (whole.observed.name, whole.findings[0].kind.value) == ("meters", "mismatch")
