from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SCENARIO = """
accounts:
  - id: "1"
    quotas: {onsmqtt: 0, iot_query_device: 0}
    users: [{access_key_id: owner, access_key_secret: the-secret-of-owner}]
    mqtt_instances:
      - id: post-cn-1
        cas:
          - sn: 00f2
            devices: [{sn: "01"}, {sn: "02"}, {sn: "03"}, {sn: "04"}]
            page_changes:
              - {before: 2, remove: ["01", nobody]}
              - {before: 3, add: [{sn: "05"}, {sn: "04"}]}
          - {sn: 00f3, page_changes: [{before: 2, add: [{sn: "01"}]}]}
    iot_products:
      - product_key: pk1
        devices: [{name: a}, {name: b}, {name: c}, {name: d}]
        page_changes:
          - {before: 2, add: [{name: e}, {name: a}], remove: [b, nobody]}
"""
Emulate = Callable[..., Any]


def mqtt_page(cloud: Any, page: int, **more: str) -> list[str]:
    arguments = {"MqttInstanceId": "post-cn-1", "PageNo": str(page), "PageSize": "2", **more}
    action = "ListDeviceCertificateByCaSn" if "CaSn" in more else "ListDeviceCertificate"
    response = cloud.acs3(action, arguments).json()
    return [f"{device['CaSn']}/{device['DeviceSn']}" for device in response["Data"]["DeviceCertificateVOS"]]


def iot_page(cloud: Any, page: int) -> list[str]:
    arguments = {"ProductKey": "pk1", "CurrentPage": str(page), "PageSize": "2"}
    response = cloud.acs3("QueryDevice", arguments, version="2018-01-20").json()
    return [device["DeviceName"] for device in response["Data"]["DeviceInfo"]]


def test_devices_come_and_go_between_the_pages_of_a_cas_list(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    pages = [mqtt_page(cloud, page, CaSn="00f2") for page in (1, 2, 3)]
    # A client that only counts pages never sees 03.
    assert pages == [["00f2/01", "00f2/02"], ["00f2/04"], []]
    assert [mqtt_page(cloud, page, CaSn="00f2") for page in (1, 2)] == [["00f2/02", "00f2/03"], ["00f2/04", "00f2/05"]]


def test_the_list_of_an_instance_has_the_changes_of_all_its_cas(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    pages = [mqtt_page(cloud, page) for page in (1, 2, 3)]
    assert pages == [["00f2/01", "00f2/02"], ["00f2/04", "00f3/01"], ["00f2/05"]]


def test_devices_come_and_go_between_the_pages_of_a_product(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    assert [iot_page(cloud, page) for page in (1, 2)] == [["d", "c"], ["c", "a"]]
    assert [iot_page(cloud, page) for page in (1, 2)] == [["e", "d"], ["c", "a"]]


def test_a_change_happens_once_in_a_process_and_stays_in_the_state(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    mqtt_page(cloud, 2, CaSn="00f2")
    assert cloud.mqtt("01").json()["Code"] == "FindDeviceBySnError"
    cloud.control("add", {"device": {"sn": "01"}, "ca_sn": "00f2"})
    assert mqtt_page(cloud, 2, CaSn="00f2") == ["00f2/04", "00f2/01"]
    again = emulate(SCENARIO)
    assert mqtt_page(again, 1, CaSn="00f2") == ["00f2/02", "00f2/03"]
    assert mqtt_page(again, 2, CaSn="00f2") == ["00f2/04"]


def test_a_refused_page_changes_nothing(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    arguments = {"MqttInstanceId": "post-cn-1", "CaSn": "00f2", "PageNo": "2", "PageSize": "101"}
    assert cloud.acs3("ListDeviceCertificateByCaSn", arguments).status_code == 400
    assert cloud.acs3("ListDeviceCertificateByCaSn", arguments, secret="another").status_code == 400
    assert cloud.mqtt("01").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("before: 3", "before: 0", "`int` >= 1"),
        ("{name: e}", "{name: e, valid_from: never}", "iot_products[0].page_changes[0].add[0].valid_from: 'never' is"),
        ('{sn: "05"}', "{name: x}", "mqtt_instances[0].cas[0].page_changes[1].add[0]: Object missing"),
    ],
)
def test_a_wrong_change_is_named(emulate: Emulate, old: str, new: str, error: str) -> None:
    with pytest.raises(Exception, match="scenario") as raised:
        emulate(SCENARIO.replace(old, new))
    assert error in str(raised.value)
