"""``device-certificates emulator ...``: serve the emulator, or change the state of one.

The module imports little more than argparse; each command imports what it needs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alicloud_device_certificates.cli.columns import aligned
from alicloud_device_certificates.cli.commands import Commands
from alicloud_device_certificates.cli.streams import inert, say
from alicloud_device_certificates.contract.project import EMULATOR_STATE_FOLDER
from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds

if TYPE_CHECKING:
    from alicloud_device_certificates.emulator.world.world import World

_NO_OFFSET = {"reset", "right"}  # `right` is the former spelling


def add_emulator(
    commands: Commands,
) -> Mapping[str, argparse.ArgumentParser]:
    """Add ``emulator`` and its commands to the command line. Return the parsers of its commands by name."""
    emulator = commands.add_parser(
        "emulator",
        help="emulate both services on this machine",
        description="Emulate ApsaraMQ for MQTT and IoT Platform. Without a command, serve both over HTTP until SIGTERM "
        "or Ctrl-C, and print the URL. A command changes the state, whether an emulator is running or not.",
    )
    emulator.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    emulator.add_argument("--port", type=int, default=0, help="port to listen on (default: a free port)")
    emulator.add_argument(
        "--allow-remote",
        action="store_true",
        help="accept any --host; the control API is then disabled",
    )
    _add_folders(emulator, default=None)
    emulator.set_defaults(run=_serve)
    inner = emulator.add_subparsers(metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        parser = inner.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        # Suppressed: a default here would overwrite a value that stands before the command.
        _add_folders(parser, default=argparse.SUPPRESS)
        parser.set_defaults(run=run)
        return parser

    def device_command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        parser = command(name, run, text)
        parser.add_argument("name", metavar="NAME", help="device name, SN, instance/SN or product/name")
        return parser

    for name, text in (
        ("rotate", "issue a new key and certificate"),
        ("renew", "issue a new certificate for the same key"),
    ):
        parser = device_command(name, _reissue(name), text)
        parser.add_argument(
            "--new-serial", action="store_true", help="use a random X.509 serial number instead of the SN"
        )
    device_command("activate", _status("activate"), "set the status to active (IoT: generated)")
    device_command("deactivate", _status("deactivate"), "set the status to inactive (MQTT only)")
    parser = device_command("set-status", _status("set_status"), "set any status of the service")
    parser.add_argument("status", metavar="STATUS", help="active or inactive; IoT: generating, failed or generated")
    device_command("remove", _remove, "remove a device and its certificate")
    parser = device_command("add", _add, "add a device")
    parser.add_argument("--product", metavar="KEY", help="add the device to an IoT product, not an MQTT instance")
    parser.add_argument("--instance", metavar="ID", help="MQTT instance, if there is more than one")
    parser.add_argument("--ca", metavar="SN", help="CA of the instance, if there is more than one")
    parser.add_argument("--sn", help="SN of the MQTT device certificate (default: a random one)")
    parser.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="set another field of the device; can be repeated",
    )
    parser = command("clock", _clock, "set the offset of the emulator's clock")
    parser.add_argument("offset", metavar="OFFSET", help="such as +20m (negative: `clock -- -20m`), or `reset`")
    parser = command("status", _show_status, "list the devices")
    parser.add_argument("--json", action="store_true", help="print JSON")
    command("reset", _reset, "delete all certificates and changes; certificates are issued again on request")
    command("schema", _schema, "print the JSON Schema of scenario files")
    return inner.choices


def _add_folders(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    parser.add_argument(
        "--scenario",
        metavar="FILE",
        type=Path,
        default=default,
        help="YAML or JSON file (default: the one the state folder was last used with, or else the built-in scenario)",
    )
    parser.add_argument(
        "--state",
        metavar="DIR",
        type=Path,
        default=default,
        help=f"state folder (default: {EMULATOR_STATE_FOLDER} beside the nearest Pulumi.yaml)",
    )


def _serve(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.contract.loopback import is_loopback
    from alicloud_device_certificates.emulator.errors import ServerError
    from alicloud_device_certificates.emulator.http import server
    from alicloud_device_certificates.emulator.http.app import emulator_app

    local = is_loopback(options.host)
    if not local and not options.allow_remote:
        raise ServerError(
            f"{options.host} makes the emulator reachable from other machines; to allow that, add --allow-remote"
        )
    app = emulator_app(options.scenario, options.state, control=local)
    listening = server.listen(options.host, options.port)
    if not local:
        say(f"other machines can reach {options.host}: the control API is disabled", sys.stderr)
    server.serve(app, listening, ready=say)


def _reissue(command: str) -> Callable[[argparse.Namespace], None]:
    def run(options: argparse.Namespace) -> None:
        from alicloud_device_certificates.emulator.world import commands

        reissue, done = {"rotate": (commands.rotate, "rotated"), "renew": (commands.renew, "renewed")}[command]
        record = reissue(_world(options), options.name, new_serial=options.new_serial)
        until = _time(record.not_after)
        say(f"{inert(record.identity)}: {done}, serial number {record.serial_hex}, valid until {until}")

    return run


def _status(command: str) -> Callable[[argparse.Namespace], None]:
    def run(options: argparse.Namespace) -> None:
        from alicloud_device_certificates.emulator.world import commands

        world = _world(options)
        if command == "set_status":
            device = commands.set_status(world, options.name, options.status)
        else:
            device = {"activate": commands.activate, "deactivate": commands.deactivate}[command](world, options.name)
        say(f"{inert(device.identity)}: {device.status}")

    return run


def _remove(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world import commands

    say(f"{inert(commands.remove(_world(options), options.name).identity)}: removed")


def _add(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.scenario.loading import convert
    from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
    from alicloud_device_certificates.emulator.world import commands

    fields: dict[str, Any] = {"name": options.name, **_fields(options.set)}
    world = _world(options)
    if options.product is not None:
        device = commands.add_iot(world, convert(fields, IotDevice), product_key=options.product)
    else:
        fields["sn"] = options.sn or commands.new_sn()
        device = commands.add_mqtt(
            world, convert(fields, MqttDevice), mqtt_instance_id=options.instance, ca_sn=options.ca
        )
    say(f"{inert(device.identity)}: added, {device.status}")


def _fields(pairs: Sequence[str]) -> dict[str, Any]:
    from alicloud_device_certificates.contract.bounds import DocumentError
    from alicloud_device_certificates.contract.documents import parse_json
    from alicloud_device_certificates.emulator.errors import CommandError

    fields: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CommandError(f"--set {pair}: must be FIELD=VALUE")
        try:  # lists and objects are JSON, such as names=["DNS:a.example"]
            fields[name] = parse_json(value) if value[:1] in {"[", "{"} else value
        except DocumentError as error:
            raise CommandError(f"--set {name}: the value is not JSON ({error})") from None
    return fields


def _clock(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world import commands

    now = commands.set_clock(_world(options), None if options.offset in _NO_OFFSET else options.offset)
    say(f"the emulator's time is {_time(now)}")


def _show_status(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world import commands

    world = _world(options)
    if options.json:
        say(json.dumps(commands.describe_devices(world), indent=2))
        return
    table = [("NAME", "STATUS", "KEY", "SERIAL NUMBER", "NOT AFTER", "IDENTITY")]
    for row in commands.describe_devices(world):
        not_after = "-" if row["not_after"] is None else _time(row["not_after"])
        serial = row["serial_number_hex"] or "-"
        table.append((inert(row["name"]), row["status"], row["key"], serial, not_after, inert(row["identity"])))
    for row in commands.describe_synthetic(world):
        table.append((row["name"], f"{row['devices']:,} synthetic", row["key"], "-", "-", inert(row["identity"])))
    for line in aligned(table):
        say(line)


def _reset(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world.state import StateFolder

    # Without the scenario: a reset must work when nothing else does.
    folder = StateFolder(_state(options))
    folder.reset()
    say(f"{inert(str(folder.path))}: reset")


def _schema(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.scenario.scenario import json_schema

    del options
    say(json.dumps(json_schema(), indent=2))


def _world(options: argparse.Namespace) -> World:
    from alicloud_device_certificates.emulator.world.commands import open_world

    return open_world(options.scenario, _state(options))


def _state(options: argparse.Namespace) -> Path:
    from alicloud_device_certificates.emulator.world.state import default_state_folder

    state: Path | None = options.state
    return state if state is not None else default_state_folder(Path.cwd())


def _time(milliseconds: int) -> str:
    return rfc3339_from_milliseconds(milliseconds)
