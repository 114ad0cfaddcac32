"""The operations of ApsaraMQ for MQTT (2020-04-20) on device and CA certificates."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from alicloud_device_certificates.emulator.issuing.shapes import certificate_body
from alicloud_device_certificates.emulator.scenario.scenario import MqttInstance
from alicloud_device_certificates.emulator.scenario.times import duration
from alicloud_device_certificates.emulator.services.access import Call, Reply, body_of
from alicloud_device_certificates.emulator.services.answers import ServiceError
from alicloud_device_certificates.emulator.world.entries import MqttEntry, find_ca, mqtt_identity

VERSION = "2020-04-20"
MAX_SN_BYTES = 128
MAX_PAGE = 100
_STATUS = {"inactive": 0, "active": 1}
_CLOUD_HOST = re.compile(r"onsmqtt\.([a-z0-9-]+)\.aliyuncs\.com")


def get_device_certificate(call: Call) -> Reply:
    """GetDeviceCertificate(MqttInstanceId, CaSn, DeviceSn)."""
    instance_id, ca_sn, device_sn = (_sn(call, name) for name in ("MqttInstanceId", "CaSn", "DeviceSn"))
    instance = _instance(call, instance_id, "mq:GetDeviceCertificate")
    entry = call.world.entries().get(mqtt_identity(instance_id, ca_sn, device_sn))
    if not isinstance(entry, MqttEntry):
        raise ServiceError(
            500,
            "FindDeviceBySnError",
            "Failed to find the device certificate by the SN. Please check sn is valid",
        )
    fault = call.world.fault_due((entry.identity, entry.spec.fault), (instance_id, instance.fault))
    return Reply(data={"Data": _device(call, entry)}, fault=fault)


def get_ca_certificate(call: Call) -> Reply:
    """GetCaCertificate(MqttInstanceId, Sn). The vendor shows all its numbers as strings."""
    instance_id, sn = (_sn(call, name) for name in ("MqttInstanceId", "Sn"))
    instance = _instance(call, instance_id, "mq:GetCaCertificate")
    ca = find_ca(instance, sn)
    if ca is None:
        raise ServiceError(500, "FindCaBySnError", "Failed to find the CA by the SN. Please check sn is valid.")
    record = call.world.ca_certificate(instance, ca)
    registration_code = str(uuid.uuid5(uuid.NAMESPACE_URL, record.identity))
    proof = call.world.verification_certificate(instance, ca, registration_code)
    data = {
        "RegistrationCode": registration_code,
        "CaName": ca.name or ca.sn,
        "Sn": ca.sn,
        "CaContent": certificate_body(record, shape=ca.shape, label=ca.label, issuer=None),
        "VerificationContent": certificate_body(proof, shape=ca.shape, label=ca.label, issuer=record),
        "ValidBegin": str(record.not_before),
        "ValidEnd": str(record.not_after),
        "Status": str(_STATUS[ca.status]),
    }
    return Reply(data={"Data": data}, fault=call.world.fault_due((instance_id, instance.fault)))


def list_device_certificate(call: Call) -> Reply:
    """ListDeviceCertificate(MqttInstanceId, PageNo, PageSize)."""
    instance_id = _sn(call, "MqttInstanceId")
    instance = _instance(call, instance_id, "mq:ListDeviceCertificate")
    return _page(call, instance, ca_sn=None)


def list_device_certificate_by_ca_sn(call: Call) -> Reply:
    """ListDeviceCertificateByCaSn(MqttInstanceId, CaSn, PageNo, PageSize)."""
    instance_id, ca_sn = (_sn(call, name) for name in ("MqttInstanceId", "CaSn"))
    instance = _instance(call, instance_id, "mq:ListDeviceCertificateByCaSn")
    return _page(call, instance, ca_sn=ca_sn)


OPERATIONS: Mapping[str, Callable[[Call], Reply]] = MappingProxyType(
    {
        "GetDeviceCertificate": get_device_certificate,
        "GetCaCertificate": get_ca_certificate,
        "ListDeviceCertificate": list_device_certificate,
        "ListDeviceCertificateByCaSn": list_device_certificate_by_ca_sn,
    }
)


def _page(call: Call, instance: MqttInstance, *, ca_sn: str | None) -> Reply:
    number, size = _number(call, "PageNo"), _number(call, "PageSize", most=MAX_PAGE)
    entries = [
        entry
        for entry in call.world.entries().values()
        if isinstance(entry, MqttEntry) and entry.instance is instance and ca_sn in {None, entry.ca.sn}
    ]
    shown = entries[(number - 1) * size : number * size]
    data = {
        "DeviceCertificateVOS": [_device(call, entry) for entry in shown],
        "PageNo": number,
        "PageSize": size,
        "Total": len(entries),
    }
    return Reply(data={"Data": data}, fault=call.world.fault_due((instance.id, instance.fault)))


def _device(call: Call, entry: MqttEntry) -> dict[str, Any]:
    record, spec = call.world.certificate(entry), entry.spec
    number = str if spec.numbers == "string" else int
    off = duration(spec.reported_shift) if spec.reported_shift else 0
    return {
        "ValidBegin": number(record.not_before + off),
        "ValidEnd": number(record.not_after + off),
        "DeviceSn": spec.sn,
        "DeviceName": entry.name,
        "DeviceContent": body_of(call.world, entry, record),
        "CaSn": entry.ca.sn,
        "Status": number(_STATUS[entry.status]),
    }


def _instance(call: Call, instance_id: str, action: str) -> MqttInstance:
    owner, instance = call.world.instances.get(instance_id, (None, None))
    region = _CLOUD_HOST.fullmatch(call.host.partition(":")[0])
    if owner is None or instance is None or (region is not None and region[1] != instance.region):
        raise ServiceError(500, "MqttInstanceNotFound", "Specified instance is not found")
    if owner.id != call.account.id:
        raise ServiceError(500, "MqttOwnerCheckError", "Failed to validate the instance permission")
    if not call.may(action, "mq:MqttInstanceAccess", resource=instance_id):
        raise ServiceError(
            403,
            "NoPermission",
            f"You are not authorized to do this action. {action} and mq:MqttInstanceAccess are needed on "
            f"acs:mq:{instance.region}:{owner.id}:{instance_id}.",
        )
    return instance


def _sn(call: Call, name: str) -> str:
    value = call.argument(name)
    if not value or len(value.encode()) > MAX_SN_BYTES:
        raise _invalid(name)
    return value


def _number(call: Call, name: str, *, most: int = 2**31) -> int:
    value = call.argument(name)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
        raise _invalid(name)
    return int(value)


def _invalid(name: str) -> ServiceError:
    return ServiceError(
        400,
        "ParameterFieldCheckFailed",
        f"Failed to validate the parameters. The parameters may be missing or invalid. ({name})",
    )
