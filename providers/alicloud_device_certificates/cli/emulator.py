"""`device-certificates emulator ...`: serves the emulator, or changes what a state folder remembers.

Only argparse is imported up here; each command imports what it needs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds

if TYPE_CHECKING:
    from alicloud_device_certificates.emulator.world.world import World


def add_emulator(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `emulator` and its commands to the program's."""
    emulator = commands.add_parser(
        "emulator",
        help="both services on this machine",
        description="Serves both services over HTTP until SIGTERM or Ctrl-C and prints its address; or, with a "
        "command, changes what is emulated, whether it is being served or not.",
    )
    emulator.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    emulator.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    emulator.add_argument(
        "--allow-remote", action="store_true", help="let --host be an address that other machines can reach"
    )
    _add_places(emulator, default=None)
    emulator.set_defaults(run=_serve)
    inner = emulator.add_subparsers(metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        parser = inner.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        # Not given here: what was given before the command counts.
        _add_places(parser, default=argparse.SUPPRESS)
        parser.set_defaults(run=run)
        return parser

    def device_command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        parser = command(name, run, text)
        parser.add_argument("name", metavar="NAME", help="device name, SN, instance/SN or product/name")
        return parser

    for name, text in (("rotate", "issue a new key and certificate"), ("renew", "issue a new certificate, same key")):
        parser = device_command(name, _anew(name), text)
        parser.add_argument("--new-serial", action="store_true", help="with an X.509 serial number other than the SN")
    device_command("activate", _status("activate"), "set status active (IoT: generated)")
    device_command("deactivate", _status("deactivate"), "set status inactive (MQTT only)")
    parser = device_command("set-status", _status("set_status"), "set any status that the service knows")
    parser.add_argument("status", metavar="STATUS", help="active, inactive; IoT: generating, failed, generated")
    device_command("remove", _remove, "take a device and its certificate away")
    parser = device_command("add", _add, "add a device")
    parser.add_argument("--product", metavar="KEY", help="to this IoT product; without it, to an MQTT instance")
    parser.add_argument("--instance", metavar="ID", help="MQTT instance, where there is more than one")
    parser.add_argument("--ca", metavar="SN", help="CA of the instance, where there is more than one")
    parser.add_argument("--sn", help="SN of the MQTT device certificate (default: a new one)")
    parser.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], help="another field of the scenario's device"
    )
    parser = command("clock", _clock, "set how far the emulator's clock is off")
    parser.add_argument("offset", metavar="OFFSET", help="such as +20m (a minus: `clock -- -20m`), or `right`")
    parser = command("status", _overview, "list the devices")
    parser.add_argument("--json", action="store_true", help="as JSON")
    command("reset", _reset, "forget all certificates and changes; the scenario's devices are issued anew")
    command("schema", _schema, "print the JSON Schema of scenario files")


def _add_places(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    parser.add_argument(
        "--scenario",
        metavar="FILE",
        type=Path,
        default=default,
        help="YAML or JSON file (default: the one that the state was last used with, else a built-in one)",
    )
    parser.add_argument(
        "--state",
        metavar="DIR",
        type=Path,
        default=default,
        help="folder to remember in (default: .device-certificates/emulator beside the nearest Pulumi.yaml)",
    )


def _serve(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.contract.loopback import is_loopback
    from alicloud_device_certificates.emulator.errors import ServerError
    from alicloud_device_certificates.emulator.http import server
    from alicloud_device_certificates.emulator.http.app import emulator_app

    local = is_loopback(options.host)
    if not local and not options.allow_remote:
        raise ServerError(f"{options.host} can be reached by other machines; say --allow-remote to serve it there")
    app = emulator_app(options.scenario, options.state, control=local)
    listening = server.listen(options.host, options.port)
    if not local:
        print(  # noqa: T201
            f"serving on {options.host}: other machines can reach this emulator; its control API is off",
            file=sys.stderr,
        )
    server.serve(app, listening, ready=_print_line)


def _anew(how: str) -> Callable[[argparse.Namespace], None]:
    def run(options: argparse.Namespace) -> None:
        from alicloud_device_certificates.emulator.world import commands

        change, done = {"rotate": (commands.rotate, "rotated"), "renew": (commands.renew, "renewed")}[how]
        record = change(_world(options), options.name, new_serial=options.new_serial)
        _print_line(
            f"{record.identity}: {done}, serial number {record.serial_hex}, valid until {_time(record.not_after)}"
        )

    return run


def _status(how: str) -> Callable[[argparse.Namespace], None]:
    def run(options: argparse.Namespace) -> None:
        from alicloud_device_certificates.emulator.world import commands

        world = _world(options)
        if how == "set_status":
            entry = commands.set_status(world, options.name, options.status)
        else:
            entry = {"activate": commands.activate, "deactivate": commands.deactivate}[how](world, options.name)
        _print_line(f"{entry.identity}: {entry.status}")

    return run


def _remove(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world import commands

    _print_line(f"{commands.remove(_world(options), options.name).identity}: removed")


def _add(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.scenario.loading import convert
    from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
    from alicloud_device_certificates.emulator.world import commands

    fields: dict[str, Any] = {"name": options.name, **_fields(options.set)}
    world = _world(options)
    if options.product is not None:
        entry = commands.add_iot(world, convert(fields, IotDevice), product_key=options.product)
    else:
        fields["sn"] = options.sn or commands.new_sn()
        entry = commands.add_mqtt(
            world, convert(fields, MqttDevice), mqtt_instance_id=options.instance, ca_sn=options.ca
        )
    _print_line(f"{entry.identity}: added, {entry.status}")


def _fields(pairs: Sequence[str]) -> dict[str, Any]:
    from alicloud_device_certificates.emulator.errors import CommandError

    fields: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CommandError(f"--set {pair}: is not FIELD=VALUE")
        try:  # a list or an object, such as names=["DNS:a.example"], is written as JSON
            fields[name] = json.loads(value) if value[:1] in {"[", "{"} else value
        except ValueError:
            raise CommandError(f"--set {name}: is not JSON") from None
    return fields


def _clock(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world import commands

    now = commands.set_clock(_world(options), None if options.offset == "right" else options.offset)
    _print_line(f"the emulator's time is {_time(now)}")


def _overview(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world import commands

    rows = commands.overview(_world(options))
    if options.json:
        _print_line(json.dumps(rows, indent=2))
        return
    table = [("NAME", "STATUS", "KEY", "SERIAL NUMBER", "NOT AFTER", "IDENTITY")]
    for row in rows:
        not_after = "-" if row["not_after"] is None else _time(row["not_after"])
        serial = row["serial_number_hex"] or "-"
        table.append((row["name"], row["status"], row["key"], serial, not_after, row["identity"]))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        _print_line("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _reset(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.world.state import StateFolder

    # Not through the scenario: a reset has to work when nothing else does.
    folder = StateFolder(_state(options))
    folder.reset()
    _print_line(f"{folder.path}: reset")


def _schema(options: argparse.Namespace) -> None:
    from alicloud_device_certificates.emulator.scenario.scenario import json_schema

    del options
    _print_line(json.dumps(json_schema(), indent=2))


def _world(options: argparse.Namespace) -> World:
    from alicloud_device_certificates.emulator.world.commands import open_world

    return open_world(options.scenario, _state(options))


def _state(options: argparse.Namespace) -> Path:
    from alicloud_device_certificates.emulator.world.state import default_state_folder

    state: Path | None = options.state
    return state if state is not None else default_state_folder(Path.cwd())


def _time(milliseconds: int) -> str:
    return rfc3339_from_milliseconds(milliseconds)


def _print_line(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command's output
