"""ApsaraMQ for MQTT, API version 2020-04-20: the certificates of an instance or a CA in pages, contents included."""

from __future__ import annotations

from typing import Any, Final

from alicloud_device_certificates.cloud.fields import Fields
from alicloud_device_certificates.cloud.mqtt import INSTANCE
from alicloud_device_certificates.cloud.operation import Operation, OperationClient
from alicloud_device_certificates.cloud.page import LIMIT, Page, items_in

PAGE_SIZE: Final = 100
"""The maximum number of certificates of a page."""


def _list(name: str) -> Operation:
    return Operation(
        name=name,
        version="2020-04-20",
        product="onsmqtt",
        method="GET",
        permissions=(f"mq:{name}", "mq:MqttInstanceAccess"),
        resource=INSTANCE,
        response_limit=LIMIT,
        echoes={"PageNo": ("Data", "PageNo"), "PageSize": ("Data", "PageSize")},
    )


LIST_DEVICE_CERTIFICATE = _list("ListDeviceCertificate")
LIST_DEVICE_CERTIFICATE_BY_CA_SN = _list("ListDeviceCertificateByCaSn")
LIST_CA_CERTIFICATE = _list("ListCaCertificate")


async def list_device_certificates(
    client: OperationClient,
    *,
    region: str,
    mqtt_instance_id: str,
    ca_sn: str | None,
    number: int,
    size: int = PAGE_SIZE,
) -> Page[Fields]:
    """Return a page of the device certificates of an instance, or of one of its CAs; the first page has number 1.

    ``mqtt.device_response`` reads each item. Raise ``CloudError`` as ``mqtt.get_device_certificate`` does.
    """
    operation = LIST_DEVICE_CERTIFICATE if ca_sn is None else LIST_DEVICE_CERTIFICATE_BY_CA_SN
    target = f"instance {mqtt_instance_id}{'' if ca_sn is None else f', CA {ca_sn}'}, page {number}"
    arguments = {"MqttInstanceId": mqtt_instance_id, "CaSn": ca_sn}
    return await _page(
        client,
        operation,
        arguments,
        number,
        size,
        name="DeviceCertificateVOS",
        keys=("DeviceSn", "CaSn"),
        region=region,
        target=target,
    )


async def list_ca_certificates(
    client: OperationClient, *, region: str, mqtt_instance_id: str, number: int, size: int = PAGE_SIZE
) -> Page[Fields]:
    """Return a page of the CA certificates of an instance. ``mqtt.ca_response`` reads each item. Raise likewise."""
    target = f"instance {mqtt_instance_id}, page {number}"
    arguments: dict[str, str | None] = {"MqttInstanceId": mqtt_instance_id}
    return await _page(
        client,
        LIST_CA_CERTIFICATE,
        arguments,
        number,
        size,
        name="CaCertificateVOS",
        keys=("Sn",),
        region=region,
        target=target,
    )


async def _page(
    client: OperationClient,
    operation: Operation,
    arguments: dict[str, str | None],
    number: int,
    size: int,
    *,
    name: str,
    keys: tuple[str, ...],
    region: str,
    target: str,
) -> Page[Fields]:
    def read(document: dict[str, Any]) -> Page[Fields]:
        data = Fields.within(document, "Data", operation=operation, region=region, target=target)
        items = items_in(data, name)
        for item in items:
            for key in keys:  # What names a certificate must be there. What else is wrong with it concerns no other.
                item.text(key)
        return Page(items, data.optional_integer("Total") or 0)

    paged = {**arguments, "PageNo": str(number), "PageSize": str(size)}
    return await client.call(operation, paged, region=region, target=target, read=read)
