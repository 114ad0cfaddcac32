"""ApsaraMQ for MQTT: its operations that list device or CA certificates, with their contents, in pages."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from alicloud_device_certificates.emulator.scenario.scenario import MqttInstance
from alicloud_device_certificates.emulator.services.mqtt_service import (
    INVALID_ARGUMENT,
    MQTT,
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
from alicloud_device_certificates.emulator.services.page_changes import change_before_mqtt_page
from alicloud_device_certificates.emulator.world.device_list import DeviceList
from alicloud_device_certificates.emulator.world.devices import RegisteredMqttDevice, find_ca

MAX_PAGE_SIZE: Final = 100


class _Page(msgspec.Struct, frozen=True):
    number: int
    size: int

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        return self.number * self.size


def list_device_certificate(request: OperationRequest) -> OperationResult:
    """Return a page of an instance's device certificates."""
    instance = instance_of(request, "mq:ListDeviceCertificate")
    page = _page(request)
    change_before_mqtt_page(request.world, instance, instance.cas, page.number)
    return _devices(request, instance, request.world.registry().of_instance(instance.id), page)


def list_device_certificate_by_ca_sn(request: OperationRequest) -> OperationResult:
    """Return a page of a CA's device certificates."""
    ca_sn = sn_argument(request, "CaSn")
    instance = instance_of(request, "mq:ListDeviceCertificateByCaSn")
    page = _page(request)
    ca = find_ca(instance, ca_sn)
    if ca is None:
        raise NO_DEVICE.error()  # the only error of this operation that is about an SN
    change_before_mqtt_page(request.world, instance, [ca], page.number)
    return _devices(request, instance, request.world.registry().of_ca(instance.id, ca.sn), page)


def list_ca_certificate(request: OperationRequest) -> OperationResult:
    """Return a page of an instance's CA certificates."""
    instance = instance_of(request, "mq:ListCaCertificate")
    page = _page(request)
    cas = instance.cas if instance.list_order == "oldest-first" else instance.cas[::-1]
    documents = [ca_document(request.world, instance, ca) for ca in cas[page.start : page.stop]]
    return _result(request, instance, page, {"CaCertificateVOS": documents, "Total": len(cas)})


_INSTANCE = Argument("MqttInstanceId")
_PAGE = (Argument("PageNo", note="from 1"), Argument("PageSize", note=f"1 to {MAX_PAGE_SIZE}"))
OPERATIONS: Final = (
    Operation(service=MQTT, name="ListDeviceCertificate", arguments=(_INSTANCE, *_PAGE), run=list_device_certificate),
    Operation(
        service=MQTT,
        name="ListDeviceCertificateByCaSn",
        arguments=(_INSTANCE, Argument("CaSn"), *_PAGE),
        run=list_device_certificate_by_ca_sn,
    ),
    Operation(service=MQTT, name="ListCaCertificate", arguments=(_INSTANCE, *_PAGE), run=list_ca_certificate),
)


def _devices(
    request: OperationRequest, instance: MqttInstance, devices: DeviceList[RegisteredMqttDevice], page: _Page
) -> OperationResult:
    between = devices.between if instance.list_order == "oldest-first" else devices.newest_first
    documents = [device_document(request.world, device) for device in between(page.start, page.stop)]
    return _result(request, instance, page, {"DeviceCertificateVOS": documents, "Total": len(devices)})


def _result(request: OperationRequest, instance: MqttInstance, page: _Page, data: dict[str, Any]) -> OperationResult:
    data |= {"PageNo": page.number, "PageSize": page.size}
    return OperationResult(data={"Data": data}, fault=request.world.take_fault((instance.id, instance.fault)))


def _page(request: OperationRequest) -> _Page:
    number = _number(request, "PageNo", maximum=2**31)
    return _Page(number, _number(request, "PageSize", maximum=MAX_PAGE_SIZE))


def _number(request: OperationRequest, name: str, *, maximum: int) -> int:
    value = request.argument(name)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= maximum:
        raise INVALID_ARGUMENT.error(f"({name})")
    return int(value)
