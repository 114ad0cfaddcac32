"""IoT Platform: what is asked and what an answer becomes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from alicloud_device_certificates.cloud import iot
from alicloud_device_certificates.cloud.errors import UnexpectedAnswerError
from alicloud_device_certificates.cloud.operation import Operation

INFO = {"CertSN": "6362", "Certificate": "tXHf", "PrivateKey": "CqXL", "Status": 2}


class Caller:
    def __init__(self, info: object) -> None:
        self.info = info
        self.asked: list[tuple[str, Mapping[str, str | None], str, str]] = []

    async def call(
        self, operation: Operation, arguments: Mapping[str, str | None], *, region: str, asked: str
    ) -> dict[str, Any]:
        self.asked.append((operation.name, arguments, region, asked))
        return {"RequestId": "r", "Success": True, "DeviceCertInfo": self.info}


def query(caller: Caller, iot_instance_id: str | None = None) -> iot.IotDeviceCertificateAnswer:
    return asyncio.run(
        iot.query_device_cert(caller, product_key="pk", device_name="dn", iot_instance_id=iot_instance_id)
    )


def test_it_is_asked_in_the_one_region_and_the_instance_is_optional() -> None:
    caller = Caller(INFO)
    query(caller)
    query(caller, "iot-1")
    assert caller.asked == [
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
    answer = query(Caller({**INFO, "Status": status}))
    assert (answer.certificate_sn, answer.certificate, answer.private_key, answer.status) == (
        "6362",
        "tXHf",
        "CqXL",
        "generated",
    )
    assert "CqXL" not in repr(answer)


@pytest.mark.parametrize(("status", "name"), [(0, "generating"), (1, "failed")])
def test_there_may_be_no_certificate_yet(status: int, name: str) -> None:
    answer = query(Caller({"Status": status, "Certificate": "", "PrivateKey": None}))
    assert answer == iot.IotDeviceCertificateAnswer(
        answered=answer.answered,
        certificate_sn=None,
        certificate=None,
        private_key=None,
        status=name,  # type: ignore[arg-type]  # one of the literals
    )


def test_a_generated_certificate_that_is_missing_is_named() -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"DeviceCertInfo\.Certificate is missing"):
        query(Caller({"Status": 2}))


def test_an_answer_without_its_info_or_with_another_status_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswerError, match="DeviceCertInfo is missing"):
        query(Caller(None))
    with pytest.raises(UnexpectedAnswerError, match=r"Status is 3, which is none of 0, 1, 2"):
        query(Caller({**INFO, "Status": 3}))
