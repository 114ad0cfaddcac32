"""IoT Platform: its operation that lists the devices of a product, the newest first, in pages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from alicloud_device_certificates.emulator.scenario.scenario import Quotas
from alicloud_device_certificates.emulator.services.iot_service import INVALID_PAGE, IOT, product_of
from alicloud_device_certificates.emulator.services.operation import (
    Argument,
    Operation,
    OperationRequest,
    OperationResult,
)
from alicloud_device_certificates.emulator.services.page_changes import change_before_iot_page
from alicloud_device_certificates.emulator.world.devices import RegisteredIotDevice

MAX_PAGE_SIZE: Final = 50
DEFAULT_PAGE_SIZE: Final = 10
MOST_WITHOUT_TOKEN: Final = 10_000
"""The maximum product of page number and page size without a token."""
LIMIT_WITH_TOKEN: Final = 1_000_000
"""With a token, the product is below this."""
DEEP_FROM: Final = 100_000
DEEP_QUOTA: Final = 2
"""Requests per second for pages from this product on."""
_FIRST_CREATED = datetime(2019, 2, 20, 2, 16, 9, tzinfo=UTC)


def query_device(request: OperationRequest) -> OperationResult:
    """Return a page of a product's devices."""
    product = product_of(request, "iot:QueryDevice")
    number, size, token = _page(request.arguments)
    change_before_iot_page(request.world, product, number)
    devices = request.world.registry().of_product(product.product_key)
    total = len(devices)
    # A token names the number of devices older than the last one that was returned, so new devices move nothing.
    older = total - (number - 1) * size if token is None else min(token, total)
    page = devices.between(older - size, older)[::-1]
    data = {
        "Success": True,
        "Total": total,
        "PageCount": -(-total // size),
        "Page": number,
        "PageSize": size,
        "NextToken": _token(older - size) if older > size else "",
        "Data": {"DeviceInfo": [_device(device) for device in page]},
    }
    fault = request.world.take_fault((product.product_key, product.fault))
    return OperationResult(data=data, fault=fault)


def query_device_quota(quotas: Quotas, arguments: Mapping[str, str]) -> int:
    """Return the requests per second of QueryDevice for a page; 0 means unlimited."""
    limit = quotas.iot_query_device
    number, size = (arguments.get(name, "") for name in ("CurrentPage", "PageSize"))
    deep = _NUMBER.fullmatch(number) and _NUMBER.fullmatch(size) and int(number) * int(size) >= DEEP_FROM
    return min(limit, DEEP_QUOTA) if deep else limit


_NUMBER = re.compile("[0-9]{1,9}")
_TOKEN = re.compile("before ([0-9]{1,9})")
OPERATIONS: Final = (
    Operation(
        service=IOT,
        name="QueryDevice",
        arguments=(
            Argument("ProductKey"),
            Argument("IotInstanceId", note="enterprise instances only", required=False),
            Argument("PageSize", note=f"1 to {MAX_PAGE_SIZE}, default {DEFAULT_PAGE_SIZE}", required=False),
            Argument("CurrentPage", note="from 1, default 1", required=False),
            Argument("NextToken", note="of the page before", required=False),
        ),
        run=query_device,
        quota=query_device_quota,
    ),
)


def _page(arguments: Mapping[str, str]) -> tuple[int, int, int | None]:
    """Return the number and size of the requested page, and the content of its token. Raise ServiceError."""
    number = _number(arguments.get("CurrentPage", "1"), maximum=2**31)
    size = _number(arguments.get("PageSize", str(DEFAULT_PAGE_SIZE)), maximum=MAX_PAGE_SIZE)
    token = arguments.get("NextToken")
    if not token:
        if number * size > MOST_WITHOUT_TOKEN:
            raise INVALID_PAGE.error("(NextToken)")
        return number, size, None
    if number * size >= LIMIT_WITH_TOKEN:
        raise INVALID_PAGE.error("(CurrentPage)")
    return number, size, _older(token)


def _number(value: str, *, maximum: int) -> int:
    if not _NUMBER.fullmatch(value) or not 1 <= int(value) <= maximum:
        raise INVALID_PAGE.error()
    return int(value)


def _token(older: int) -> str:
    return base64.b64encode(f"before {older}".encode()).decode()


def _older(token: str) -> int:
    try:
        match = _TOKEN.fullmatch(base64.b64decode(token, validate=True).decode("latin-1"))
    except ValueError:
        match = None
    if match is None:
        raise INVALID_PAGE.error("(NextToken)")
    return int(match[1])


def _device(device: RegisteredIotDevice) -> dict[str, str]:
    """Return a device, which never connects. Its secret is made up, as everything here."""
    made_up = hashlib.sha256(device.identity.encode()).hexdigest()
    created = _FIRST_CREATED + timedelta(seconds=device.ordinal)
    gmt, utc = created.strftime("%a, %d-%b-%Y %H:%M:%S GMT"), created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "DeviceId": made_up[:20],
        "DeviceName": device.name,
        "DeviceSecret": made_up[32:],
        "DeviceStatus": "UNACTIVE",
        "GmtCreate": gmt,
        "GmtModified": gmt,
        "IotId": f"{made_up[:20]}00100",
        "Nickname": "",
        "ProductKey": device.product.product_key,
        "UtcCreate": utc,
        "UtcModified": utc,
    }
