"""IoT Platform, API version 2018-01-20: the X.509 certificate of one device."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from alicloud_device_certificates.cloud.fields import Fields, ResponseContext
from alicloud_device_certificates.cloud.operation import Operation, OperationClient
from alicloud_device_certificates.contract.kinds import IOT_REGION
from alicloud_device_certificates.contract.statuses import IotStatus

_STATUSES: dict[int, IotStatus] = {0: "generating", 1: "failed", 2: "generated"}

QUERY_DEVICE_CERT = Operation(
    name="QueryDeviceCert",
    version="2018-01-20",
    product="iot",
    method="POST",
    permissions=("iot:QueryDeviceCert",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IotDeviceCertificateResponse:
    """``DeviceCertInfo`` of QueryDeviceCert."""

    certificate_sn: str | None
    """The service's own identifier, which is not the X.509 serial number."""
    certificate: str | None
    """The certificate in whatever form the service keeps it, often bare base64; never None once ``generated``."""
    private_key: str | None = field(repr=False)
    """The private key, likewise; None if the service does not keep it."""
    status: IotStatus
    context: ResponseContext = field(compare=False)


async def query_device_cert(
    client: OperationClient, *, product_key: str, device_name: str, iot_instance_id: str | None = None
) -> IotDeviceCertificateResponse:
    """Return the response of QueryDeviceCert. ``iot_instance_id`` is for enterprise instances.

    Raise ``CloudError``: not found, denied, unreachable, or a response that is not as documented.
    """
    instance = f"instance {iot_instance_id}, " if iot_instance_id else ""
    target = f"{instance}product {product_key}, device {device_name}"

    def read(document: dict[str, Any]) -> IotDeviceCertificateResponse:
        info = Fields.within(document, "DeviceCertInfo", operation=QUERY_DEVICE_CERT, region=IOT_REGION, target=target)
        status = info.choice("Status", _STATUSES)
        return IotDeviceCertificateResponse(
            certificate_sn=info.optional_text("CertSN"),
            certificate=info.text("Certificate") if status == "generated" else info.optional_text("Certificate"),
            private_key=info.optional_text("PrivateKey"),
            status=status,
            context=info.context,
        )

    arguments = {"ProductKey": product_key, "DeviceName": device_name, "IotInstanceId": iot_instance_id}
    return await client.call(QUERY_DEVICE_CERT, arguments, region=IOT_REGION, target=target, read=read)
