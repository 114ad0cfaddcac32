"""What ``export_certificates`` takes, and what several calls come to."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import IotDeviceCertificate, MqttDeviceCertificate, export_certificates
from alicloud_device_certificates.stack.outputs import ExportError

OUTPUTS = {"certificate": {"status": "active"}, "private_key_pem": "PEM"}


def gateway(name: str = "gateway") -> MqttDeviceCertificate:
    return MqttDeviceCertificate(name, mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn="01", region="cn-hangzhou")


def light(name: str) -> IotDeviceCertificate:
    return IotDeviceCertificate(name, product_key="pk1", device_name=name, include_private_key=True)


def test_several_calls_add_up(run_program: RunProgram) -> None:
    keys: list[Any] = []

    def program() -> None:
        export_certificates({"light-01": light("light-01")})
        export_certificates({"gateway-01": gateway()})
        export_certificates({"light-02": light("light-02")})
        root: Any = pulumi.runtime.get_root_resource()
        root.outputs["private_keys"].apply(keys.append)

    exports = run_program(program, outputs=OUTPUTS).exports
    assert list(exports["certificates"]) == ["light-01", "gateway-01", "light-02"]
    assert keys == [{"light-01": "PEM", "light-02": "PEM"}]


def test_one_program_knows_nothing_of_another(run_program: RunProgram) -> None:
    for _ in range(2):
        engine = run_program(lambda: export_certificates({"gateway-01": gateway()}))
        assert list(engine.exports["certificates"]) == ["gateway-01"]


def test_a_name_that_was_exported_before_is_an_error_and_nothing_of_the_call_is_exported(
    run_program: RunProgram,
) -> None:
    def program() -> None:
        export_certificates({"a": gateway("a")})
        with pytest.raises(
            ExportError, match=r"^export_certificates: duplicate name 'a': an earlier call has exported"
        ):
            export_certificates({"b": gateway("b"), "a": gateway("c")})

    assert list(run_program(program).exports["certificates"]) == ["a"]


PEM = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (lambda: [gateway()], 'it takes data sources by name, such as {"gateway-01": gateway}, not list'),
        (gateway, 'it takes data sources by name, such as {"gateway-01": gateway}, not MqttDeviceCertificate'),
        (lambda: PEM, 'it takes data sources by name, such as {"gateway-01": gateway}, not str'),
        (lambda: None, 'it takes data sources by name, such as {"gateway-01": gateway}, not NoneType'),
        (lambda: {"gw": PEM}, "'gw' is not a data source of this stack, but str"),
        (lambda: {"gw": gateway().certificate_pem}, "'gw' is not a data source of this stack, but Output"),
        (
            lambda: {1: gateway(), "": gateway("b")},
            "a name must be a string that is not empty, not int; a name must be",
        ),
    ],
)
def test_anything_else_is_one_line_that_shows_no_value(run_program: RunProgram, wrong: Any, line: str) -> None:
    def program() -> None:
        with pytest.raises(ExportError) as raised:
            export_certificates(wrong())
        assert str(raised.value).startswith(f"export_certificates: {line}")
        assert "\n" not in str(raised.value)
        assert "hunter2" not in str(raised.value)

    assert "certificates" not in run_program(program).exports
