"""IoT Platform (2018-01-20) as a service: its errors and checks. Its own errors come with HTTP 200."""

from __future__ import annotations

from typing import Final

from alicloud_device_certificates.emulator.scenario.scenario import IotProduct
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode
from alicloud_device_certificates.emulator.services.operation import OperationRequest, Service

NULL_PRODUCT_KEY = ErrorCode(
    "iot.prod.NullProductKey", 200, "ProductKey cannot be empty.", "`ProductKey` is an empty string"
)
NULL_DEVICE_NAME = ErrorCode(
    "iot.device.NullDeviceName", 200, "Device name cannot be empty.", "`DeviceName` is an empty string"
)
NO_INSTANCE = ErrorCode(
    "iot.system.InstanceNotFound",
    200,
    "The specified instance ID does not exist.",
    "the account has no such enterprise instance",
)
NO_PRODUCT = ErrorCode(
    "iot.prod.NotExistedProduct",
    200,
    "The specified product does not exist.",
    "the account has no such product in this instance",
)
NO_DEVICE = ErrorCode(
    "iot.device.NotExistedDevice", 200, "The specified device does not exist.", "the product has no such device"
)
INVALID_PAGE = ErrorCode(
    "iot.common.InvalidPageParams",
    200,
    "The specified page size or page number is invalid.",
    "a page number or size is out of range, or `NextToken` is missing, unknown or beyond its limit",
)
FORBIDDEN = ErrorCode(
    "Forbidden.RAM",
    403,
    "User not authorized to operate on the specified resource.",
    "the user's `allow`, `deny` or `resources` forbid it",
)

IOT: Final = Service(
    product="iot",
    title="IoT Platform",
    version="2018-01-20",
    quota=lambda quotas: quotas.iot,
    errors=(NULL_PRODUCT_KEY, NULL_DEVICE_NAME, NO_INSTANCE, NO_PRODUCT, NO_DEVICE, INVALID_PAGE, FORBIDDEN),
    error_prefix="iot.",
)


def product_of(request: OperationRequest, action: str) -> IotProduct:
    """Return the product that a request names, if the user may use ``action`` on it. Raise ServiceError."""
    product_key = request.argument("ProductKey")
    if not product_key:
        raise NULL_PRODUCT_KEY.error()
    products = request.world.products
    owner, product = products.get(product_key, (None, None))
    instance_id = request.arguments.get("IotInstanceId") or None
    own_instances = {p.iot_instance_id for account, p in products.values() if account.id == request.account.id}
    if instance_id is not None and instance_id not in own_instances:
        raise NO_INSTANCE.error()
    if product is None or owner is None or owner.id != request.account.id or product.iot_instance_id != instance_id:
        raise NO_PRODUCT.error()
    if not request.may(action, resource=product_key):
        raise FORBIDDEN.error(f"{action} is needed.")
    return product
