"""IoT Platform: the requests, and what a response becomes."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.cloud.recording import RecordingClient

from alicloud_device_certificates.cloud import iot
from alicloud_device_certificates.cloud.errors import UnexpectedResponseError

INFO = {"CertSN": "6362", "Certificate": "tXHf", "PrivateKey": "CqXL", "Status": 2}


class Client(RecordingClient):
    def __init__(self, info: object) -> None:
        super().__init__({"Success": True, "DeviceCertInfo": info})


def query(client: Client, iot_instance_id: str | None = None) -> iot.IotDeviceCertificateResponse:
    return asyncio.run(
        iot.query_device_cert(client, product_key="pk", device_name="dn", iot_instance_id=iot_instance_id)
    )


def test_the_request_goes_to_the_one_region_and_the_instance_is_optional() -> None:
    client = Client(INFO)
    query(client)
    query(client, "iot-1")
    assert client.calls == [
        (
            "QueryDeviceCert",
            {"ProductKey": "pk", "DeviceName": "dn", "IotInstanceId": None},
            "cn-shanghai",
            "product pk, device dn",
        ),
        (
            "QueryDeviceCert",
            {"ProductKey": "pk", "DeviceName": "dn", "IotInstanceId": "iot-1"},
            "cn-shanghai",
            "instance iot-1, product pk, device dn",
        ),
    ]


@pytest.mark.parametrize("status", [2, "2"])
def test_a_generated_certificate_comes_with_its_key_which_no_repr_shows(status: object) -> None:
    response = query(Client({**INFO, "Status": status}))
    assert (response.certificate_sn, response.certificate, response.private_key, response.status) == (
        "6362",
        "tXHf",
        "CqXL",
        "generated",
    )
    assert "CqXL" not in repr(response)


@pytest.mark.parametrize(("status", "name"), [(0, "generating"), (1, "failed")])
def test_there_may_be_no_certificate_yet(status: int, name: str) -> None:
    response = query(Client({"Status": status, "Certificate": "", "PrivateKey": None}))
    assert response == iot.IotDeviceCertificateResponse(
        context=response.context,
        certificate_sn=None,
        certificate=None,
        private_key=None,
        status=name,  # type: ignore[arg-type]  # one of the literals
    )


def test_a_generated_certificate_that_is_missing_is_named() -> None:
    with pytest.raises(UnexpectedResponseError, match=r"DeviceCertInfo\.Certificate is missing"):
        query(Client({"Status": 2}))


def test_a_response_without_its_info_or_with_another_status_is_an_error() -> None:
    with pytest.raises(UnexpectedResponseError, match="DeviceCertInfo is missing"):
        query(Client(None))
    with pytest.raises(UnexpectedResponseError, match=r"Status is 3, not one of 0, 1, 2"):
        query(Client({**INFO, "Status": 3}))
