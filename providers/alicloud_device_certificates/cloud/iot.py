"""IoT Platform, API version 2018-01-20: the X.509 certificate of one device."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from alicloud_device_certificates.cloud.fields import Answered, Fields
from alicloud_device_certificates.cloud.operation import Caller, Operation
from alicloud_device_certificates.contract.kinds import IOT_REGION

Status = Literal["generating", "failed", "generated"]
_STATUSES: dict[int, Status] = {0: "generating", 1: "failed", 2: "generated"}

QUERY_DEVICE_CERT = Operation(
    name="QueryDeviceCert",
    version="2018-01-20",
    product="iot",
    method="POST",
    permission="iot:QueryDeviceCert",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IotDeviceCertificateAnswer:
    """`DeviceCertInfo` of QueryDeviceCert.

    certificate_sn  the service's own identifier, which is not the X.509 serial number
    certificate     in whatever form the service keeps it (often bare base64); always there once `generated`
    private_key     likewise; None where the service does not keep it
    """

    certificate_sn: str | None
    certificate: str | None
    private_key: str | None = field(repr=False)
    status: Status
    answered: Answered = field(compare=False)


async def query_device_cert(
    client: Caller, *, product_key: str, device_name: str, iot_instance_id: str | None = None
) -> IotDeviceCertificateAnswer:
    """QueryDeviceCert. `iot_instance_id` is for enterprise instances.

    Raises `CloudError`: not found, denied, unreachable, an answer that is not as documented.
    """
    instance = f"instance {iot_instance_id}, " if iot_instance_id else ""
    asked = f"{instance}product {product_key}, device {device_name}"
    document = await client.call(
        QUERY_DEVICE_CERT,
        {"ProductKey": product_key, "DeviceName": device_name, "IotInstanceId": iot_instance_id},
        region=IOT_REGION,
        asked=asked,
    )
    info = Fields.within(document, "DeviceCertInfo", operation=QUERY_DEVICE_CERT, region=IOT_REGION, asked=asked)
    status = info.choice("Status", _STATUSES)
    return IotDeviceCertificateAnswer(
        certificate_sn=info.optional_text("CertSN"),
        certificate=info.text("Certificate") if status == "generated" else info.optional_text("Certificate"),
        private_key=info.optional_text("PrivateKey"),
        status=status,
        answered=info.answered,
    )
