"""The engine's events of fleets, as it writes them."""

from __future__ import annotations

from typing import Any

from pulumi.automation.events import EngineEvent

from alicloud_device_certificates.gate.collect.events import PreviewResult, preview_result
from alicloud_device_certificates.gate.collect.observed import Observed

STACK = "urn:pulumi:dev::fleet::pulumi:pulumi:Stack::fleet-dev"
MQTT = "pulumi-python:dynamic/alicloud:MqttDeviceCertificates"
IOT = "pulumi-python:dynamic/alicloud:IotDeviceCertificates"
CAS = "pulumi-python:dynamic/alicloud:MqttCaCertificates"
SINGLE = "pulumi-python:dynamic/alicloud:MqttDeviceCertificate"
ID = "mqtt-fleet/cn-hangzhou/post-cn-1/-"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def urn_of(name: str = "meters", type_: str = MQTT) -> str:
    return f"urn:pulumi:dev::fleet::{type_}::{name}"


def device(sn: str, *, serial: str = "1", ca_sn: str = "00f2", status: str = "active", **fields: Any) -> dict[str, Any]:
    return {"serial_number": serial, "status": status, "device_sn": sn, "ca_sn": ca_sn, **fields}


def outputs(*members: dict[str, Any], errors: Any = None, warnings: Any = None, **others: Any) -> dict[str, Any]:
    """The outputs of a fleet of devices by SN, with numbers as the engine returns them."""
    statuses = [member["status"] for member in members]
    return {
        "certificates": {member["device_sn"]: member for member in members},
        "summary": {
            "count": float(len(members)),
            "selected": float(len(members)),
            "by_status": {status: float(statuses.count(status)) for status in statuses},
        },
        "errors": errors or {},
        "warnings": warnings or [],
        "on_error": "fail",
    } | others


def state(
    outputs: dict[str, Any] | None, *, name: str = "meters", type_: str = MQTT, id_: str = ID, **inputs: Any
) -> dict[str, Any]:
    urn = urn_of(name, type_)
    return {"type": type_, "urn": urn, "id": id_, "parent": STACK, "provider": "", "inputs": inputs, "outputs": outputs}


def step(
    old: dict[str, Any] | None = None, new: dict[str, Any] | None = None, *, op: str = "read", kind: str = "ended"
) -> dict[str, Any]:
    """A step of a data source between two of its states."""
    known = new or old or {}
    event = {"ended": "resOutputsEvent", "begun": "resourcePreEvent"}[kind]
    metadata = {"op": op, "urn": known["urn"], "type": known["type"], "old": old, "new": new, "provider": ""}
    return {event: {"metadata": metadata}}


def error(message: str, urn: str) -> dict[str, Any]:
    return {"diagnosticEvent": {"message": message, "color": "never", "severity": "error", "urn": urn}}


def result(*events: dict[str, Any]) -> PreviewResult:
    return preview_result(
        EngineEvent.from_json({"sequence": n, "timestamp": 0, **each}) for n, each in enumerate(events)
    )


def seen(old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Observed]:
    """What a read of a fleet shows, by name, from its outputs at the last update and now."""
    read = step(None if old is None else state(old), None if new is None else state(new))
    return {each.name: each for each in result(read).certificates}
