from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

SCENARIO = """
accounts:
  - id: "1"
    quotas: {onsmqtt: 0}
    users:
      - {access_key_id: owner, access_key_secret: the-secret-of-owner}
      - {access_key_id: getter, access_key_secret: the-secret-of-owner, allow: ["mq:Get*", "mq:MqttInstanceAccess"]}
      - {access_key_id: unlinked, access_key_secret: the-secret-of-owner, allow: ["mq:List*"]}
      - {access_key_id: elsewhere, access_key_secret: the-secret-of-owner, resources: [post-cn-9]}
      - {access_key_id: lister, access_key_secret: the-secret-of-owner, allow: ["mq:List*", "mq:MqttInstanceAccess"]}
    mqtt_instances:
      - id: post-cn-1
        cas:
          - {sn: 00f2, name: plant, status: inactive, devices: [{sn: "01"}, {sn: "02"}, {sn: "03"}]}
          - {sn: 00f3, devices: [{sn: "04"}]}
          - {sn: 00f4}
      - {id: post-cn-2}
  - id: "2"
    users: [{access_key_id: stranger, access_key_secret: the-secret-of-owner}]
"""
LISTS = {
    "ListDeviceCertificate": "DeviceCertificateVOS",
    "ListDeviceCertificateByCaSn": "DeviceCertificateVOS",
    "ListCaCertificate": "CaCertificateVOS",
}
every_list = pytest.mark.parametrize("action", LISTS)
Emulate = Callable[..., Any]


@pytest.fixture
def cloud(emulate: Emulate) -> Any:
    return emulate(SCENARIO)


def ask(cloud: Any, action: str, *, key: str = "owner", change: Any = None, **arguments: str) -> httpx.Response:
    usual = {"MqttInstanceId": "post-cn-1", "PageNo": "1", "PageSize": "100"}
    if action == "ListDeviceCertificateByCaSn":
        usual["CaSn"] = "00f2"
    response: httpx.Response = cloud.acs3(action, {**usual, **arguments}, key=key, change=change)
    return response


def sns(response: httpx.Response) -> list[str]:
    data = response.json()["Data"]
    return [
        each["Sn"] if name == "CaCertificateVOS" else each["DeviceSn"]
        for name in ("CaCertificateVOS", "DeviceCertificateVOS")
        for each in data.get(name, [])
    ]


@pytest.mark.parametrize(
    ("page", "size", "expected"),
    [
        ("1", "100", ["01", "02", "03", "04"]),
        ("1", "4", ["01", "02", "03", "04"]),
        ("2", "4", []),
        ("2", "3", ["04"]),
        ("4", "1", ["04"]),
        ("999999999", "100", []),
    ],
)
def test_pages_are_full_up_to_the_last_and_empty_after_it(
    cloud: Any, page: str, size: str, expected: list[str]
) -> None:
    response = ask(cloud, "ListDeviceCertificate", PageNo=page, PageSize=size)
    assert sns(response) == expected
    data = response.json()["Data"]
    assert (data["PageNo"], data["PageSize"], data["Total"]) == (int(page), int(size), 4)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("ListDeviceCertificate", {"MqttInstanceId": "post-cn-2"}),
        ("ListDeviceCertificateByCaSn", {"CaSn": "00f4"}),
        ("ListCaCertificate", {"MqttInstanceId": "post-cn-2"}),
    ],
)
def test_an_empty_list_has_a_page_without_members(cloud: Any, action: str, arguments: dict[str, str]) -> None:
    assert ask(cloud, action, **arguments).json()["Data"] == {
        LISTS[action]: [],
        "PageNo": 1,
        "PageSize": 100,
        "Total": 0,
    }


def test_the_cas_are_those_of_the_single_operation(cloud: Any) -> None:
    first = ask(cloud, "ListCaCertificate", PageSize="2").json()["Data"]
    second = ask(cloud, "ListCaCertificate", PageNo="2", PageSize="2").json()["Data"]
    assert (first["Total"], second["Total"]) == (3, 3)
    listed = first["CaCertificateVOS"] + second["CaCertificateVOS"]
    assert [ca["Sn"] for ca in listed] == ["00f2", "00f3", "00f4"]
    for ca in listed:
        arguments = {"MqttInstanceId": "post-cn-1", "Sn": ca["Sn"]}
        assert cloud.acs3("GetCaCertificate", arguments).json()["Data"] == ca


@every_list
def test_the_order_is_that_of_creation_or_the_reverse(emulate: Emulate, action: str) -> None:
    def listed(text: str, state: str) -> list[str]:
        cloud = emulate(text, state=state)
        cloud.control("add", {"device": {"sn": "09"}, "mqtt_instance_id": "post-cn-1", "ca_sn": "00f2"})
        return [sn for page in range(1, 4) for sn in sns(ask(cloud, action, PageNo=str(page), PageSize="2"))]

    oldest_first = listed(SCENARIO, "first")
    assert (
        oldest_first
        == {
            "ListDeviceCertificate": ["01", "02", "03", "04", "09"],
            "ListDeviceCertificateByCaSn": ["01", "02", "03", "09"],
            "ListCaCertificate": ["00f2", "00f3", "00f4"],
        }[action]
    )
    reverse = SCENARIO.replace("- id: post-cn-1", "- id: post-cn-1\n        list_order: newest-first")
    assert listed(reverse, "second") == oldest_first[::-1]


@every_list
@pytest.mark.parametrize(
    "paging",
    [
        {"PageNo": "0"},
        {"PageNo": "-1"},
        {"PageNo": "one"},
        {"PageNo": ""},
        {"PageNo": "1" * 5000},
        {"PageSize": "0"},
        {"PageSize": "101"},
        {"PageSize": "1e1"},
    ],
)
def test_a_page_out_of_bounds_is_an_error(cloud: Any, action: str, paging: dict[str, str]) -> None:
    response = ask(cloud, action, **paging)
    assert (response.status_code, response.json()["Code"]) == (400, "ParameterFieldCheckFailed")
    assert next(iter(paging)) in response.json()["Message"]


@every_list
@pytest.mark.parametrize("argument", ["MqttInstanceId", "PageNo", "PageSize"])
def test_a_missing_argument_is_named(cloud: Any, action: str, argument: str) -> None:
    arguments = {"MqttInstanceId": "post-cn-1", "CaSn": "00f2", "PageNo": "1", "PageSize": "1"}
    del arguments[argument]
    response = cloud.acs3(action, arguments)
    assert (response.status_code, response.json()["Code"]) == (400, f"Missing{argument}")


@every_list
@pytest.mark.parametrize(
    ("key", "arguments", "status", "code"),
    [
        ("owner", {"MqttInstanceId": "post-cn-9"}, 500, "MqttInstanceNotFound"),
        ("owner", {"MqttInstanceId": ""}, 400, "ParameterFieldCheckFailed"),
        ("stranger", {}, 500, "MqttOwnerCheckError"),
        ("getter", {}, 403, "NoPermission"),
        ("unlinked", {}, 403, "NoPermission"),
        ("elsewhere", {}, 403, "NoPermission"),
        ("lister", {}, 200, None),
    ],
)
def test_access_is_checked_as_for_one_certificate(
    cloud: Any, action: str, key: str, arguments: dict[str, str], status: int, code: str | None
) -> None:
    response = ask(cloud, action, key=key, **arguments)
    assert (response.status_code, response.json().get("Code")) == (status, code)
    if code == "NoPermission":
        assert f"mq:{action}" in response.json()["Message"]


@pytest.mark.parametrize(
    ("ca_sn", "status", "code"),
    [
        ("nobody", 500, "FindDeviceBySnError"),
        ("", 400, "ParameterFieldCheckFailed"),
        ("x" * 129, 400, "ParameterFieldCheckFailed"),
    ],
)
def test_an_unknown_ca_is_an_error(cloud: Any, ca_sn: str, status: int, code: str) -> None:
    response = ask(cloud, "ListDeviceCertificateByCaSn", CaSn=ca_sn)
    assert (response.status_code, response.json()["Code"]) == (status, code)


@every_list
def test_a_list_is_found_in_the_instances_region_only(cloud: Any, action: str) -> None:
    response = ask(cloud, action, change={"host": "onsmqtt.cn-shanghai.aliyuncs.com"})
    assert response.json()["Code"] == "MqttInstanceNotFound"


@every_list
def test_a_wrong_signature_is_refused(cloud: Any, action: str) -> None:
    response = cloud.acs3(action, {"MqttInstanceId": "post-cn-1"}, secret="another")
    assert (response.status_code, response.json()["Code"]) == (400, "SignatureDoesNotMatch")


@every_list
def test_lists_count_for_the_quota_of_the_service(emulate: Emulate, action: str) -> None:
    cloud = emulate(SCENARIO.replace("onsmqtt: 0", "onsmqtt: 2"))
    assert [ask(cloud, action).status_code for _ in range(3)] == [200, 200, 400]
    assert cloud.mqtt("01").json()["Code"] == "Throttling.User"
    cloud.clock.at += 1
    assert ask(cloud, action).status_code == 200


@every_list
@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("{code: Throttling.User, http: 400, retry_after_ms: 5}", (400, "Throttling.User")),
        ("{code: ServiceUnavailable}", (503, "ServiceUnavailable")),
        ("{body: html}", (502, None)),
        ("{body: malformed}", (200, None)),
        ("{body: empty}", (200, None)),
    ],
)
def test_the_fault_of_an_instance_applies_and_ends(
    emulate: Emulate, action: str, fault: str, seen: tuple[int, str | None]
) -> None:
    twice = fault.replace("}", ", times: 2}")
    cloud = emulate(SCENARIO.replace("- id: post-cn-1", f"- id: post-cn-1\n        fault: {twice}"))
    responses = [ask(cloud, action) for _ in range(3)]
    for response in responses[:2]:
        code = response.json()["Code"] if seen[1] else None
        assert (response.status_code, code) == seen
        if not seen[1]:
            with pytest.raises(json.JSONDecodeError):
                response.json()
    assert sns(responses[2])[0] == ("00f2" if action == "ListCaCertificate" else "01")


@every_list
def test_the_connection_can_break_in_the_middle_of_a_page(emulate: Emulate, action: str) -> None:
    cloud = emulate(SCENARIO.replace("- id: post-cn-1", "- id: post-cn-1\n        fault: {close: true}"))
    with pytest.raises(ConnectionResetError):
        ask(cloud, action)


def test_a_page_comes_as_xml_too(cloud: Any) -> None:
    arguments = {"MqttInstanceId": "post-cn-1", "PageNo": "1", "PageSize": "2"}
    text = cloud.v2("ListDeviceCertificate", {**arguments, "Format": "XML"}).text
    assert text.count("<DeviceCertificateVOS>") == 2
    assert "<Total>4</Total>" in text
