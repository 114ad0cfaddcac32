"""The list of IoT Platform: the request, and what a page becomes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.unit.cloud.recording import RecordingClient

from alicloud_device_certificates.cloud.errors import UnexpectedResponseError
from alicloud_device_certificates.cloud.iot_lists import QUERY_DEVICE, query_devices
from alicloud_device_certificates.cloud.page import Page

DEVICE = {"DeviceName": "lamp", "DeviceSecret": "the-secret-of-lamp"}


def page(client: RecordingClient, **arguments: Any) -> Page[str]:
    return asyncio.run(query_devices(client, product_key="a1B", **{"number": 1, **arguments}))


def test_devices_are_requested_by_product_and_instance() -> None:
    client = RecordingClient({"Total": 120, "NextToken": "next", "Data": {"DeviceInfo": [DEVICE]}})
    found = page(client, iot_instance_id="iot-1", number=3, token="before")
    assert client.calls == [
        (
            "QueryDevice",
            {
                "ProductKey": "a1B",
                "IotInstanceId": "iot-1",
                "PageSize": "50",
                "CurrentPage": "3",
                "NextToken": "before",
            },
            "cn-shanghai",
            "instance iot-1, product a1B, page 3",
        )
    ]
    assert found == Page(("lamp",), 120, "next")


def test_no_secret_of_a_device_is_kept() -> None:
    assert "the-secret-of-lamp" not in repr(page(RecordingClient({"Total": 1, "Data": {"DeviceInfo": [DEVICE]}})))


@pytest.mark.parametrize("data", [None, "", {}, {"DeviceInfo": []}, {"DeviceInfo": None}])
def test_a_product_without_devices_has_an_empty_page(data: object) -> None:
    assert page(RecordingClient({"Total": 0, "NextToken": "", "Data": data})) == Page((), 0, None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ([DEVICE], "field Data is not an object"),
        ({"DeviceInfo": {}}, r"Data\.DeviceInfo is not a list of objects"),
        ({"DeviceInfo": [{"DeviceSecret": "the-secret-of-lamp"}]}, r"Data\.DeviceInfo\.DeviceName is missing"),
    ],
)
def test_a_page_that_is_not_as_documented_is_named_without_its_content(data: object, problem: str) -> None:
    with pytest.raises(UnexpectedResponseError, match=problem) as raised:
        page(RecordingClient({"Total": 1, "Data": data}))
    assert "the-secret" not in str(raised.value)


def test_a_response_proves_itself_by_the_number_of_its_page() -> None:
    assert QUERY_DEVICE.is_answered_by({"Page": 3}, {"CurrentPage": "3"})
    assert not QUERY_DEVICE.is_answered_by({"Page": 2}, {"CurrentPage": "3"})
