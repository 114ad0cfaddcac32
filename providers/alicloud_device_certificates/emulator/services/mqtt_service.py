"""ApsaraMQ for MQTT (2020-04-20) as a service: its errors, its checks, and how it shows certificates."""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

from alicloud_device_certificates.emulator.issuing.shapes import certificate_body
from alicloud_device_certificates.emulator.scenario.scenario import Ca, MqttInstance
from alicloud_device_certificates.emulator.scenario.times import duration
from alicloud_device_certificates.emulator.services.bodies import ca_certificate_body, device_certificate_body
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode
from alicloud_device_certificates.emulator.services.operation import OperationRequest, Service
from alicloud_device_certificates.emulator.world.devices import RegisteredMqttDevice
from alicloud_device_certificates.emulator.world.world import World

MAX_SN_BYTES: Final = 128
_STATUS = {"inactive": 0, "active": 1}
_CLOUD_HOST = re.compile(r"onsmqtt\.([a-z0-9-]+)\.aliyuncs\.com")

INVALID_ARGUMENT = ErrorCode(
    "ParameterFieldCheckFailed",
    400,
    "Failed to validate the parameters. The parameters may be missing or invalid.",
    f"an SN is empty or longer than {MAX_SN_BYTES} bytes, or a page number or size is out of range",
)
NO_INSTANCE = ErrorCode(
    "MqttInstanceNotFound",
    500,
    "Specified instance is not found",
    "there is no such instance, or it is in another region",
)
NOT_OWNER = ErrorCode(
    "MqttOwnerCheckError",
    500,
    "Failed to validate the instance permission",
    "the instance belongs to another account",
)
FORBIDDEN = ErrorCode(
    "NoPermission",
    403,
    "You are not authorized to do this action.",
    "the user's `allow`, `deny` or `resources` forbid it",
)
NO_DEVICE = ErrorCode(
    "FindDeviceBySnError",
    500,
    "Failed to find the device certificate by the SN. Please check sn is valid",
    "the CA has no such device certificate; for `ListDeviceCertificateByCaSn`, the instance has no such CA",
)
NO_CA = ErrorCode(
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
    errors=(INVALID_ARGUMENT, NO_INSTANCE, NOT_OWNER, FORBIDDEN, NO_DEVICE, NO_CA),
)


def instance_of(request: OperationRequest, action: str) -> MqttInstance:
    """Return the instance that a request names, if the user may use ``action`` on it. Raise ServiceError."""
    instance_id = sn_argument(request, "MqttInstanceId")
    owner, instance = request.world.instances.get(instance_id, (None, None))
    region = _CLOUD_HOST.fullmatch(request.host.partition(":")[0])
    if owner is None or instance is None or (region is not None and region[1] != instance.region):
        raise NO_INSTANCE.error()
    if owner.id != request.account.id:
        raise NOT_OWNER.error()
    if not request.may(action, "mq:MqttInstanceAccess", resource=instance_id):
        raise FORBIDDEN.error(
            f"{action} and mq:MqttInstanceAccess are needed on acs:mq:{instance.region}:{owner.id}:{instance_id}."
        )
    return instance


def sn_argument(request: OperationRequest, name: str) -> str:
    """Return an argument that holds an SN or an instance ID. Raise ServiceError."""
    value = request.argument(name)
    if not value or len(value.encode()) > MAX_SN_BYTES:
        raise INVALID_ARGUMENT.error(f"({name})")
    return value


def device_document(world: World, device: RegisteredMqttDevice) -> dict[str, Any]:
    """Return a device certificate as all operations show it."""
    record, spec = world.certificate(device), device.spec
    number = str if spec.numbers == "string" else int
    shift = duration(spec.reported_shift) if spec.reported_shift else 0
    return {
        "ValidBegin": number(record.not_before + shift),
        "ValidEnd": number(record.not_after + shift),
        "DeviceSn": spec.sn,
        "DeviceName": device.name,
        "DeviceContent": device_certificate_body(world, device, record),
        "CaSn": device.ca.sn,
        "Status": number(_STATUS[device.status]),
    }


def ca_document(world: World, instance: MqttInstance, ca: Ca) -> dict[str, Any]:
    """Return a CA certificate as all operations show it. All its numbers are strings, as in the vendor's examples."""
    record = world.ca_certificate(instance, ca)
    registration_code = str(uuid.uuid5(uuid.NAMESPACE_URL, record.identity))
    verification = world.verification_certificate(instance, ca, registration_code)
    return {
        "RegistrationCode": registration_code,
        "CaName": ca.name or ca.sn,
        "Sn": ca.sn,
        "CaContent": ca_certificate_body(ca, record),
        "VerificationContent": certificate_body(verification, shape=ca.shape, label=ca.label, issuer=record),
        "ValidBegin": str(record.not_before),
        "ValidEnd": str(record.not_after),
        "Status": str(_STATUS[ca.status]),
    }
