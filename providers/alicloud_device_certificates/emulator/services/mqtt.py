"""ApsaraMQ for MQTT (2020-04-20): its operations on device and CA certificates."""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

from alicloud_device_certificates.emulator.issuing.shapes import certificate_body
from alicloud_device_certificates.emulator.scenario.scenario import MqttInstance
from alicloud_device_certificates.emulator.scenario.times import duration
from alicloud_device_certificates.emulator.services.bodies import ca_certificate_body, device_certificate_body
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode, ServiceError
from alicloud_device_certificates.emulator.services.operation import (
    Argument,
    Operation,
    OperationRequest,
    OperationResult,
    Service,
)
from alicloud_device_certificates.emulator.world.devices import RegisteredMqttDevice, find_ca, mqtt_identity

MAX_SN_BYTES: Final = 128
MAX_PAGE_SIZE: Final = 100
_STATUS = {"inactive": 0, "active": 1}
_CLOUD_HOST = re.compile(r"onsmqtt\.([a-z0-9-]+)\.aliyuncs\.com")

_INVALID_ARGUMENT = ErrorCode(
    "ParameterFieldCheckFailed",
    400,
    "Failed to validate the parameters. The parameters may be missing or invalid.",
    f"an SN is empty or longer than {MAX_SN_BYTES} bytes, or a page number or size is out of range",
)
_NO_INSTANCE = ErrorCode(
    "MqttInstanceNotFound",
    500,
    "Specified instance is not found",
    "there is no such instance, or it is in another region",
)
_NOT_OWNER = ErrorCode(
    "MqttOwnerCheckError",
    500,
    "Failed to validate the instance permission",
    "the instance belongs to another account",
)
_FORBIDDEN = ErrorCode(
    "NoPermission",
    403,
    "You are not authorized to do this action.",
    "the user's `allow`, `deny` or `resources` forbid it",
)
_NO_DEVICE = ErrorCode(
    "FindDeviceBySnError",
    500,
    "Failed to find the device certificate by the SN. Please check sn is valid",
    "the CA has no such device certificate",
)
_NO_CA = ErrorCode(
    "FindCaBySnError",
    500,
    "Failed to find the CA by the SN. Please check sn is valid.",
    "the instance has no such CA",
)

MQTT: Final = Service(
    product="onsmqtt",
    title="ApsaraMQ for MQTT",
    version="2020-04-20",
    quota=lambda quotas: quotas.onsmqtt,
    errors=(_INVALID_ARGUMENT, _NO_INSTANCE, _NOT_OWNER, _FORBIDDEN, _NO_DEVICE, _NO_CA),
)


def get_device_certificate(request: OperationRequest) -> OperationResult:
    """Return a device certificate with the status and validity that the service reports."""
    instance_id, ca_sn, device_sn = (_sn(request, name) for name in ("MqttInstanceId", "CaSn", "DeviceSn"))
    instance = _instance(request, instance_id, "mq:GetDeviceCertificate")
    device = request.world.devices().get(mqtt_identity(instance_id, ca_sn, device_sn))
    if not isinstance(device, RegisteredMqttDevice):
        raise _NO_DEVICE.error()
    fault = request.world.take_fault((device.identity, device.spec.fault), (instance_id, instance.fault))
    return OperationResult(data={"Data": _device(request, device)}, fault=fault)


def get_ca_certificate(request: OperationRequest) -> OperationResult:
    """Return a CA certificate. All its numbers are strings, as in the vendor's examples."""
    instance_id, sn = (_sn(request, name) for name in ("MqttInstanceId", "Sn"))
    instance = _instance(request, instance_id, "mq:GetCaCertificate")
    ca = find_ca(instance, sn)
    if ca is None:
        raise _NO_CA.error()
    record = request.world.ca_certificate(instance, ca)
    registration_code = str(uuid.uuid5(uuid.NAMESPACE_URL, record.identity))
    verification = request.world.verification_certificate(instance, ca, registration_code)
    data = {
        "RegistrationCode": registration_code,
        "CaName": ca.name or ca.sn,
        "Sn": ca.sn,
        "CaContent": ca_certificate_body(ca, record),
        "VerificationContent": certificate_body(verification, shape=ca.shape, label=ca.label, issuer=record),
        "ValidBegin": str(record.not_before),
        "ValidEnd": str(record.not_after),
        "Status": str(_STATUS[ca.status]),
    }
    return OperationResult(data={"Data": data}, fault=request.world.take_fault((instance_id, instance.fault)))


def list_device_certificate(request: OperationRequest) -> OperationResult:
    """Return a page of an instance's device certificates."""
    instance = _instance(request, _sn(request, "MqttInstanceId"), "mq:ListDeviceCertificate")
    return _page(request, instance, ca_sn=None)


def list_device_certificate_by_ca_sn(request: OperationRequest) -> OperationResult:
    """Return a page of a CA's device certificates."""
    instance_id, ca_sn = (_sn(request, name) for name in ("MqttInstanceId", "CaSn"))
    instance = _instance(request, instance_id, "mq:ListDeviceCertificateByCaSn")
    return _page(request, instance, ca_sn=ca_sn)


_INSTANCE = Argument("MqttInstanceId")
_PAGE = (Argument("PageNo", note="from 1"), Argument("PageSize", note=f"1 to {MAX_PAGE_SIZE}"))
OPERATIONS: Final = (
    Operation(
        service=MQTT,
        name="GetDeviceCertificate",
        arguments=(_INSTANCE, Argument("CaSn"), Argument("DeviceSn")),
        run=get_device_certificate,
    ),
    Operation(service=MQTT, name="GetCaCertificate", arguments=(_INSTANCE, Argument("Sn")), run=get_ca_certificate),
    Operation(service=MQTT, name="ListDeviceCertificate", arguments=(_INSTANCE, *_PAGE), run=list_device_certificate),
    Operation(
        service=MQTT,
        name="ListDeviceCertificateByCaSn",
        arguments=(_INSTANCE, Argument("CaSn"), *_PAGE),
        run=list_device_certificate_by_ca_sn,
    ),
)


def _page(request: OperationRequest, instance: MqttInstance, *, ca_sn: str | None) -> OperationResult:
    number, size = _number(request, "PageNo"), _number(request, "PageSize", maximum=MAX_PAGE_SIZE)
    devices = [
        device
        for device in request.world.devices().values()
        if isinstance(device, RegisteredMqttDevice) and device.instance is instance and ca_sn in {None, device.ca.sn}
    ]
    page = devices[(number - 1) * size : number * size]
    data = {
        "DeviceCertificateVOS": [_device(request, device) for device in page],
        "PageNo": number,
        "PageSize": size,
        "Total": len(devices),
    }
    return OperationResult(data={"Data": data}, fault=request.world.take_fault((instance.id, instance.fault)))


def _device(request: OperationRequest, device: RegisteredMqttDevice) -> dict[str, Any]:
    record, spec = request.world.certificate(device), device.spec
    number = str if spec.numbers == "string" else int
    shift = duration(spec.reported_shift) if spec.reported_shift else 0
    return {
        "ValidBegin": number(record.not_before + shift),
        "ValidEnd": number(record.not_after + shift),
        "DeviceSn": spec.sn,
        "DeviceName": device.name,
        "DeviceContent": device_certificate_body(request.world, device, record),
        "CaSn": device.ca.sn,
        "Status": number(_STATUS[device.status]),
    }


def _instance(request: OperationRequest, instance_id: str, action: str) -> MqttInstance:
    owner, instance = request.world.instances.get(instance_id, (None, None))
    region = _CLOUD_HOST.fullmatch(request.host.partition(":")[0])
    if owner is None or instance is None or (region is not None and region[1] != instance.region):
        raise _NO_INSTANCE.error()
    if owner.id != request.account.id:
        raise _NOT_OWNER.error()
    if not request.may(action, "mq:MqttInstanceAccess", resource=instance_id):
        raise _FORBIDDEN.error(
            f"{action} and mq:MqttInstanceAccess are needed on acs:mq:{instance.region}:{owner.id}:{instance_id}."
        )
    return instance


def _sn(request: OperationRequest, name: str) -> str:
    value = request.argument(name)
    if not value or len(value.encode()) > MAX_SN_BYTES:
        raise _invalid(name)
    return value


def _number(request: OperationRequest, name: str, *, maximum: int = 2**31) -> int:
    value = request.argument(name)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= maximum:
        raise _invalid(name)
    return int(value)


def _invalid(name: str) -> ServiceError:
    return _INVALID_ARGUMENT.error(f"({name})")
