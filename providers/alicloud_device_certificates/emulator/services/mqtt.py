"""ApsaraMQ for MQTT: its operations on one device or CA certificate."""

from __future__ import annotations

from typing import Final

from alicloud_device_certificates.emulator.services.mqtt_service import (
    MQTT,
    NO_CA,
    NO_DEVICE,
    ca_document,
    device_document,
    instance_of,
    sn_argument,
)
from alicloud_device_certificates.emulator.services.operation import (
    Argument,
    Operation,
    OperationRequest,
    OperationResult,
)
from alicloud_device_certificates.emulator.world.devices import RegisteredMqttDevice, find_ca, mqtt_identity


def get_device_certificate(request: OperationRequest) -> OperationResult:
    """Return a device certificate with the status and validity that the service reports."""
    instance_id, ca_sn, device_sn = (sn_argument(request, name) for name in ("MqttInstanceId", "CaSn", "DeviceSn"))
    instance = instance_of(request, "mq:GetDeviceCertificate")
    device = request.world.registry().get(mqtt_identity(instance_id, ca_sn, device_sn))
    if not isinstance(device, RegisteredMqttDevice):
        raise NO_DEVICE.error()
    fault = request.world.take_fault((device.identity, device.spec.fault), (instance_id, instance.fault))
    return OperationResult(data={"Data": device_document(request.world, device)}, fault=fault)


def get_ca_certificate(request: OperationRequest) -> OperationResult:
    """Return a CA certificate."""
    sn = sn_argument(request, "Sn")
    instance = instance_of(request, "mq:GetCaCertificate")
    ca = find_ca(instance, sn)
    if ca is None:
        raise NO_CA.error()
    fault = request.world.take_fault((instance.id, instance.fault))
    return OperationResult(data={"Data": ca_document(request.world, instance, ca)}, fault=fault)


_INSTANCE = Argument("MqttInstanceId")
OPERATIONS: Final = (
    Operation(
        service=MQTT,
        name="GetDeviceCertificate",
        arguments=(_INSTANCE, Argument("CaSn"), Argument("DeviceSn")),
        run=get_device_certificate,
    ),
    Operation(service=MQTT, name="GetCaCertificate", arguments=(_INSTANCE, Argument("Sn")), run=get_ca_certificate),
)
