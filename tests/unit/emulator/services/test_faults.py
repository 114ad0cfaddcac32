from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from alicloud_device_certificates.emulator.services.faults import HUGE

Emulate = Callable[..., Any]
OneDevice = Callable[..., str]


def test_a_code_comes_a_few_times_and_then_the_response(emulate: Emulate, one_device: OneDevice) -> None:
    emulated = emulate(one_device("fault: {code: ServiceUnavailable, message: Try again., times: 2}"))
    responses = [emulated.mqtt() for _ in range(3)]
    assert [response.status_code for response in responses] == [503, 503, 200]
    assert responses[0].json()["Code"] == "ServiceUnavailable"
    assert responses[0].json()["Message"] == "Try again."


def test_without_a_count_it_never_ends(emulate: Emulate, one_device: OneDevice) -> None:
    emulated = emulate(one_device("fault: {code: InternalError, http: 500}"))
    assert [emulated.mqtt().status_code for _ in range(5)] == [500] * 5


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("{code: iot.system.SystemException}", 200),
        ("{code: iot.system.SystemException, http: 500}", 200),
        ("{code: ServiceUnavailable}", 503),
    ],
)
def test_a_code_of_iot_platform_comes_its_own_way(
    emulate: Emulate, one_device: OneDevice, fault: str, status: int
) -> None:
    response = emulate(one_device(f"fault: {fault}", service="iot")).iot()
    assert response.status_code == status
    assert response.json().get("Success") is (False if status == 200 else None)


@pytest.mark.parametrize(
    ("body", "status", "content_type"),
    [
        ("malformed", 200, "application/json;charset=utf-8"),
        ("empty", 200, "application/json;charset=utf-8"),
        ("html", 502, "text/html;charset=utf-8"),
        ("huge", 200, "application/json;charset=utf-8"),
    ],
)
def test_a_body_can_be_anything_but_the_response(
    emulate: Emulate, one_device: OneDevice, body: str, status: int, content_type: str
) -> None:
    response = emulate(one_device(f"fault: {{body: {body}}}")).mqtt()
    assert (response.status_code, response.headers["content-type"]) == (status, content_type)
    assert {
        "malformed": response.text.startswith('{"RequestId"') and not response.text.endswith("}"),
        "empty": response.content == b"",
        "html": response.text.startswith("<html>"),
        "huge": len(response.content) > HUGE,
    }[body]


def test_an_error_can_come_as_xml_although_json_was_requested(emulate: Emulate, one_device: OneDevice) -> None:
    response = emulate(one_device("fault: {code: Throttling, body: xml, http: 429}")).mqtt()
    assert response.status_code == 429
    assert "<Code>Throttling</Code>" in response.text


def test_a_server_can_wish_for_a_pause(emulate: Emulate, one_device: OneDevice) -> None:
    fault = "fault: {code: Throttling.User, http: 400, retry_after: 3, retry_after_ms: 250}"
    response = emulate(one_device(fault)).mqtt()
    assert (response.headers["retry-after"], response.headers["x-acs-retry-after"]) == ("3", "250")


def test_a_response_can_take_its_time(emulate: Emulate, one_device: OneDevice) -> None:
    emulated = emulate(one_device("fault: {delay_ms: 50}"))
    began = time.monotonic()
    assert emulated.mqtt().status_code == 200
    assert time.monotonic() - began >= 0.05


def test_a_connection_can_break(emulate: Emulate, one_device: OneDevice) -> None:
    emulated = emulate(one_device("fault: {close: true, times: 1}"))
    with pytest.raises(ConnectionResetError):
        emulated.mqtt()
    assert emulated.mqtt().status_code == 200


def test_a_fault_of_an_instance_hits_all_its_operations(emulate: Emulate, one_device: OneDevice) -> None:
    fault = "fault: {code: ServiceUnavailable}"
    emulated = emulate(one_device("key: ec-p256").replace("{id: post-cn-1", f"{{id: post-cn-1, {fault}"))
    arguments = {"MqttInstanceId": "post-cn-1", "Sn": "00f2", "PageNo": "1", "PageSize": "1", "CaSn": "00f2"}
    for action in ("GetCaCertificate", "ListDeviceCertificate", "ListDeviceCertificateByCaSn"):
        assert emulated.acs3(action, arguments).status_code == 503
    assert emulated.mqtt().status_code == 503


def test_a_fault_of_a_product_hits_its_devices(emulate: Emulate, one_device: OneDevice) -> None:
    scenario = one_device("status: failed", service="iot")
    emulated = emulate(scenario.replace("{product_key: pk1", "{product_key: pk1, fault: {code: InternalError}"))
    assert emulated.iot().status_code == 503
