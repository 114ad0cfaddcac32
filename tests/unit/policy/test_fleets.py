"""Fleets in a policy pack: their members in the stack's outputs, and the data sources of a stored state."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_OBJECT_VALUE
from tests.unit.gate.issued import fields, issue
from tests.unit.policy.conftest import NOW, URN, Run, Violation, resource, stack

from alicloud_device_certificates.gate.evaluate import evaluate
from alicloud_device_certificates.policy import device_certificate_policies, last_evaluation
from alicloud_device_certificates.policy.shown import shown_certificates

FLEET = "pulumi-python:dynamic/alicloud:MqttDeviceCertificates"
_PEM = issue("meter", NOW - timedelta(days=400), NOW - timedelta(days=35), serial=17)
EXPIRED = fields(_PEM, status="active", device_sn="11", ca_sn="00f2")
KEPT = {
    name: EXPIRED[name]
    for name in (
        "serial_number",
        "serial_number_hex",
        "not_before",
        "not_after",
        "sha256_fingerprint",
        "public_key_sha256",
        "status",
        "device_sn",
        "ca_sn",
    )
}


def fleet(certificates: object, **outputs: Any) -> Any:
    return resource(FLEET, "meters", {"certificates": certificates, **outputs})


def found(violations: list[Violation]) -> list[tuple[str, str]]:
    return [(each.policy, each.message.partition(":")[0]) for each in violations]


@pytest.mark.parametrize("member", [EXPIRED, KEPT], ids=["all fields", "only what is always kept"])
def test_a_member_in_the_outputs_violates_what_a_single_certificate_does(
    violations: Run, member: dict[str, Any]
) -> None:
    healthy = {**member, "not_after": "2027-11-23T06:00:00Z", "serial_number": "18", "public_key_sha256": "aa"}
    assert found(violations(stack({"meters/11": member, "meters/12": healthy}))) == [("expired", "meters/11")]


def test_rules_match_names_with_a_slash(violations: Run) -> None:
    gate = {"rules": [{"match": "meters/*", "warnOn": ["expired"]}]}
    assert found(violations(stack({"meters/11": EXPIRED}), gate=gate)) == [("warn-on", "meters/11")]


def test_members_of_a_stored_state_are_evaluated_once(violations: Run) -> None:
    warning = {"code": "serial_mismatch", "message": "it is", "certificate": "11"}
    shown = [fleet({"11": EXPIRED}, warnings=[warning]), stack({"meters/11": EXPIRED})]
    run = violations(*shown)
    assert found(run) == [("expired", "meters/11"), ("mismatch", "meters/11")]
    assert {each.urn for each in run} == {f"{URN}{FLEET}::meters"}


def test_a_summary_in_a_stored_state_is_evaluated(violations: Run) -> None:
    summary = {"count": 9, "by_status": {"inactive": 2}, "earliest_expiry": "2026-11-01T00:00:00Z"}
    run = violations(fleet({}, fields="summary", summary=summary))
    assert found(run) == [("expired", "meters"), ("inactive", "meters")]


@pytest.mark.parametrize("certificates", [UNKNOWN_OBJECT_VALUE, None, []])
def test_a_fleet_that_is_not_known_violates_nothing(violations: Run, certificates: object) -> None:
    assert violations(fleet(certificates)) == []


def test_a_member_that_is_not_known_is_left_alone(violations: Run) -> None:
    assert found(violations(fleet({"11": EXPIRED, "12": UNKNOWN_OBJECT_VALUE}))) == [("expired", "meters/11")]


def test_nothing_that_is_secret_is_taken_along() -> None:
    key = "-----BEGIN PRIVATE KEY-----"
    shown = shown_certificates([fleet({"11": {**EXPIRED, "private_key_pem": key}}, private_keys={"11": key})])
    assert len(shown) == 1
    assert "PRIVATE" not in repr(shown)


def test_the_policies_of_a_pack_share_one_evaluation(violations: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()

    def counted(*arguments: Any) -> Any:
        calls["evaluate"] += 1
        return evaluate.evaluate_all(*arguments)

    monkeypatch.setattr(last_evaluation, "evaluate_all", counted)
    violations(stack({"meters/11": EXPIRED}))
    assert calls["evaluate"] == 1
    config = {device_certificate_policies()[0].name: {"warnWithin": "1d"}}
    violations(stack({"meters/11": EXPIRED}), config=config)
    assert calls["evaluate"] > 1, "a config of its own changes the rules"
