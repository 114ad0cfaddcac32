"""The control API, below `/_emulator/`: looks at the emulator and changes it, in JSON.

    GET  state                                     what there is (no keys)
    POST rotate      {"name", "new_serial"?}       a new key and certificate
    POST renew       {"name", "new_serial"?}       a new certificate for the same key
    POST activate    {"name"}
    POST deactivate  {"name"}
    POST set-status  {"name", "status"}
    POST add         {"mqtt_instance_id"?, "ca_sn"?, "device"} or {"product_key", "device"}
    POST remove      {"name"}
    POST clock       {"offset"}                    such as "+20m"; null puts it right
    POST reset       {}

It asks for no signature, so it is served on loopback only, and not to web pages: a request that carries an Origin, or
that was sent to another name than this machine's own, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from alicloud_device_certificates.emulator.errors import EmulatorError
from alicloud_device_certificates.emulator.http.signatures import Request
from alicloud_device_certificates.emulator.scenario.loading import convert
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
from alicloud_device_certificates.emulator.services.answers import Answer, plain
from alicloud_device_certificates.emulator.world import commands
from alicloud_device_certificates.emulator.world.entries import Entry
from alicloud_device_certificates.emulator.world.world import World

_OWN_NAMES = {"127.0.0.1", "localhost", "[::1]"}


class _Named(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: str


class _Anew(_Named, kw_only=True):
    new_serial: bool = False


class _WithStatus(_Named, kw_only=True):
    status: str


class _AddMqtt(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    device: MqttDevice
    mqtt_instance_id: str | None = None
    ca_sn: str | None = None


class _AddIot(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    product_key: str
    device: IotDevice


class _Clock(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    offset: str | None


def respond(world: World, request: Request, *, command: str) -> Answer:
    """Answers one request; `command` is the path without the prefix."""
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    wanted = "GET" if command == "state" else "POST"
    if "origin" in request.headers or name not in _OWN_NAMES:
        status, content = 403, {"error": "the control API is for programs on this machine"}
    elif command not in _COMMANDS:
        status, content = 404, {"error": f"no command {command!r}; there are {', '.join(_COMMANDS)}"}
    elif request.method != wanted:
        status, content = 405, {"error": f"{command} wants {wanted}"}
    else:
        status, content = _run(world, command, request.body)
    return plain(status, content)


def _run(world: World, command: str, body: bytes) -> tuple[int, dict[str, Any]]:
    try:
        return 200, _COMMANDS[command](world, msgspec.json.decode(body or b"{}"))
    except EmulatorError as error:
        return 400, {"error": str(error)}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 400, {"error": "the body is not JSON"}


def _state(world: World, arguments: object) -> dict[str, Any]:
    convert(arguments, _Nothing)
    return {
        "state": str(world.state.path),
        "now": world.now(),
        "clock_offset": world.state.changes().clock_offset,
        "devices": commands.overview(world),
    }


def _rotate(world: World, arguments: object) -> dict[str, Any]:
    asked = convert(arguments, _Anew)
    return _told(world, commands.rotate(world, asked.name, new_serial=asked.new_serial).identity)


def _renew(world: World, arguments: object) -> dict[str, Any]:
    asked = convert(arguments, _Anew)
    return _told(world, commands.renew(world, asked.name, new_serial=asked.new_serial).identity)


def _by_name(change: Callable[[World, str], Entry]) -> Callable[[World, object], dict[str, Any]]:
    def run(world: World, arguments: object) -> dict[str, Any]:
        return _told(world, change(world, convert(arguments, _Named).name).identity)

    return run


def _set_status(world: World, arguments: object) -> dict[str, Any]:
    asked = convert(arguments, _WithStatus)
    return _told(world, commands.set_status(world, asked.name, asked.status).identity)


def _add(world: World, arguments: object) -> dict[str, Any]:
    if isinstance(arguments, dict) and "product_key" in arguments:
        thing = convert(arguments, _AddIot)
        return _told(world, commands.add_iot(world, thing.device, product_key=thing.product_key).identity)
    asked = convert(arguments, _AddMqtt)
    entry = commands.add_mqtt(world, asked.device, mqtt_instance_id=asked.mqtt_instance_id, ca_sn=asked.ca_sn)
    return _told(world, entry.identity)


def _remove(world: World, arguments: object) -> dict[str, Any]:
    return {"removed": commands.remove(world, convert(arguments, _Named).name).identity}


def _clock(world: World, arguments: object) -> dict[str, Any]:
    offset = convert(arguments, _Clock).offset
    return {"now": commands.set_clock(world, offset), "clock_offset": offset}


def _reset(world: World, arguments: object) -> dict[str, Any]:
    world.state.reset()
    return _state(world, arguments)


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    pass


_COMMANDS: Mapping[str, Callable[[World, object], dict[str, Any]]] = {
    "state": _state,
    "rotate": _rotate,
    "renew": _renew,
    "activate": _by_name(commands.activate),
    "deactivate": _by_name(commands.deactivate),
    "set-status": _set_status,
    "add": _add,
    "remove": _remove,
    "clock": _clock,
    "reset": _reset,
}


def _told(world: World, identity: str) -> dict[str, Any]:
    return {"device": next(row for row in commands.overview(world) if row["identity"] == identity)}
