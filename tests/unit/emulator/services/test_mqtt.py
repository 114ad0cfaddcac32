from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography import x509

ERRORS = {
    "ParameterFieldCheckFailed": 400,
    "FindDeviceBySnError": 500,
    "FindCaBySnError": 500,
    "MqttInstanceNotFound": 500,
    "MqttOwnerCheckError": 500,
    "NoPermission": 403,
}
TWO_ACCOUNTS = """
accounts:
  - id: "1"
    quotas: {onsmqtt: 0}
    users:
      - {access_key_id: owner, access_key_secret: the-secret-of-owner}
      - {access_key_id: denied, access_key_secret: the-secret-of-owner, deny: ["mq:GetDeviceCertificate"]}
      - {access_key_id: unlinked, access_key_secret: the-secret-of-owner, allow: ["mq:Get*"]}
      - {access_key_id: elsewhere, access_key_secret: the-secret-of-owner, resources: [post-cn-9]}
      - {access_key_id: reader, access_key_secret: the-secret-of-owner, allow: ["mq:Get*", "mq:MqttInstanceAccess"]}
    mqtt_instances:
      - id: post-cn-1
        cas:
          - {sn: 00f2, name: plant, status: inactive, devices: [{sn: 356201}, {sn: 356202}, {sn: 356203}]}
          - {sn: 00f3, devices: [{sn: 356204}]}
          - {sn: not-hex, key: ed25519, shape: pem, devices: []}
  - id: "2"
    users: [{access_key_id: stranger, access_key_secret: the-secret-of-owner}]
    mqtt_instances: [{id: post-cn-2}]
"""


@pytest.fixture
def cloud(emulate: Callable[[str], Any]) -> Any:
    return emulate(TWO_ACCOUNTS)


def code_of(response: httpx.Response) -> str:
    code: str = response.json().get("Code", "")
    assert response.status_code == ERRORS.get(code, 200)
    return code


def test_a_device_certificate_comes_as_the_reference_page_shows_it(cloud: Any) -> None:
    document = cloud.mqtt().json()
    data = document["Data"]
    assert set(document) == {"RequestId", "Data"}
    assert set(data) == {"ValidBegin", "ValidEnd", "DeviceSn", "DeviceName", "DeviceContent", "CaSn", "Status"}
    assert (data["DeviceSn"], data["DeviceName"], data["CaSn"], data["Status"]) == ("356201", "356201", "00f2", 1)
    content = data["DeviceContent"]
    assert content.startswith("-----BEGIN DEVICECERTIFICATE-----\\nMII")
    assert content.endswith("\\n-----END DEVICECERTIFICATE-----")
    pem = content.replace("\\n", "\n").replace("DEVICECERTIFICATE", "CERTIFICATE")
    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert certificate.serial_number == 0x356201
    assert certificate.not_valid_before_utc.timestamp() * 1000 == data["ValidBegin"]
    assert certificate.not_valid_after_utc.timestamp() * 1000 == data["ValidEnd"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"DeviceSn": "nobody"}, "FindDeviceBySnError"),
        ({"CaSn": "00f3"}, "FindDeviceBySnError"),
        ({"CaSn": "nobody"}, "FindDeviceBySnError"),
        ({"MqttInstanceId": "post-cn-9"}, "MqttInstanceNotFound"),
        ({"MqttInstanceId": "post-cn-2"}, "MqttOwnerCheckError"),
        ({"DeviceSn": ""}, "ParameterFieldCheckFailed"),
        ({"CaSn": "x" * 129}, "ParameterFieldCheckFailed"),
        ({"DeviceSn": "ü" * 65}, "ParameterFieldCheckFailed"),
        ({"DeviceSn": "ü" * 64}, "FindDeviceBySnError"),
    ],
)
def test_a_documented_error_comes_with_its_http_status(cloud: Any, arguments: dict[str, str], code: str) -> None:
    usual = {"MqttInstanceId": "post-cn-1", "CaSn": "00f2", "DeviceSn": "356201"}
    assert code_of(cloud.acs3("GetDeviceCertificate", {**usual, **arguments})) == code


def test_a_missing_argument_is_named(cloud: Any) -> None:
    response = cloud.acs3("GetDeviceCertificate", {"MqttInstanceId": "post-cn-1", "CaSn": "00f2"})
    assert response.status_code == 400
    assert response.json()["Code"] == "MissingDeviceSn"
    assert response.json()["Message"] == "DeviceSn is mandatory for this action."


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("owner", ""),
        ("reader", ""),
        ("denied", "NoPermission"),
        ("unlinked", "NoPermission"),
        ("elsewhere", "NoPermission"),
        ("stranger", "MqttOwnerCheckError"),
    ],
)
def test_a_policy_needs_the_action_the_instance_access_and_the_instance(cloud: Any, key: str, code: str) -> None:
    response = cloud.mqtt(key=key)
    assert code_of(response) == code
    if code == "NoPermission":
        message = response.json()["Message"]
        assert "mq:GetDeviceCertificate" in message
        assert "acs:mq:cn-hangzhou:1:post-cn-1" in message


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("onsmqtt.cn-hangzhou.aliyuncs.com", ""),
        ("onsmqtt.cn-shanghai.aliyuncs.com", "MqttInstanceNotFound"),
        ("onsmqtt.cn-shanghai.aliyuncs.com:443", "MqttInstanceNotFound"),
        ("127.0.0.1:8080", ""),
    ],
)
def test_an_instance_is_found_in_its_own_region_only(cloud: Any, host: str, code: str) -> None:
    assert code_of(cloud.mqtt(change={"host": host})) == code


def test_a_ca_certificate_comes_with_its_numbers_as_strings(cloud: Any) -> None:
    data = cloud.acs3("GetCaCertificate", {"MqttInstanceId": "post-cn-1", "Sn": "00f2"}).json()["Data"]
    assert set(data) == {
        "RegistrationCode",
        "CaName",
        "Sn",
        "CaContent",
        "VerificationContent",
        "ValidBegin",
        "ValidEnd",
        "Status",
    }
    assert (data["CaName"], data["Sn"], data["Status"]) == ("plant", "00f2", "0")
    ca = x509.load_pem_x509_certificate(data["CaContent"].replace("\\n", "\n").encode())
    assert ca.serial_number == 0xF2
    assert str(int(ca.not_valid_before_utc.timestamp() * 1000)) == data["ValidBegin"]
    proof = x509.load_pem_x509_certificate(data["VerificationContent"].replace("\\n", "\n").encode())
    assert proof.subject.rfc4514_string() == f"CN={data['RegistrationCode']}"
    proof.verify_directly_issued_by(ca)


def test_a_device_is_issued_by_its_ca(cloud: Any) -> None:
    ca = cloud.acs3("GetCaCertificate", {"MqttInstanceId": "post-cn-1", "Sn": "00f2"}).json()["Data"]["CaContent"]
    device = cloud.mqtt().json()["Data"]["DeviceContent"].replace("DEVICECERTIFICATE", "CERTIFICATE")
    leaf, issuer = (x509.load_pem_x509_certificate(pem.replace("\\n", "\n").encode()) for pem in (device, ca))
    leaf.verify_directly_issued_by(issuer)


def test_a_ca_whose_sn_is_no_number_has_a_serial_of_its_own(cloud: Any) -> None:
    data = cloud.acs3("GetCaCertificate", {"MqttInstanceId": "post-cn-1", "Sn": "not-hex"}).json()["Data"]
    assert x509.load_pem_x509_certificate(data["CaContent"].encode()).serial_number > 0


def test_content_of_ones_own_comes_as_it_is(emulate: Callable[[str], Any]) -> None:
    cloud = emulate(TWO_ACCOUNTS.replace("{sn: 00f2, name: plant,", "{sn: 00f2, content: own,"))
    ca = cloud.acs3("GetCaCertificate", {"MqttInstanceId": "post-cn-1", "Sn": "00f2"}).json()["Data"]
    assert ca["CaContent"] == "own"
    assert x509.load_pem_x509_certificate(ca["VerificationContent"].replace("\\n", "\n").encode())


def test_an_unknown_ca_is_not_found(cloud: Any) -> None:
    response = cloud.acs3("GetCaCertificate", {"MqttInstanceId": "post-cn-1", "Sn": "nobody"})
    assert code_of(response) == "FindCaBySnError"


@pytest.mark.parametrize(
    ("page", "size", "sns"),
    [
        ("1", "100", ["356201", "356202", "356203", "356204"]),
        ("1", "3", ["356201", "356202", "356203"]),
        ("2", "3", ["356204"]),
        ("3", "3", []),
    ],
)
def test_a_list_comes_in_pages_with_the_contents(cloud: Any, page: str, size: str, sns: list[str]) -> None:
    arguments = {"MqttInstanceId": "post-cn-1", "PageNo": page, "PageSize": size}
    data = cloud.acs3("ListDeviceCertificate", arguments).json()["Data"]
    assert (data["PageNo"], data["PageSize"], data["Total"]) == (int(page), int(size), 4)
    assert [device["DeviceSn"] for device in data["DeviceCertificateVOS"]] == sns
    for device in data["DeviceCertificateVOS"]:
        arguments = {"MqttInstanceId": "post-cn-1", "CaSn": device["CaSn"], "DeviceSn": device["DeviceSn"]}
        assert cloud.acs3("GetDeviceCertificate", arguments).json()["Data"] == device


def test_a_list_by_ca_holds_that_cas_devices(cloud: Any) -> None:
    arguments = {"MqttInstanceId": "post-cn-1", "CaSn": "00f3", "PageNo": "1", "PageSize": "10"}
    data = cloud.acs3("ListDeviceCertificateByCaSn", arguments).json()["Data"]
    assert [device["DeviceSn"] for device in data["DeviceCertificateVOS"]] == ["356204"]
    assert data["Total"] == 1


@pytest.mark.parametrize(
    "paging",
    [
        {"PageNo": "0", "PageSize": "10"},
        {"PageNo": "1", "PageSize": "101"},
        {"PageNo": "1", "PageSize": "0"},
        {"PageNo": "one", "PageSize": "10"},
        {"PageNo": "-1", "PageSize": "10"},
        {"PageNo": "1" * 5000, "PageSize": "10"},
    ],
)
def test_a_page_beyond_its_bounds_is_refused(cloud: Any, paging: dict[str, str]) -> None:
    response = cloud.acs3("ListDeviceCertificate", {"MqttInstanceId": "post-cn-1", **paging})
    assert code_of(response) == "ParameterFieldCheckFailed"


def test_an_inactive_certificate_and_numbers_as_strings(
    emulate: Callable[[str], Any], one_device: Callable[[str], str]
) -> None:
    data = emulate(one_device("status: inactive, numbers: string")).mqtt().json()["Data"]
    assert data["Status"] == "0"
    assert data["ValidBegin"].isdigit()
    assert data["ValidEnd"].isdigit()


def test_a_service_that_tells_another_validity(emulate: Callable[[str], Any], one_device: Callable[[str], str]) -> None:
    data = emulate(one_device("reported_shift: +1d, shape: pem, label: CERTIFICATE")).mqtt().json()["Data"]
    certificate = x509.load_pem_x509_certificate(data["DeviceContent"].encode())
    assert data["ValidEnd"] - certificate.not_valid_after_utc.timestamp() * 1000 == 86_400_000
