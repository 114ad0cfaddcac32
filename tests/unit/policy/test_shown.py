"""Which certificates a policy is shown: those of the stack's outputs, and in a stored state the data sources too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pulumi.runtime.config import set_all_config
from pulumi_policy.proxy import UNKNOWN_NUMBER_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE
from tests.unit.gate.issued import fields, issue
from tests.unit.policy.conftest import NOW, URN, Run, resource, stack

from alicloud_device_certificates.policy import RulesError, gate_of_stack
from alicloud_device_certificates.policy.shown import shown_certificates

PEM = issue("gateway", NOW - timedelta(days=400), NOW - timedelta(days=35), serial=17)
EXPIRED = fields(PEM, status="active", device_sn="11", ca_sn="00f2")
MQTT = "pulumi-python:dynamic/alicloud:MqttDeviceCertificate"
IOT = "pulumi-python:dynamic/alicloud:IotDeviceCertificate"


@pytest.mark.parametrize("unknown", [UNKNOWN_STRING_VALUE, UNKNOWN_OBJECT_VALUE])
def test_a_certificate_that_is_not_known_yet_is_left_alone(violations: Run, unknown: str) -> None:
    found = violations(stack({"later": unknown, "gateway": EXPIRED}))
    assert [violation.message.partition(":")[0] for violation in found] == ["gateway"]


def test_one_of_which_a_field_is_not_known_yet_is_left_alone_too(violations: Run) -> None:
    partly = {**EXPIRED, "public_key_bits": UNKNOWN_NUMBER_VALUE}
    names = {**EXPIRED, "subject_alternative_names": ["DNS:a", UNKNOWN_STRING_VALUE]}
    assert violations(stack({"later": partly, "later-too": names})) == []


@pytest.mark.parametrize("certificates", [UNKNOWN_OBJECT_VALUE, None, [], "none", {"gateway": "a PEM"}, {"other": {}}])
def test_outputs_without_certificates_violate_nothing(violations: Run, certificates: object) -> None:
    assert violations(stack(certificates)) == []


def test_an_integer_comes_back_from_the_engines_float() -> None:
    (observed,) = shown_certificates([stack({"gateway": EXPIRED})])
    assert observed.new == EXPIRED


def test_data_sources_of_a_stored_state_tell_what_their_reads_warned_of(violations: Run) -> None:
    warnings = [{"code": "serial_mismatch", "message": "the service gives the serial number as '12'"}]
    (found,) = violations(resource(MQTT, "gateway", {"certificate": {"status": "active"}, "warnings": warnings}))
    assert found.policy == "mismatch"
    assert found.message == "gateway: serial_mismatch: the service gives the serial number as '12'"
    assert found.urn == f"{URN}{MQTT}::gateway"


def test_one_that_is_a_data_source_and_an_output_is_told_once(violations: Run) -> None:
    source = resource(MQTT, "gateway", {"certificate": EXPIRED, "warnings": []})
    assert len(violations(source, stack({"published-as": EXPIRED}))) == 1


def test_a_data_source_without_a_known_certificate_is_left_alone(violations: Run) -> None:
    assert violations(resource(IOT, "light", {"certificate": UNKNOWN_OBJECT_VALUE}), resource(IOT, "lamp", {})) == []


def test_no_other_resource_is_looked_at(violations: Run) -> None:
    assert violations(resource("alicloud:kms/secret:Secret", "gateway", {"certificate": EXPIRED})) == []


def test_nothing_that_is_secret_is_taken_along() -> None:
    secret: dict[str, Any] = {"private_key_pem": "-----BEGIN PRIVATE KEY-----", "private_key": "c2VjcmV0"}
    resources = [
        resource(IOT, "light", {"certificate": {**EXPIRED, **secret}, **secret}),
        stack({"gateway": {**EXPIRED, "serial_number": "18", **secret}}, private_keys={"gateway": "c2VjcmV0"}),
    ]
    shown = shown_certificates(resources)
    assert len(shown) == 2
    assert "PRIVATE" not in repr(shown)
    assert "c2VjcmV0" not in repr(shown)


@pytest.fixture(autouse=True)
def _no_config() -> Iterator[None]:
    yield
    set_all_config({})


def test_the_gate_of_the_stack_comes_from_its_config() -> None:
    set_all_config({"device-certificates:gate": json.dumps({"warnWithin": "40d"})})
    assert gate_of_stack() == {"warnWithin": "40d"}


def test_a_stack_without_a_gate_has_none() -> None:
    set_all_config({})
    assert gate_of_stack() is None


def test_a_gate_that_is_no_json_is_one_line() -> None:
    set_all_config({"device-certificates:gate": "warnWithin: 40d"})
    with pytest.raises(
        RulesError, match=r"^device-certificates:gate is not valid JSON: line 1, column 1: invalid JSON"
    ):
        gate_of_stack()
