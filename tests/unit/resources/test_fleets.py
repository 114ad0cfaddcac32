"""The data sources of fleets: what they request, and which arguments they refuse."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import (
    ArgumentError,
    ExportError,
    IotDeviceCertificates,
    MqttCaCertificates,
    MqttDeviceCertificates,
    export_certificates,
)

PLACE: dict[str, Any] = {"mqtt_instance_id": "post-1", "region": "cn-hangzhou"}
EMPTY: dict[str, Any] = {"certificates": {}, "summary": {"count": 0}, "errors": {}}


@pytest.mark.parametrize(
    ("make", "type_name", "id_", "inputs"),
    [
        (
            lambda: MqttDeviceCertificates("all", **PLACE),
            "MqttDeviceCertificates",
            "mqtt-fleet/cn-hangzhou/post-1/-",
            {"include_chain": False, "on_error": "fail", "cross_check": "warn"},
        ),
        (
            lambda: MqttDeviceCertificates(
                "some",
                **PLACE,
                ca_sn="00f2",
                device_sns=["a", pulumi.Output.from_input("b")],
                select={"status": "active"},
                fields="summary",
                on_error="report",
                fail_within="30d",
                account="other",
            ),
            "MqttDeviceCertificates",
            "mqtt-fleet/cn-hangzhou/post-1/00f2",
            {
                "include_chain": False,
                "device_sns": ["a", "b"],
                "select": {"status": "active"},
                "fields": "summary",
                "on_error": "report",
                "cross_check": "warn",
                "postconditions": {"name": "some", "fail_within": "30d"},
                "account": "other",
            },
        ),
        (
            lambda: IotDeviceCertificates("lights", product_key="p/1"),
            "IotDeviceCertificates",
            "iot-fleet/cn-shanghai/-/p%2F1",
            {"include_private_keys": False, "allow_pending": True, "on_error": "fail", "cross_check": "warn"},
        ),
        (
            lambda: MqttCaCertificates("cas", **PLACE),
            "MqttCaCertificates",
            "mqtt-ca-fleet/cn-hangzhou/post-1",
            {"on_error": "fail", "cross_check": "warn"},
        ),
    ],
    ids=["instance", "named", "product", "CAs"],
)
def test_a_fleet_is_one_read(run_program: RunProgram, make: Any, type_name: str, id_: str, inputs: Any) -> None:
    config = {"device-certificates:accounts": '{"other": {}}'}
    (read,) = run_program(make, outputs=EMPTY, config=config).reads
    assert (read.typ, read.resource_id) == (f"pulumi-python:dynamic/alicloud:{type_name}", id_)
    urn = read.inputs.pop("urn_of_fleet")
    assert urn.endswith(f"{type_name}::{read.name}")
    assert {key: value for key, value in read.inputs.items() if key != "__provider"} == inputs


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"mqtt_instance_id": ""}, "mqtt_instance_id is empty"),
        ({"device_sns": []}, "device_sns is empty: name at least one, or leave it out to read all"),
        ({"device_sns": "a"}, "device_sns must be a list of strings, not str"),
        ({"device_sns": ["a", ""]}, "device_sns: entry 2 is empty"),
        ({"device_sns": [1]}, "device_sns: entry 1 must be a string, not int"),
        ({"select": {}}, "select must be a dict of at least one of status, name_pattern, expires_within"),
        ({"select": {"name": "x"}}, "select has the unknown condition 'name'"),
        ({"select": {"status": "generated"}}, "select: status must be active or inactive, not 'generated'"),
        ({"select": {"expires_within": "soon"}}, "select: expires_within: 'soon' is not a threshold"),
        ({"fields": "pem"}, 'fields must be a list of fields or "summary"'),
        ({"fields": ["pem"]}, "fields has the unknown field 'pem'"),
        ({"fail_within": "150%"}, "fail_within: '150%' is not a threshold"),
        ({"fail_within": "30"}, "fail_within: '30' is not a threshold"),
        ({"require_active": 1}, "require_active must be True or False, a plain value, not int"),
        (
            {"require_active": True, "select": {"status": "inactive"}},
            "require_active has no use beside the status in select, which picks by it already: remove one",
        ),
        ({"on_error": "ignore"}, 'on_error must be "fail" or "report"'),
        ({"cross_check": "no"}, "cross_check must be"),
        ({"opts": pulumi.ResourceOptions(protect=True)}, "opts.protect has no effect on a data source"),
    ],
)
def test_an_invalid_argument_is_one_line_before_any_read(
    run_program: RunProgram, arguments: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ArgumentError, match=f"MqttDeviceCertificates 'line': {re.escape(fault)}"):
        run_program(lambda: MqttDeviceCertificates("line", **{**PLACE, **arguments}), outputs=EMPTY)


def test_private_keys_of_certificates_that_are_not_kept_are_refused(run_program: RunProgram) -> None:
    with pytest.raises(ArgumentError, match="include_private_keys has no effect with fields"):
        run_program(
            lambda: IotDeviceCertificates("l", product_key="p", include_private_keys=True, fields="summary"),
            outputs=EMPTY,
        )


def test_a_name_that_could_be_that_of_a_member_is_not_exported(run_program: RunProgram) -> None:
    def program() -> None:
        fleet = MqttDeviceCertificates("line", **PLACE)
        export_certificates({"line": fleet, "line/1": MqttDeviceCertificates("other", **PLACE)})

    with pytest.raises(ExportError, match="'line/1' could be a certificate of 'line'"):
        run_program(program, outputs=EMPTY)


def test_ten_warnings_are_logged_and_the_others_counted(run_program: RunProgram) -> None:
    warnings = [{"code": "inactive", "message": "off", "certificate": f"d{number}"} for number in range(12)]
    engine = run_program(lambda: MqttDeviceCertificates("line", **PLACE), outputs={**EMPTY, "warnings": warnings})
    assert len(engine.warnings) == 11
    assert "certificate d0: off" in engine.warnings[0]
    assert "and 2 more warnings" in engine.warnings[-1]
