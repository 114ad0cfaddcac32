"""Lists of ApsaraMQ for MQTT: the requests, and what a page becomes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.unit.cloud.recording import RecordingClient

from alicloud_device_certificates.cloud import mqtt, mqtt_lists
from alicloud_device_certificates.cloud.errors import UnexpectedResponseError
from alicloud_device_certificates.cloud.operation import Operation

DEVICE = {"DeviceSn": "3562", "DeviceName": "d", "CaSn": "00f2", "DeviceContent": "PEM", "Status": "1"}
CA = {"Sn": "00f2", "CaName": "ca", "CaContent": "PEM", "Status": 0}


class Client(RecordingClient):
    def __init__(self, data: object) -> None:
        super().__init__({"Data": data})


def devices(client: Client, *, ca_sn: str | None = "00f2", number: int = 2, size: int = 100) -> Any:
    return asyncio.run(
        mqtt_lists.list_device_certificates(
            client, region="cn-x", mqtt_instance_id="post-1", ca_sn=ca_sn, number=number, size=size
        )
    )


def cas(client: Client) -> Any:
    return asyncio.run(
        mqtt_lists.list_ca_certificates(client, region="cn-x", mqtt_instance_id="post-1", number=1, size=7)
    )


@pytest.mark.parametrize(
    ("ca_sn", "name", "target"),
    [
        ("00f2", "ListDeviceCertificateByCaSn", "instance post-1, CA 00f2, page 2"),
        (None, "ListDeviceCertificate", "instance post-1, page 2"),
    ],
)
def test_devices_are_requested_by_instance_or_ca(ca_sn: str | None, name: str, target: str) -> None:
    client = Client({"DeviceCertificateVOS": [DEVICE], "Total": "3"})
    page = devices(client, ca_sn=ca_sn, size=99)
    (operation, arguments, region, shown) = client.calls[0]
    assert (operation, region, shown) == (name, "cn-x", target)
    assert arguments == {"MqttInstanceId": "post-1", "CaSn": ca_sn, "PageNo": "2", "PageSize": "99"}
    assert page.total == 3
    assert [mqtt.device_response(item).device_sn for item in page.items] == ["3562"]


def test_cas_are_requested_by_instance() -> None:
    client = Client({"CaCertificateVOS": [CA], "Total": 1})
    page = cas(client)
    (operation, arguments, _, target) = client.calls[0]
    assert (operation, target) == ("ListCaCertificate", "instance post-1, page 1")
    assert arguments == {"MqttInstanceId": "post-1", "PageNo": "1", "PageSize": "7"}
    assert [mqtt.ca_response(item).ca_sn for item in page.items] == ["00f2"]


@pytest.mark.parametrize("found", [{}, {"DeviceCertificateVOS": None}, {"DeviceCertificateVOS": []}])
def test_an_empty_page_has_no_items_whatever_stands_for_it(found: dict[str, Any]) -> None:
    page = devices(Client(found))
    assert (page.items, page.total) == ((), 0)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (None, "field Data is missing"),
        ([], "field Data is not an object"),
        ({"DeviceCertificateVOS": {}}, r"Data\.DeviceCertificateVOS is not a list of objects"),
        ({"DeviceCertificateVOS": ["x"]}, r"Data\.DeviceCertificateVOS is not a list of objects"),
        ({"DeviceCertificateVOS": [{**DEVICE, "DeviceSn": ""}]}, r"DeviceCertificateVOS\.DeviceSn is missing"),
        ({"DeviceCertificateVOS": [{**DEVICE, "CaSn": {}}]}, r"DeviceCertificateVOS\.CaSn is not a string"),
        ({"DeviceCertificateVOS": [], "Total": "many"}, r"Data\.Total is not an integer"),
    ],
)
def test_a_page_that_is_not_as_documented_is_named(data: object, problem: str) -> None:
    with pytest.raises(UnexpectedResponseError, match=problem):
        devices(Client(data))


def test_what_is_wrong_with_an_item_that_has_a_name_is_left_to_its_reader() -> None:
    broken = {"DeviceSn": "3562", "CaSn": "00f2", "Status": "7"}
    page = devices(Client({"DeviceCertificateVOS": [broken, DEVICE]}))
    assert len(page.items) == 2
    with pytest.raises(UnexpectedResponseError, match=r"DeviceCertificateVOS\.DeviceName is missing"):
        mqtt.device_response(page.items[0])


@pytest.mark.parametrize("operation", [mqtt_lists.LIST_DEVICE_CERTIFICATE, mqtt_lists.LIST_CA_CERTIFICATE])
def test_a_response_proves_itself_by_the_number_and_the_size_of_its_page(operation: Operation) -> None:
    arguments = {"MqttInstanceId": "post-1", "PageNo": "2", "PageSize": "99"}
    assert operation.is_answered_by({"Data": {"PageNo": 2, "PageSize": "99"}}, arguments)
    assert not operation.is_answered_by({"Data": {"PageNo": 2, "PageSize": 100}}, arguments)
    assert not operation.is_answered_by({"Data": {"PageNo": 3, "PageSize": 99}}, arguments)
    assert not operation.is_answered_by({"Data": {}}, arguments)


def test_the_content_of_a_page_is_in_no_repr() -> None:
    page = devices(Client({"DeviceCertificateVOS": [{**DEVICE, "DeviceContent": "the-content"}]}))
    assert "the-content" not in repr(page)
