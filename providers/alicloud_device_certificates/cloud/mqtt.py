"""ApsaraMQ for MQTT, API version 2020-04-20: one device certificate, and the CA certificate above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from alicloud_device_certificates.cloud.fields import Answered, Fields
from alicloud_device_certificates.cloud.operation import Caller, Operation

Status = Literal["active", "inactive"]
_STATUSES: dict[int, Status] = {0: "inactive", 1: "active"}

GET_DEVICE_CERTIFICATE = Operation(
    name="GetDeviceCertificate",
    version="2020-04-20",
    product="onsmqtt",
    method="GET",
    permission="mq:GetDeviceCertificate on acs:mq:{region}:<account>:{instance}, and mq:MqttInstanceAccess",
)
GET_CA_CERTIFICATE = Operation(
    name="GetCaCertificate",
    version="2020-04-20",
    product="onsmqtt",
    method="GET",
    permission="mq:GetCaCertificate on acs:mq:{region}:<account>:{instance}, and mq:MqttInstanceAccess",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttDeviceCertificateAnswer:
    r"""`Data` of GetDeviceCertificate.

    content      the certificate, in whatever form the service keeps it (often PEM with literal `\n`)
    valid_begin  Unix time in milliseconds, or None where the service does not say
    valid_end    likewise
    """

    device_sn: str
    device_name: str
    ca_sn: str
    content: str
    valid_begin: int | None
    valid_end: int | None
    status: Status
    answered: Answered = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttCaCertificateAnswer:
    """`Data` of GetCaCertificate; `content` and the times as in `MqttDeviceCertificateAnswer`."""

    ca_sn: str
    ca_name: str
    content: str
    valid_begin: int | None
    valid_end: int | None
    status: Status
    answered: Answered = field(compare=False)


async def get_device_certificate(
    client: Caller, *, region: str, mqtt_instance_id: str, ca_sn: str, device_sn: str
) -> MqttDeviceCertificateAnswer:
    """GetDeviceCertificate.

    Raises `CloudError`: not found, denied, unreachable, an answer that is not as documented.
    """
    asked = f"instance {mqtt_instance_id}, CA {ca_sn}, device {device_sn}"
    document = await client.call(
        GET_DEVICE_CERTIFICATE,
        {"MqttInstanceId": mqtt_instance_id, "CaSn": ca_sn, "DeviceSn": device_sn},
        region=region,
        asked=asked,
    )
    data = Fields.within(document, "Data", operation=GET_DEVICE_CERTIFICATE, region=region, asked=asked)
    return MqttDeviceCertificateAnswer(
        device_sn=data.text("DeviceSn"),
        device_name=data.text("DeviceName"),
        ca_sn=data.text("CaSn"),
        content=data.text("DeviceContent"),
        valid_begin=data.optional_milliseconds("ValidBegin"),
        valid_end=data.optional_milliseconds("ValidEnd"),
        status=data.choice("Status", _STATUSES),
        answered=data.answered,
    )


async def get_ca_certificate(
    client: Caller, *, region: str, mqtt_instance_id: str, ca_sn: str
) -> MqttCaCertificateAnswer:
    """GetCaCertificate (which names its argument `Sn`). Raises `CloudError` as `get_device_certificate` does."""
    asked = f"instance {mqtt_instance_id}, CA {ca_sn}"
    document = await client.call(
        GET_CA_CERTIFICATE, {"MqttInstanceId": mqtt_instance_id, "Sn": ca_sn}, region=region, asked=asked
    )
    data = Fields.within(document, "Data", operation=GET_CA_CERTIFICATE, region=region, asked=asked)
    return MqttCaCertificateAnswer(
        ca_sn=data.text("Sn"),
        ca_name=data.text("CaName"),
        content=data.text("CaContent"),
        valid_begin=data.optional_milliseconds("ValidBegin"),
        valid_end=data.optional_milliseconds("ValidEnd"),
        status=data.choice("Status", _STATUSES),
        answered=data.answered,
    )
