from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SCENARIO = """
accounts:
  - id: "1"
    quotas: {iot: 0, iot_query_device: 0}
    users:
      - {access_key_id: owner, access_key_secret: the-secret-of-owner}
      - {access_key_id: denied, access_key_secret: the-secret-of-owner, deny: ["iot:QueryDevice"]}
      - {access_key_id: elsewhere, access_key_secret: the-secret-of-owner, resources: [pk9]}
    iot_products:
      - product_key: pk1
        devices: [{name: a}, {name: b}, {name: c, status: generating}, {name: d}]
      - {product_key: pk2, iot_instance_id: iot-1, devices: [{name: a}]}
      - {product_key: pk3}
      - {product_key: pk4, synthetic: {devices: 1000000}}
  - id: "2"
    users: [{access_key_id: stranger, access_key_secret: the-secret-of-owner}]
    iot_products: [{product_key: pk5}]
"""
FIELDS = {
    *("DeviceId", "DeviceName", "DeviceSecret", "DeviceStatus", "GmtCreate", "GmtModified", "IotId", "Nickname"),
    *("ProductKey", "UtcCreate", "UtcModified"),
}
Emulate = Callable[..., Any]


@pytest.fixture
def cloud(emulate: Emulate) -> Any:
    return emulate(SCENARIO)


def ask(cloud: Any, *, key: str = "owner", **arguments: str) -> httpx.Response:
    given = {"ProductKey": "pk1", **arguments}
    response: httpx.Response = cloud.acs3("QueryDevice", given, version="2018-01-20", method="POST", key=key)
    return response


def names(response: httpx.Response) -> list[str]:
    return [device["DeviceName"] for device in response.json()["Data"]["DeviceInfo"]]


def test_a_page_has_the_documented_fields_and_defaults(cloud: Any) -> None:
    document = ask(cloud).json()
    (first, *_) = document["Data"]["DeviceInfo"]
    assert set(first) == FIELDS
    assert (first["ProductKey"], first["DeviceStatus"]) == ("pk1", "UNACTIVE")
    assert (first["GmtCreate"], first["UtcCreate"]) == ("Wed, 20-Feb-2019 02:16:12 GMT", "2019-02-20T02:16:12.000Z")
    del document["RequestId"], document["Data"]
    assert document == {"Success": True, "Total": 4, "PageCount": 1, "Page": 1, "PageSize": 10, "NextToken": ""}


@pytest.mark.parametrize(
    ("page", "size", "count", "expected"),
    [
        ("1", "50", 1, ["d", "c", "b", "a"]),
        ("1", "4", 1, ["d", "c", "b", "a"]),
        ("2", "4", 1, []),
        ("1", "3", 2, ["d", "c", "b"]),
        ("2", "3", 2, ["a"]),
        ("3", "1", 4, ["b"]),
    ],
)
def test_the_newest_device_comes_first(cloud: Any, page: str, size: str, count: int, expected: list[str]) -> None:
    response = ask(cloud, CurrentPage=page, PageSize=size)
    assert names(response) == expected
    document = response.json()
    assert (document["Total"], document["PageCount"]) == (4, count)


def test_an_added_device_is_the_newest(cloud: Any) -> None:
    before = ask(cloud).json()["Data"]["DeviceInfo"]
    cloud.control("add", {"product_key": "pk1", "device": {"name": "e"}})
    after = ask(cloud).json()["Data"]["DeviceInfo"]
    assert [device["DeviceName"] for device in after] == ["e", "d", "c", "b", "a"]
    assert after[1:] == before
    assert after[0]["UtcCreate"] > before[0]["UtcCreate"]


def test_a_product_without_devices_has_no_pages(cloud: Any) -> None:
    document = ask(cloud, ProductKey="pk3").json()
    assert document["Data"] == {"DeviceInfo": []}
    assert (document["Total"], document["PageCount"], document["NextToken"]) == (0, 0, "")


def test_tokens_lead_through_the_list_although_it_grows(cloud: Any) -> None:
    first = ask(cloud, PageSize="2")
    cloud.control("add", {"product_key": "pk1", "device": {"name": "e"}})
    second = ask(cloud, PageSize="2", CurrentPage="2", NextToken=first.json()["NextToken"])
    assert names(first) + names(second) == ["d", "c", "b", "a"]
    assert (second.json()["NextToken"], second.json()["Total"]) == ("", 5)


def test_page_numbers_show_a_device_twice_if_the_list_grows(cloud: Any) -> None:
    first = ask(cloud, PageSize="2")
    cloud.control("add", {"product_key": "pk1", "device": {"name": "e"}})
    assert names(first) + names(ask(cloud, PageSize="2", CurrentPage="2")) == ["d", "c", "c", "b"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"CurrentPage": "0"},
        {"CurrentPage": "x"},
        {"CurrentPage": ""},
        {"PageSize": "0"},
        {"PageSize": "51"},
        {"PageSize": "-1"},
        {"CurrentPage": "201", "PageSize": "50"},
        {"CurrentPage": "20000", "PageSize": "50", "NextToken": base64.b64encode(b"before 1").decode()},
        {"NextToken": "%"},
        {"NextToken": "YQ=="},
        {"NextToken": base64.b64encode(b"before " + b"1" * 5000).decode()},
    ],
)
def test_a_page_out_of_bounds_is_an_error_of_the_service(cloud: Any, arguments: dict[str, str]) -> None:
    response = ask(cloud, **arguments)
    document = response.json()
    assert response.status_code == 200
    assert set(document) == {"RequestId", "Success", "Code", "ErrorMessage"}
    assert (document["Success"], document["Code"]) == (False, "iot.common.InvalidPageParams")


TEXTS = st.one_of(
    st.text(max_size=12),
    st.integers(-1, 10**6).map(str),
    st.binary(max_size=12).map(lambda text: base64.b64encode(text).decode()),
    st.integers(-1, 10**12).map(lambda number: base64.b64encode(f"before {number}".encode()).decode()),
)


def test_any_page_and_token_is_a_page_or_an_error_of_the_service(cloud: Any) -> None:
    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(st.sampled_from(["CurrentPage", "PageSize", "NextToken"]), TEXTS))
    def check(arguments: dict[str, str]) -> None:
        response = ask(cloud, **arguments)
        assert response.status_code == 200
        document = response.json()
        assert document["Success"] or document["Code"] == "iot.common.InvalidPageParams"

    check()


def test_a_deep_page_needs_the_token_of_the_one_before(cloud: Any) -> None:
    last = ask(cloud, ProductKey="pk4", PageSize="50", CurrentPage="200")
    token = last.json()["NextToken"]
    deep = ask(cloud, ProductKey="pk4", PageSize="50", CurrentPage="201", NextToken=token)
    assert names(last)[-1] == "device-0990001"
    assert names(deep)[0] == "device-0990000"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"ProductKey": ""}, "iot.prod.NullProductKey"),
        ({"ProductKey": "nothing"}, "iot.prod.NotExistedProduct"),
        ({"ProductKey": "pk5"}, "iot.prod.NotExistedProduct"),
        ({"ProductKey": "pk2"}, "iot.prod.NotExistedProduct"),
        ({"IotInstanceId": "iot-1"}, "iot.prod.NotExistedProduct"),
        ({"IotInstanceId": "nothing"}, "iot.system.InstanceNotFound"),
    ],
)
def test_an_unknown_product_is_an_error_of_the_service(cloud: Any, arguments: dict[str, str], code: str) -> None:
    response = ask(cloud, **arguments)
    assert (response.status_code, response.json()["Success"], response.json()["Code"]) == (200, False, code)


def test_a_product_is_listed_in_its_instance(cloud: Any) -> None:
    assert names(ask(cloud, ProductKey="pk2", IotInstanceId="iot-1")) == ["a"]


@pytest.mark.parametrize("key", ["denied", "elsewhere"])
def test_a_denied_user_learns_which_action_is_missing(cloud: Any, key: str) -> None:
    response = ask(cloud, key=key)
    assert (response.status_code, response.json()["Code"]) == (403, "Forbidden.RAM")
    assert "iot:QueryDevice " in response.json()["Message"]


def test_the_list_has_a_quota_of_its_own(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO.replace("{iot: 0, iot_query_device: 0}", "{iot: 1, iot_query_device: 3}"))
    assert [ask(cloud).json().get("Code") for _ in range(4)] == [None, None, None, "Throttling.User"]
    assert [cloud.iot("c").json().get("Code") for _ in range(2)] == [None, "Throttling.User"]
    cloud.clock.at += 1
    assert ask(cloud).json()["Success"]


def test_deep_pages_have_a_smaller_quota(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO.replace("iot_query_device: 0", "iot_query_device: 50"))
    deep = {"ProductKey": "pk4", "PageSize": "50", "CurrentPage": "2000", "NextToken": "YmVmb3JlIDk="}
    assert [ask(cloud, **deep).json().get("Code") for _ in range(3)] == [None, None, "Throttling.User"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("{code: iot.system.SystemException}", 200, "iot.system.SystemException"),
        ("{code: Throttling.User, http: 400}", 400, "Throttling.User"),
        ("{code: InternalError, http: 500}", 500, "InternalError"),
    ],
)
def test_the_fault_of_a_product_applies_and_ends(emulate: Emulate, fault: str, status: int, code: str) -> None:
    once = fault.replace("}", ", times: 1}")
    cloud = emulate(SCENARIO.replace("- product_key: pk1", f"- product_key: pk1\n        fault: {once}"))
    response = ask(cloud)
    assert (response.status_code, response.json()["Code"]) == (status, code)
    assert names(ask(cloud)) == ["d", "c", "b", "a"]


def test_no_made_up_secret_is_anothers(cloud: Any) -> None:
    secrets = {device["DeviceSecret"] for device in ask(cloud).json()["Data"]["DeviceInfo"]}
    assert {len(secret) for secret in secrets} == {32}
    assert len(secrets) == 4
