from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import (
    ConfigError,
    MqttDeviceCertificate,
    configured_certificates,
    export_certificates,
)

MQTT = {"name": "gateway", "service": "mqtt", "mqttInstanceId": "post-1", "caSn": "00f2", "deviceSn": "3562"}
IOT = {"name": "light", "service": "iot", "productKey": "a1B", "deviceName": "light"}


def config(entries: Any) -> dict[str, str]:
    return {"alicloud:region": "cn-hangzhou", "device-certificates:certificates": json.dumps(entries)}


def test_each_entry_becomes_a_data_source(run_program: RunProgram) -> None:
    engine = run_program(configured_certificates, config=config([MQTT, IOT]))
    assert {read.name: read.resource_id for read in engine.reads} == {
        "gateway": "mqtt/cn-hangzhou/post-1/00f2/3562",
        "light": "iot/cn-shanghai/-/a1B/light",
    }


def test_every_optional_key_reaches_its_argument(run_program: RunProgram) -> None:
    entries = [
        {**MQTT, "region": "ap-southeast-1", "crossCheck": "error", "failWithin": "10%", "requireActive": True},
        {**IOT, "iotInstanceId": "iot-1", "includePrivateKey": True, "allowPending": True, "crossCheck": "off"},
    ]
    engine = run_program(configured_certificates, config=config(entries), outputs={"private_key_pem": ""})
    requested = {read.name: (read.resource_id, read.inputs) for read in engine.reads}
    assert requested["gateway"][0] == "mqtt/ap-southeast-1/post-1/00f2/3562"
    assert requested["gateway"][1]["cross_check"] == "error"
    assert requested["gateway"][1]["postconditions"] == {
        "name": "gateway",
        "fail_within": "10%",
        "require_active": True,
    }
    assert requested["light"][0] == "iot/cn-shanghai/iot-1/a1B/light"
    inputs = requested["light"][1]
    assert (inputs["include_private_key"], inputs["allow_pending"], inputs["cross_check"]) == (True, True, "off")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "is an empty list"),
        ({}, "must be a list of certificates, not an object"),
        (3, "must be a list of certificates, not a number"),
        ([3], "entry 1 must be an object, not a number"),
        ([{**MQTT, "devicesn": "1"}], "entry 1 has an unknown key, 'devicesn'"),
        ([{**MQTT, "includePrivateKey": True}], "entry 1 has an unknown key, 'includePrivateKey'"),
        ([{**IOT, "region": "cn-shanghai"}], "entry 1 has an unknown key, 'region'"),
        (
            [{"name": "a", "service": "mqtt"}],
            "entry 1 lacks mqttInstanceId; entry 1 lacks caSn; entry 1 lacks deviceSn",
        ),
        ([{**MQTT, "service": "kafka"}], "entry 1 has an unknown service, 'kafka': mqtt or iot"),
        ([{"name": "a"}], "entry 1 has no service (mqtt or iot)"),
        ([{**MQTT, "name": ""}], "entry 1 has no name (a string)"),
        ([{**MQTT, "name": 7}], "entry 1 name must be a string, not the number 7: quote every SN and name"),
        (
            [{**MQTT, "deviceSn": 5127e016}, {**IOT, "deviceName": 12345678}],
            "entry 1 deviceSn must be a string, not the number 5.127e+19: quote every SN and name in the config. "
            "The CLI may have rewritten this one already, so take it from the service's console; entry 2 deviceName",
        ),
        ([{**MQTT, "caSn": True}], "entry 1 caSn must be a string, not a boolean"),
        ([{**MQTT, "includeChain": "true"}], "entry 1 includeChain must be true or false, not text"),
        ([{**MQTT, "failWithin": 30}], "entry 1 failWithin must be text such as 30d or 10%, not a number"),
        ([{**MQTT, "requireActive": "yes"}], "entry 1 requireActive must be true or false, not text"),
        ([{**MQTT, "crossCheck": "strict"}], "entry 1 crossCheck must be one of warn, error, off"),
        ([MQTT, {**IOT, "name": "gateway"}], "duplicate name 'gateway' (2 entries)"),
    ],
)
def test_an_invalid_list_is_one_line_before_anything_is_read(
    run_program: RunProgram, entries: Any, message: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        run_program(configured_certificates, config=config(entries))
    assert message in str(raised.value)
    assert str(raised.value).startswith("device-certificates:certificates")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("certificats", "did you mean device-certificates:certificates?"),
        ("Emulator", "did you mean device-certificates:emulator?"),
        ("xyz", "the keys are emulator, "),
    ],
)
def test_an_unknown_key_of_our_own_is_an_error(run_program: RunProgram, key: str, hint: str) -> None:
    unknown = {"alicloud:region": "cn-hangzhou", f"device-certificates:{key}": "[]", "mine:certificats": "[]"}
    gateway = MqttDeviceCertificate
    for program in (
        configured_certificates,
        lambda: gateway("gw", mqtt_instance_id="post-1", ca_sn="00f2", device_sn="01"),
    ):
        with pytest.raises(ConfigError) as raised:
            run_program(program, config=unknown)
        assert str(raised.value).startswith(
            f"device-certificates:{key} is an unknown key of the stack's config; {hint}"
        )


def test_a_list_that_is_kept_as_a_secret_is_refused_since_ids_are_plain(run_program: RunProgram) -> None:
    with pytest.raises(ConfigError, match="is or contains a secret") as raised:
        run_program(
            configured_certificates,
            config=config([{**IOT, "deviceName": "hunter2"}]),
            secret_keys=("device-certificates:certificates",),
        )
    assert "hunter2" not in str(raised.value)


def test_a_missing_config_or_invalid_json_is_one_line(run_program: RunProgram) -> None:
    with pytest.raises(ConfigError, match="is not set"):
        run_program(configured_certificates)
    with pytest.raises(ConfigError, match="is not valid JSON"):
        run_program(configured_certificates, config={"device-certificates:certificates": "[{"})


def test_the_stack_outputs_have_certificates_by_name_and_requested_keys(run_program: RunProgram) -> None:
    engine = run_program(lambda: export_certificates(configured_certificates()), config=config([MQTT, IOT]))
    assert engine.exports["schema_version"] == 1
    assert set(engine.exports["certificates"]) == {"gateway", "light"}
    assert "private_keys" not in engine.exports

    engine = run_program(
        lambda: export_certificates(configured_certificates()),
        config=config([MQTT, {**IOT, "includePrivateKey": True}]),
        outputs={"private_key_pem": ""},
    )
    assert "private_keys" in engine.exports
