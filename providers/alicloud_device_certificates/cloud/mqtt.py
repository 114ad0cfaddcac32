"""ApsaraMQ for MQTT, API version 2020-04-20: one device certificate, and the CA certificate above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from alicloud_device_certificates.cloud.fields import Fields, ResponseContext
from alicloud_device_certificates.cloud.operation import Operation, OperationClient
from alicloud_device_certificates.contract.statuses import MqttStatus

_STATUSES: dict[int, MqttStatus] = {0: "inactive", 1: "active"}
INSTANCE: Final = "acs:mq:{region}:<account>:{instance}"
"""The resource of the RAM actions of all operations."""

GET_DEVICE_CERTIFICATE = Operation(
    name="GetDeviceCertificate",
    version="2020-04-20",
    product="onsmqtt",
    method="GET",
    permissions=("mq:GetDeviceCertificate", "mq:MqttInstanceAccess"),
    resource=INSTANCE,
    echoes={"CaSn": ("Data", "CaSn"), "DeviceSn": ("Data", "DeviceSn")},
)
GET_CA_CERTIFICATE = Operation(
    name="GetCaCertificate",
    version="2020-04-20",
    product="onsmqtt",
    method="GET",
    permissions=("mq:GetCaCertificate", "mq:MqttInstanceAccess"),
    resource=INSTANCE,
    echoes={"Sn": ("Data", "Sn")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttDeviceCertificateResponse:
    """``Data`` of GetDeviceCertificate."""

    device_sn: str
    device_name: str
    ca_sn: str
    content: str
    r"""The certificate in whatever form the service keeps it, often PEM with literal ``\n``."""
    valid_begin: int | None
    """Unix time in milliseconds; None if the service does not report it."""
    valid_end: int | None
    """Likewise."""
    status: MqttStatus
    context: ResponseContext = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttCaCertificateResponse:
    """``Data`` of GetCaCertificate; ``content`` and the times as in ``MqttDeviceCertificateResponse``."""

    ca_sn: str
    ca_name: str
    content: str
    valid_begin: int | None
    valid_end: int | None
    status: MqttStatus
    context: ResponseContext = field(compare=False)


async def get_device_certificate(
    client: OperationClient, *, region: str, mqtt_instance_id: str, ca_sn: str, device_sn: str
) -> MqttDeviceCertificateResponse:
    """Return the response of GetDeviceCertificate.

    Raise ``CloudError``: not found, denied, unreachable, or a response that is not as documented.
    """
    target = f"instance {mqtt_instance_id}, CA {ca_sn}, device {device_sn}"

    def read(document: dict[str, Any]) -> MqttDeviceCertificateResponse:
        data = Fields.within(document, "Data", operation=GET_DEVICE_CERTIFICATE, region=region, target=target)
        return device_response(data)

    arguments = {"MqttInstanceId": mqtt_instance_id, "CaSn": ca_sn, "DeviceSn": device_sn}
    return await client.call(GET_DEVICE_CERTIFICATE, arguments, region=region, target=target, read=read)


async def get_ca_certificate(
    client: OperationClient, *, region: str, mqtt_instance_id: str, ca_sn: str
) -> MqttCaCertificateResponse:
    """Return the response of GetCaCertificate, which calls its argument ``Sn``.

    Raise ``CloudError`` as ``get_device_certificate`` does.
    """
    target = f"instance {mqtt_instance_id}, CA {ca_sn}"

    def read(document: dict[str, Any]) -> MqttCaCertificateResponse:
        return ca_response(Fields.within(document, "Data", operation=GET_CA_CERTIFICATE, region=region, target=target))

    arguments = {"MqttInstanceId": mqtt_instance_id, "Sn": ca_sn}
    return await client.call(GET_CA_CERTIFICATE, arguments, region=region, target=target, read=read)


def device_response(data: Fields) -> MqttDeviceCertificateResponse:
    """Return a device certificate, which has the same fields in a list. Raise ``UnexpectedResponseError``."""
    return MqttDeviceCertificateResponse(
        device_sn=data.text("DeviceSn"),
        device_name=data.text("DeviceName"),
        ca_sn=data.text("CaSn"),
        content=data.text("DeviceContent"),
        valid_begin=data.optional_milliseconds("ValidBegin"),
        valid_end=data.optional_milliseconds("ValidEnd"),
        status=data.choice("Status", _STATUSES),
        context=data.context,
    )


def ca_response(data: Fields) -> MqttCaCertificateResponse:
    """Return a CA certificate, which has the same fields in a list. Raise ``UnexpectedResponseError``."""
    return MqttCaCertificateResponse(
        ca_sn=data.text("Sn"),
        ca_name=data.text("CaName"),
        content=data.text("CaContent"),
        valid_begin=data.optional_milliseconds("ValidBegin"),
        valid_end=data.optional_milliseconds("ValidEnd"),
        status=data.choice("Status", _STATUSES),
        context=data.context,
    )
