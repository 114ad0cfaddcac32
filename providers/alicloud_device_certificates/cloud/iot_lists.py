"""IoT Platform, API version 2018-01-20: the names of a product's devices in pages."""

from __future__ import annotations

from typing import Any, Final

from alicloud_device_certificates.cloud.fields import Fields, ResponseContext
from alicloud_device_certificates.cloud.http.response import request_id_in
from alicloud_device_certificates.cloud.operation import Operation, OperationClient
from alicloud_device_certificates.cloud.page import LIMIT, Page, items_in
from alicloud_device_certificates.contract.kinds import IOT_REGION

PAGE_SIZE: Final = 50
"""The maximum number of devices of a page."""

QUERY_DEVICE = Operation(
    name="QueryDevice",
    version="2018-01-20",
    product="iot",
    method="POST",
    permissions=("iot:QueryDevice",),
    response_limit=LIMIT,
    echoes={"CurrentPage": ("Page",)},
)


async def query_devices(
    client: OperationClient,
    *,
    product_key: str,
    iot_instance_id: str | None = None,
    number: int,
    token: str | None = None,
) -> Page[str]:
    """Return a page of the names of a product's devices; the first page has number 1.

    ``token`` is the ``next_token`` of the page before: from the 10,000th device on, the service needs it. The secrets
    of the devices, which the response has too, are not read. Raise ``CloudError`` as ``iot.query_device_cert`` does.
    """
    instance = f"instance {iot_instance_id}, " if iot_instance_id else ""
    target = f"{instance}product {product_key}, page {number}"

    def read(document: dict[str, Any]) -> Page[str]:
        context = ResponseContext(
            operation=QUERY_DEVICE.name, region=IOT_REGION, target=target, request_id=request_id_in(document)
        )
        response = Fields(values=document, context=context)
        data = document.get("Data")
        found = (
            items_in(
                Fields.within(document, "Data", operation=QUERY_DEVICE, region=IOT_REGION, target=target), "DeviceInfo"
            )
            if data
            else ()
        )
        names = tuple(each.text("DeviceName") for each in found)
        return Page(names, response.optional_integer("Total") or 0, response.optional_text("NextToken"))

    arguments = {
        "ProductKey": product_key,
        "IotInstanceId": iot_instance_id,
        "PageSize": str(PAGE_SIZE),
        "CurrentPage": str(number),
        "NextToken": token,
    }
    return await client.call(QUERY_DEVICE, arguments, region=IOT_REGION, target=target, read=read)
