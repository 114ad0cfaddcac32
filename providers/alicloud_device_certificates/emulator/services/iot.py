"""IoT Platform (2018-01-20): its operation on device certificates. Its own errors come with HTTP 200."""

from __future__ import annotations

from typing import Any, Final

from alicloud_device_certificates.emulator.services.bodies import device_certificate_body, private_key_body
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode
from alicloud_device_certificates.emulator.services.operation import (
    Argument,
    Operation,
    OperationRequest,
    OperationResult,
    Service,
)
from alicloud_device_certificates.emulator.world.devices import RegisteredIotDevice, iot_identity

_STATUS = {"generating": 0, "failed": 1, "generated": 2}

_NULL_PRODUCT_KEY = ErrorCode(
    "iot.prod.NullProductKey", 200, "ProductKey cannot be empty.", "`ProductKey` is an empty string"
)
_NULL_DEVICE_NAME = ErrorCode(
    "iot.device.NullDeviceName", 200, "Device name cannot be empty.", "`DeviceName` is an empty string"
)
_NO_INSTANCE = ErrorCode(
    "iot.system.InstanceNotFound",
    200,
    "The specified instance ID does not exist.",
    "the account has no such enterprise instance",
)
_NO_PRODUCT = ErrorCode(
    "iot.prod.NotExistedProduct",
    200,
    "The specified product does not exist.",
    "the account has no such product in this instance",
)
_NO_DEVICE = ErrorCode(
    "iot.device.NotExistedDevice", 200, "The specified device does not exist.", "the product has no such device"
)
_FORBIDDEN = ErrorCode(
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
    errors=(_NULL_PRODUCT_KEY, _NULL_DEVICE_NAME, _NO_INSTANCE, _NO_PRODUCT, _NO_DEVICE, _FORBIDDEN),
    error_prefix="iot.",
)


def query_device_cert(request: OperationRequest) -> OperationResult:
    """Return the certificate, private key and status of a device."""
    product_key, device_name = request.argument("ProductKey"), request.argument("DeviceName")
    if not product_key:
        raise _NULL_PRODUCT_KEY.error()
    if not device_name:
        raise _NULL_DEVICE_NAME.error()
    _check_product(request, product_key)
    device = request.world.devices().get(iot_identity(product_key, device_name))
    if not isinstance(device, RegisteredIotDevice):
        raise _NO_DEVICE.error()
    fault = request.world.take_fault((device.identity, device.spec.fault), (product_key, device.product.fault))
    return OperationResult(data={"Success": True, "DeviceCertInfo": _certificate(request, device)}, fault=fault)


OPERATIONS: Final = (
    Operation(
        service=IOT,
        name="QueryDeviceCert",
        arguments=(
            Argument("ProductKey"),
            Argument("DeviceName"),
            Argument("IotInstanceId", note="enterprise instances only", required=False),
        ),
        run=query_device_cert,
    ),
)


def _check_product(request: OperationRequest, product_key: str) -> None:
    products = request.world.products
    owner, product = products.get(product_key, (None, None))
    instance_id = request.arguments.get("IotInstanceId") or None
    own_instances = {p.iot_instance_id for account, p in products.values() if account.id == request.account.id}
    if instance_id is not None and instance_id not in own_instances:
        raise _NO_INSTANCE.error()
    if product is None or owner is None or owner.id != request.account.id or product.iot_instance_id != instance_id:
        raise _NO_PRODUCT.error()
    if not request.may("iot:QueryDeviceCert", resource=product_key):
        raise _FORBIDDEN.error("iot:QueryDeviceCert is needed.")


def _certificate(request: OperationRequest, device: RegisteredIotDevice) -> dict[str, Any]:
    world, spec = request.world, device.spec
    number = str if spec.numbers == "string" else int
    status = number(_STATUS[device.status])
    if device.status != "generated":
        return {"Status": status}
    record = world.certificate(device)
    key_record = world.mismatched_key(device) if spec.wrong_key else record
    return {
        "Status": status,
        "Certificate": device_certificate_body(world, device, record),
        "PrivateKey": private_key_body(world, spec, key_record),
        "CertSN": spec.cert_sn or record.certificate_id,
    }
