"""The operation of IoT Platform (2018-01-20) on device certificates. Its own errors come with HTTP 200."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from alicloud_device_certificates.emulator.issuing.shapes import key_body
from alicloud_device_certificates.emulator.services.access import Call, Reply, body_of
from alicloud_device_certificates.emulator.services.answers import ServiceError
from alicloud_device_certificates.emulator.world.entries import IotEntry, iot_identity

VERSION = "2018-01-20"
ERROR_PREFIX = "iot."
_STATUS = {"generating": 0, "failed": 1, "generated": 2}


def query_device_cert(call: Call) -> Reply:
    """QueryDeviceCert(ProductKey, DeviceName, IotInstanceId where the product is in an enterprise instance)."""
    product_key, device_name = call.argument("ProductKey"), call.argument("DeviceName")
    if not product_key:
        raise _error("iot.prod.NullProductKey", "ProductKey cannot be empty.")
    if not device_name:
        raise _error("iot.device.NullDeviceName", "Device name cannot be empty.")
    _check_product(call, product_key)
    entry = call.world.entries().get(iot_identity(product_key, device_name))
    if not isinstance(entry, IotEntry):
        raise _error("iot.device.NotExistedDevice", "The specified device does not exist.")
    fault = call.world.fault_due((entry.identity, entry.spec.fault), (product_key, entry.product.fault))
    return Reply(data={"Success": True, "DeviceCertInfo": _certificate(call, entry)}, fault=fault)


OPERATIONS: Mapping[str, Callable[[Call], Reply]] = MappingProxyType({"QueryDeviceCert": query_device_cert})


def error_content(error: ServiceError, *, request_id: str) -> dict[str, Any]:
    """The service's own way to say that a call failed."""
    return {"RequestId": request_id, "Success": False, "Code": error.code, "ErrorMessage": error.message}


def _check_product(call: Call, product_key: str) -> None:
    owner, product = call.world.products.get(product_key, (None, None))
    instance_id = call.arguments.get("IotInstanceId") or None
    known = {p.iot_instance_id for account, p in call.world.products.values() if account.id == call.account.id}
    if instance_id is not None and instance_id not in known:
        raise _error("iot.system.InstanceNotFound", "The specified instance ID does not exist.")
    if product is None or owner is None or owner.id != call.account.id or product.iot_instance_id != instance_id:
        raise _error("iot.prod.NotExistedProduct", "The specified product does not exist.")
    if not call.may("iot:QueryDeviceCert", resource=product_key):
        raise ServiceError(
            403,
            "Forbidden.RAM",
            "User not authorized to operate on the specified resource. iot:QueryDeviceCert is needed.",
        )


def _certificate(call: Call, entry: IotEntry) -> dict[str, Any]:
    spec = entry.spec
    number = str if spec.numbers == "string" else int
    status = number(_STATUS[entry.status])
    if entry.status != "generated":
        return {"Status": status}
    record = call.world.certificate(entry)
    key = call.world.other_key(entry) if spec.wrong_key else record
    return {
        "Status": status,
        "Certificate": body_of(call.world, entry, record),
        "PrivateKey": key_body(key, spec.key_shape),
        "CertSN": spec.cert_sn or record.certificate_id,
    }


def _error(code: str, message: str) -> ServiceError:
    return ServiceError(200, code, message)
