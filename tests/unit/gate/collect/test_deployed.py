from __future__ import annotations

from typing import Any

import pytest

from alicloud_device_certificates.gate.collect.deployed import deployed_certificates, is_emulated, project_of

STACK = "urn:pulumi:dev::fleet::pulumi:pulumi:Stack::fleet-dev"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
CERTIFICATE = {"serial_number": "1", "status": "active", "device_sn": "01", "ca_sn": "00f2"}


def resource(name: str, outputs: dict[str, Any], class_name: str = "MqttDeviceCertificate") -> dict[str, Any]:
    token = f"pulumi-python:dynamic/alicloud:{class_name}"
    return {"type": token, "urn": f"urn:pulumi:dev::fleet::{token}::{name}", "id": "mqtt/1", "outputs": outputs}


def stack(outputs: dict[str, Any] | None) -> dict[str, Any]:
    return {"type": "pulumi:pulumi:Stack", "urn": STACK, "outputs": outputs}


def exported(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(resources)}}


def test_the_data_sources_of_the_state_are_taken_with_their_warnings() -> None:
    warnings = [{"code": "serial_mismatch", "message": "other"}]
    (observed,) = deployed_certificates(
        exported(stack(None), resource("gateway", {"certificate": CERTIFICATE, "warnings": warnings, "x": SECRET}))
    )
    assert (observed.name, observed.service, observed.state, observed.id) == ("gateway", "mqtt", "read", "mqtt/1")
    assert observed.old == observed.new == CERTIFICATE
    assert observed.warnings[0].code == "serial_mismatch"


def test_what_the_output_passes_on_of_other_stacks_is_taken_too_and_nothing_twice() -> None:
    outputs = {
        "certificates": {
            "gateway": CERTIFICATE,
            "sensor": {**CERTIFICATE, "serial_number": "2", "private_key_pem": "hunter2"},
            "ca": {"serial_number": "3", "ca_sn": "00f2"},
            "light": {"serial_number": "4"},
            "odd": "text",
        }
    }
    found = deployed_certificates(exported(stack(outputs), resource("gateway", {"certificate": CERTIFICATE})))
    assert [(each.name, each.service) for each in found] == [
        ("gateway", "mqtt"),
        ("sensor", "mqtt"),
        ("ca", "mqtt-ca"),
        ("light", "iot"),
    ]
    assert found[1].urn == f"{STACK}#certificates.sensor"
    assert "hunter2" not in repr(found)


def test_of_a_certificate_that_is_passed_on_it_is_still_seen_that_no_parser_takes_it() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    (observed,) = deployed_certificates(exported(stack({"certificates": {"odd": {"certificate_pem": pem}}})))
    assert [warning.code for warning in observed.warnings] == ["unreadable"]


def test_a_secret_certificate_is_hidden() -> None:
    (observed,) = deployed_certificates(
        exported(stack({"certificates": SECRET}), resource("gateway", {"certificate": SECRET}))
    )
    assert (observed.state, observed.new) == ("secret", None)


@pytest.mark.parametrize("state", [{}, {"deployment": {}}, {"deployment": {"resources": None}}, exported()])
def test_a_stack_that_was_never_deployed_has_none(state: dict[str, Any]) -> None:
    assert deployed_certificates(state) == ()


def test_the_project_and_the_emulator_are_told_by_the_state() -> None:
    provider = {
        "type": "pulumi:providers:pulumi-python",
        "urn": STACK,
        "inputs": {"device-certificates:emulator": "true"},
    }
    assert is_emulated(exported(stack(None), provider))
    assert not is_emulated(exported(stack(None), {**provider, "inputs": None}))
    assert (project_of(exported(stack(None))), project_of(exported())) == ("fleet", None)
