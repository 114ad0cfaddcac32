"""The control API below ``/_emulator/``: inspect and change the emulator, in JSON.

Requests need no signature. It is therefore served on loopback only, and not to web pages: it rejects requests with an
``Origin`` header and requests for any host name but this machine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from alicloud_device_certificates.contract.bounds import DocumentError
from alicloud_device_certificates.contract.documents import parse_json
from alicloud_device_certificates.emulator.errors import EmulatorError
from alicloud_device_certificates.emulator.http.gateway_errors import internal_error
from alicloud_device_certificates.emulator.http.request import HttpRequest
from alicloud_device_certificates.emulator.scenario.loading import convert
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
from alicloud_device_certificates.emulator.services.responses import HttpResponse, json_response
from alicloud_device_certificates.emulator.world import commands
from alicloud_device_certificates.emulator.world.devices import RegisteredDevice
from alicloud_device_certificates.emulator.world.world import World

_OWN_HOSTS = {"127.0.0.1", "localhost", "[::1]"}


class Empty(msgspec.Struct, forbid_unknown_fields=True):
    """No arguments."""


class Name(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A device."""

    name: str


class Reissue(Name, kw_only=True):
    """A device to issue a certificate for."""

    new_serial: bool = False


class Status(Name, kw_only=True):
    """A device and its new status."""

    status: str


class AddMqtt(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A device certificate to add to an MQTT instance."""

    device: MqttDevice
    mqtt_instance_id: str | None = None
    ca_sn: str | None = None


class AddIot(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A device to add to an IoT product."""

    product_key: str
    device: IotDevice


class Clock(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An offset such as ``+20m``; None resets the clock."""

    offset: str | None


class ControlCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A command of the control API, which responds to POST unless ``method`` says otherwise."""

    body: type[msgspec.Struct]
    """Structure of the request's body."""
    run: Callable[[World, Any], dict[str, Any]]
    """Returns the response's content."""
    meaning: str
    """What it does, for the documentation."""
    method: str = "POST"
    iot_body: type[msgspec.Struct] | None = None
    """Structure of a body that names a product of IoT Platform."""


def _state(world: World, _: Empty) -> dict[str, Any]:
    return {
        "state": str(world.state.path),
        "now": world.now(),
        "clock_offset": world.state.changes().clock_offset,
        "devices": commands.describe_devices(world),
        "synthetic": commands.describe_synthetic(world),
    }


def _rotate(world: World, body: Reissue) -> dict[str, Any]:
    return _describe(world, commands.rotate(world, body.name, new_serial=body.new_serial).identity)


def _renew(world: World, body: Reissue) -> dict[str, Any]:
    return _describe(world, commands.renew(world, body.name, new_serial=body.new_serial).identity)


def _by_name(change: Callable[[World, str], RegisteredDevice]) -> Callable[[World, Name], dict[str, Any]]:
    def run(world: World, body: Name) -> dict[str, Any]:
        return _describe(world, change(world, body.name).identity)

    return run


def _set_status(world: World, body: Status) -> dict[str, Any]:
    return _describe(world, commands.set_status(world, body.name, body.status).identity)


def _add(world: World, body: AddMqtt | AddIot) -> dict[str, Any]:
    if isinstance(body, AddIot):
        device = commands.add_iot(world, body.device, product_key=body.product_key)
    else:
        device = commands.add_mqtt(world, body.device, mqtt_instance_id=body.mqtt_instance_id, ca_sn=body.ca_sn)
    return _describe(world, device.identity)


def _remove(world: World, body: Name) -> dict[str, Any]:
    return {"removed": commands.remove(world, body.name).identity}


def _clock(world: World, body: Clock) -> dict[str, Any]:
    return {"now": commands.set_clock(world, body.offset), "clock_offset": body.offset}


def _reset(world: World, body: Empty) -> dict[str, Any]:
    world.state.reset()
    return _state(world, body)


def _describe(world: World, identity: str) -> dict[str, Any]:
    return {"device": commands.describe_device(world, commands.find_device(world, identity))}


CONTROL_COMMANDS: Final[Mapping[str, ControlCommand]] = MappingProxyType(
    {
        "state": ControlCommand(
            method="GET", body=Empty, run=_state, meaning="list the devices, the state folder and the time; never a key"
        ),
        "rotate": ControlCommand(body=Reissue, run=_rotate, meaning="issue a new key and certificate"),
        "renew": ControlCommand(body=Reissue, run=_renew, meaning="issue a new certificate for the same key"),
        "activate": ControlCommand(
            body=Name, run=_by_name(commands.activate), meaning="set the status to active (IoT: generated)"
        ),
        "deactivate": ControlCommand(
            body=Name, run=_by_name(commands.deactivate), meaning="set the status to inactive (MQTT only)"
        ),
        "set-status": ControlCommand(body=Status, run=_set_status, meaning="set any status of the service"),
        "add": ControlCommand(body=AddMqtt, iot_body=AddIot, run=_add, meaning="add a device"),
        "remove": ControlCommand(body=Name, run=_remove, meaning="remove a device and its certificate"),
        "clock": ControlCommand(body=Clock, run=_clock, meaning="set the offset of the clock; null resets it"),
        "reset": ControlCommand(body=Empty, run=_reset, meaning="delete all certificates and changes"),
    }
)
"""The commands by their path below ``/_emulator/``."""


def respond(world: World, request: HttpRequest, *, command: str) -> HttpResponse:
    """Return the response to one request; ``command`` is the path without the prefix."""
    host = request.headers.get("host", "")
    hostname = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    known = CONTROL_COMMANDS.get(command)
    if "origin" in request.headers or hostname not in _OWN_HOSTS:
        status, content = 403, {"error": "the control API accepts only programs on this machine"}
    elif known is None:
        status, content = 404, {"error": f"no command {command[:40]!r}; known commands: {', '.join(CONTROL_COMMANDS)}"}
    elif request.method != known.method:
        status, content = 405, {"error": f"{command} requires {known.method}"}
    else:
        status, content = _run(world, known, request.body)
    return json_response(status, content)


def _run(world: World, command: ControlCommand, text: bytes) -> tuple[int, dict[str, Any]]:
    try:
        content = parse_json(text.decode() or "{}")
        iot = command.iot_body is not None and isinstance(content, dict) and "product_key" in content
        return 200, command.run(world, convert(content, command.iot_body if iot and command.iot_body else command.body))
    except EmulatorError as error:
        return 400, {"error": str(error)}
    except UnicodeDecodeError:
        return 400, {"error": "the body is not JSON"}
    except DocumentError as error:
        return 400, {"error": f"the body: {error}"}
    except Exception as error:  # noqa: BLE001 - the outermost frame
        return 400, {"error": str(internal_error(error))}
