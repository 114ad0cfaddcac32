from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

SCENARIO = """
accounts:
  - id: "1"
    quotas: {iot: 0}
    users:
      - {access_key_id: owner, access_key_secret: the-secret-of-owner}
      - {access_key_id: denied, access_key_secret: the-secret-of-owner, deny: ["iot:*"]}
    iot_products:
      - product_key: pk1
        devices: [{name: lamp, key: ec-p256}, {name: new, status: generating}, {name: bad, status: failed}]
      - {product_key: pk2, iot_instance_id: iot-1, devices: [{name: lamp, status: generating}]}
  - id: "2"
    users: [{access_key_id: stranger, access_key_secret: the-secret-of-owner}]
    iot_products: [{product_key: pk3, iot_instance_id: iot-3}]
"""


@pytest.fixture
def cloud(emulate: Callable[[str], Any]) -> Any:
    return emulate(SCENARIO)


def test_a_certificate_comes_as_the_reference_page_shows_it(cloud: Any) -> None:
    document = cloud.iot().json()
    assert set(document) == {"RequestId", "Success", "DeviceCertInfo"}
    assert document["Success"] is True
    info = document["DeviceCertInfo"]
    assert set(info) == {"Status", "Certificate", "PrivateKey", "CertSN"}
    assert info["Status"] == 2
    certificate = x509.load_der_x509_certificate(base64.b64decode(info["Certificate"], validate=True))
    key = load_der_private_key(base64.b64decode(info["PrivateKey"], validate=True), None)
    assert key.public_key() == certificate.public_key()
    assert info["CertSN"].isdigit()
    assert int(info["CertSN"]) != certificate.serial_number


def test_content_of_ones_own_comes_as_it_is(emulate: Callable[[str], Any]) -> None:
    scenario = SCENARIO.replace("{name: lamp, key: ec-p256}", "{name: lamp, content: 'a\\n\\n', key_content: ''}")
    info = emulate(scenario).iot().json()["DeviceCertInfo"]
    assert (info["Certificate"], info["PrivateKey"]) == ("a\\n\\n", "")


@pytest.mark.parametrize(("name", "status"), [("new", 0), ("bad", 1)])
def test_a_certificate_that_is_not_there_yet_is_a_status_alone(cloud: Any, name: str, status: int) -> None:
    assert cloud.iot(name).json()["DeviceCertInfo"] == {"Status": status}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"DeviceName": "nobody"}, "iot.device.NotExistedDevice"),
        ({"DeviceName": ""}, "iot.device.NullDeviceName"),
        ({"ProductKey": ""}, "iot.prod.NullProductKey"),
        ({"ProductKey": "nothing"}, "iot.prod.NotExistedProduct"),
        ({"ProductKey": "pk3"}, "iot.prod.NotExistedProduct"),
        ({"ProductKey": "pk2"}, "iot.prod.NotExistedProduct"),
        ({"IotInstanceId": "iot-1"}, "iot.prod.NotExistedProduct"),
        ({"IotInstanceId": "iot-3"}, "iot.system.InstanceNotFound"),
        ({"IotInstanceId": "nothing"}, "iot.system.InstanceNotFound"),
    ],
)
def test_an_error_of_the_service_comes_with_http_200(cloud: Any, arguments: dict[str, str], code: str) -> None:
    response = cloud.iot(arguments=arguments)
    document = response.json()
    assert response.status_code == 200
    assert set(document) == {"RequestId", "Success", "Code", "ErrorMessage"}
    assert (document["Success"], document["Code"]) == (False, code)


@pytest.mark.parametrize(
    ("given", "status"),
    [({"ProductKey": "pk2", "IotInstanceId": "iot-1"}, 0), ({"IotInstanceId": ""}, 2)],
)
def test_a_product_is_requested_in_its_instance(cloud: Any, given: dict[str, str], status: int) -> None:
    assert cloud.iot(arguments=given).json()["DeviceCertInfo"]["Status"] == status


def test_a_missing_argument_is_the_gateways_error(cloud: Any) -> None:
    response = cloud.acs3("QueryDeviceCert", {"ProductKey": "pk1"}, version="2018-01-20")
    assert (response.status_code, response.json()["Code"]) == (400, "MissingDeviceName")


def test_a_denied_user_learns_which_action_is_missing(cloud: Any) -> None:
    response = cloud.iot(key="denied")
    assert (response.status_code, response.json()["Code"]) == (403, "Forbidden.RAM")
    assert "iot:QueryDeviceCert" in response.json()["Message"]


@pytest.mark.parametrize(
    ("fields", "begins"),
    [
        ("key: rsa1024, key_shape: pkcs8", "-----BEGIN PRIVATE KEY-----\n"),
        ("key: rsa1024, key_shape: pkcs1", "-----BEGIN RSA PRIVATE KEY-----\n"),
        ("key: ec-p384, key_shape: sec1", "-----BEGIN EC PRIVATE KEY-----\n"),
        ("key: rsa1024, key_shape: pkcs8-base64", "MIIC"),
        ("key: rsa1024, key_shape: pkcs1-base64", "MIIC"),
        ("key: ec-p256, key_shape: sec1-base64", "MHcC"),
        ("key: ed448, key_shape: pkcs8", "-----BEGIN PRIVATE KEY-----\n"),
    ],
)
def test_a_key_comes_in_each_form_and_is_the_certificates(
    emulate: Callable[[str], Any], one_device: Callable[..., str], fields: str, begins: str
) -> None:
    info = emulate(one_device(fields, service="iot")).iot().json()["DeviceCertInfo"]
    text = info["PrivateKey"]
    assert text.startswith(begins)
    key = (
        load_pem_private_key(text.encode(), None)
        if "-----" in text
        else load_der_private_key(base64.b64decode(text), None)
    )
    certificate = x509.load_der_x509_certificate(base64.b64decode(info["Certificate"]))
    assert key.public_key() == certificate.public_key()


def test_a_key_can_be_garbage_or_anothers(emulate: Callable[..., Any], one_device: Callable[..., str]) -> None:
    garbage = emulate(one_device("key: ec-p256, key_shape: garbage", service="iot")).iot().json()
    assert "%%" in garbage["DeviceCertInfo"]["PrivateKey"]
    emulated = emulate(one_device("key: ec-p256, wrong_key: true", service="iot"), state="other")
    first, second = (emulated.iot().json()["DeviceCertInfo"] for _ in range(2))
    key = load_der_private_key(base64.b64decode(first["PrivateKey"]), None)
    assert key.public_key() != x509.load_der_x509_certificate(base64.b64decode(first["Certificate"])).public_key()
    assert first == second


def test_an_identifier_can_be_chosen_and_numbers_be_strings(
    emulate: Callable[[str], Any], one_device: Callable[..., str]
) -> None:
    info = emulate(one_device("key: ec-p256, cert_sn: 0815, numbers: string", service="iot")).iot().json()
    assert info["DeviceCertInfo"]["CertSN"] == "0815"
    assert info["DeviceCertInfo"]["Status"] == "2"
