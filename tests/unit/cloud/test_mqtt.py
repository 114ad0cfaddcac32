"""ApsaraMQ for MQTT: the requests, and what a response becomes."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.cloud.recording import RecordingClient

from alicloud_device_certificates.cloud import mqtt
from alicloud_device_certificates.cloud.errors import UnexpectedResponseError

DEVICE = {
    "ValidBegin": 1654137303000,
    "ValidEnd": "1969497303000",
    "DeviceSn": "3562",
    "DeviceName": "mqtt_device",
    "DeviceContent": "-----BEGIN DEVICECERTIFICATE-----\\nMIID\\n-----END DEVICECERTIFICATE-----",
    "CaSn": "00f2",
    "Status": "1",
}
CA = {"Sn": "00f2", "CaName": "ca", "CaContent": "PEM", "ValidBegin": "1", "ValidEnd": 2, "Status": 0}


class Client(RecordingClient):
    def __init__(self, data: object) -> None:
        super().__init__({"Data": data})


def device(client: Client) -> mqtt.MqttDeviceCertificateResponse:
    return asyncio.run(
        mqtt.get_device_certificate(client, region="cn-x", mqtt_instance_id="post-1", ca_sn="00f2", device_sn="3562")
    )


def test_a_device_certificate_is_requested_by_instance_ca_and_device() -> None:
    client = Client(DEVICE)
    response = device(client)
    assert client.calls == [
        (
            "GetDeviceCertificate",
            {"MqttInstanceId": "post-1", "CaSn": "00f2", "DeviceSn": "3562"},
            "cn-x",
            "instance post-1, CA 00f2, device 3562",
        )
    ]
    assert response == mqtt.MqttDeviceCertificateResponse(
        context=response.context,
        device_sn="3562",
        device_name="mqtt_device",
        ca_sn="00f2",
        content=DEVICE["DeviceContent"],  # type: ignore[arg-type]  # a text, as shown above
        valid_begin=1654137303000,
        valid_end=1969497303000,
        status="active",
    )


def test_the_ca_certificate_is_requested_by_the_argument_sn() -> None:
    client = Client(CA)
    response = asyncio.run(mqtt.get_ca_certificate(client, region="cn-x", mqtt_instance_id="post-1", ca_sn="00f2"))
    assert client.calls == [
        ("GetCaCertificate", {"MqttInstanceId": "post-1", "Sn": "00f2"}, "cn-x", "instance post-1, CA 00f2")
    ]
    assert response == mqtt.MqttCaCertificateResponse(
        context=response.context,
        ca_sn="00f2",
        ca_name="ca",
        content="PEM",
        valid_begin=1,
        valid_end=2,
        status="inactive",
    )


def test_a_service_that_reports_no_validity_has_none() -> None:
    response = device(Client({**DEVICE, "ValidBegin": None, "ValidEnd": ""}))
    assert (response.valid_begin, response.valid_end) == (None, None)


@pytest.mark.parametrize("field", ["DeviceSn", "CaSn", "DeviceContent", "Status"])
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(UnexpectedResponseError, match=rf"Data\.{field} is missing"):
        device(Client({name: value for name, value in DEVICE.items() if name != field}))


def test_an_unknown_status_is_an_error() -> None:
    with pytest.raises(UnexpectedResponseError, match=r"Data\.Status is 2, not one of 0, 1"):
        device(Client({**DEVICE, "Status": "2"}))


def test_a_response_without_data_is_an_error() -> None:
    with pytest.raises(UnexpectedResponseError, match="field Data is missing"):
        device(Client(None))
