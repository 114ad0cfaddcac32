"""IoT Platform: its operation on one device certificate."""

from __future__ import annotations

from typing import Any, Final

from alicloud_device_certificates.emulator.services.bodies import device_certificate_body, private_key_body
from alicloud_device_certificates.emulator.services.iot_service import IOT, NO_DEVICE, NULL_DEVICE_NAME, product_of
from alicloud_device_certificates.emulator.services.operation import (
    Argument,
    Operation,
    OperationRequest,
    OperationResult,
)
from alicloud_device_certificates.emulator.world.devices import RegisteredIotDevice, iot_identity

_STATUS = {"generating": 0, "failed": 1, "generated": 2}


def query_device_cert(request: OperationRequest) -> OperationResult:
    """Return the certificate, private key and status of a device."""
    product_key, device_name = request.argument("ProductKey"), request.argument("DeviceName")
    if product_key and not device_name:
        raise NULL_DEVICE_NAME.error()
    product_of(request, "iot:QueryDeviceCert")
    device = request.world.registry().get(iot_identity(product_key, device_name))
    if not isinstance(device, RegisteredIotDevice):
        raise NO_DEVICE.error()
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
