"""docs/emulator.md: the tables of what the emulator holds, serves and accepts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from alicloud_device_certificates.cli.emulator import add_emulator
from alicloud_device_certificates.emulator.http.app import CONTROL_PREFIX
from alicloud_device_certificates.emulator.http.control import CONTROL_COMMANDS, ControlCommand
from alicloud_device_certificates.emulator.http.gateway_errors import GATEWAY_ERRORS
from alicloud_device_certificates.emulator.scenario.loading import load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice, json_schema
from alicloud_device_certificates.emulator.scenario.values import FAULT_BODIES, KEY_SHAPES, SHAPES
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode
from alicloud_device_certificates.emulator.services.operation import Argument, Service
from alicloud_device_certificates.emulator.services.registry import OPERATIONS
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table

LINKS: Final = {
    frozenset(SHAPES): "[shape of a certificate](#shapes-of-a-certificate)",
    frozenset(KEY_SHAPES): "[shape of a private key](#shapes-of-a-private-key)",
    frozenset(FAULT_BODIES): "[fault body](#fault-bodies)",
}
"""Links to the tables of enumerations, instead of the enumerations."""

COMMON_OPTIONS: Final = ("[-h]", "[--scenario FILE]", "[--state DIR]")
"""Options of every command, which the table leaves out."""


def default_scenario() -> str:
    """Return the table of what the default scenario holds."""
    (account,) = load_scenario().accounts
    user = account.users[0]
    rows = [
        ("account", f"`{account.id}`", ""),
        ("access key", f"`{user.access_key_id}`", f"secret `{user.access_key_secret}`"),
    ]
    for instance in account.mqtt_instances:
        rows.append(("MQTT instance", f"`{instance.id}`", f"in `{instance.region}`"))
        for ca in instance.cas:
            rows.append(("CA", f"`{ca.sn}`", f"`{ca.subject}`"))
            rows += [("device certificate", f"`{device.sn}`", _device(device)) for device in ca.devices]
    for product in account.iot_products:
        rows.append(("IoT product", f"`{product.product_key}`", "in the public instance"))
        rows += [("IoT device", f"`{device.name}`", _device(device)) for device in product.devices]
    return table(("what", "identifier", "details"), rows)


def _device(device: MqttDevice | IotDevice) -> str:
    parts = [f"`{device.name}`"] if isinstance(device, MqttDevice) else []
    parts += [device.key, device.status, f"valid until {device.valid_until}", f"shape `{device.shape}`"]
    return ", ".join(parts)


def command_table() -> str:
    """Return the table of the commands, from the command line's own parser."""
    program = argparse.ArgumentParser(prog="device-certificates")
    parsers = add_emulator(program.add_subparsers())
    return table(("command", "what it does"), (_command(parser) for parser in parsers.values()))


def _command(parser: argparse.ArgumentParser) -> Sequence[str]:
    parser.color = False  # type: ignore[attr-defined] # Python 3.14 colours the usage line in a terminal
    usage = " ".join(parser.format_usage().split())
    for option in COMMON_OPTIONS:
        usage = usage.replace(f" {option}", "")
    text = (parser.description or "").rstrip(".")
    return f"`{usage.partition(' emulator ')[2]}`", text[:1].lower() + text[1:]


def control_table() -> str:
    """Return the table of the control API."""
    rows = (
        (f"`{command.method} {CONTROL_PREFIX}{name}`", _body(command), command.meaning)
        for name, command in CONTROL_COMMANDS.items()
    )
    return table(("request", "body", "what it does"), rows)


def _body(command: ControlCommand) -> str:
    bodies = [command.body, *([command.iot_body] if command.iot_body else [])]
    return "; IoT: ".join(
        ", ".join(f"`{field.name}`{'' if field.required else ' (optional)'}" for field in msgspec.structs.fields(body))
        for body in bodies
    )


def operation_table() -> str:
    """Return the table of the operations that the services serve."""
    rows = (
        (
            f"`{operation.name}`",
            f"{operation.service.title} (`{operation.service.product}`)",
            operation.service.version,
            ", ".join(map(_argument, operation.arguments)),
        )
        for operation in OPERATIONS
    )
    return table(("operation", "service", "API version", "arguments"), rows)


def _argument(argument: Argument) -> str:
    notes = [*([argument.note] if argument.note else []), *([] if argument.required else ["optional"])]
    return f"`{argument.name}`" + (f" ({', '.join(notes)})" if notes else "")


def error_tables() -> str:
    """Return the table of the gateway's errors and one for each service."""
    services: dict[str, Service] = {operation.service.title: operation.service for operation in OPERATIONS}
    sections = [("The gateway", GATEWAY_ERRORS), *((title, service.errors) for title, service in services.items())]
    return "\n\n".join(f"### {title}\n\n{_errors(errors)}" for title, errors in sections)


def _errors(errors: Iterable[ErrorCode]) -> str:
    return table(("code", "HTTP", "cause"), ((f"`{error.code}`", str(error.http), error.cause) for error in errors))


def field_tables() -> str:
    """Return a section for each structure of a scenario, from its JSON Schema."""
    return "\n\n".join(_structure(name, definition) for name, definition in json_schema()["$defs"].items())


def _structure(name: str, definition: Mapping[str, Any]) -> str:
    required = definition.get("required", [])
    rows = (
        (f"`{field}`", _type(schema), "required" if field in required else _default(schema), _meaning(schema))
        for field, schema in definition["properties"].items()
    )
    return f"### {name}\n\n{definition['description']}\n\n{table(('field', 'type', 'default', 'meaning'), rows)}"


def _without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((each for each in schema.get("anyOf", []) if each != {"type": "null"}), schema)


def _type(schema: Mapping[str, Any]) -> str:
    schema = _without_null(schema)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return LINKS.get(frozenset(schema["enum"])) or ", ".join(f"`{value}`" for value in schema["enum"])
    if schema["type"] == "array":
        return f"list of {_type(schema['items'])}"
    return str(schema["type"])


def _default(schema: Mapping[str, Any]) -> str:
    default = schema.get("default")
    return "" if default in (None, [], ()) else f"`{json.dumps(default, ensure_ascii=False)}`"


def _meaning(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description") or _without_null(schema).get("description", ""))


def _values(values: Mapping[Any, str]) -> str:
    return table(("value", "meaning"), ((f"`{value}`", meaning) for value, meaning in values.items()))


def blocks() -> Iterator[tuple[str, str]]:
    """Yield the name and text of each generated block of the page."""
    yield "default-scenario", default_scenario()
    yield "commands", command_table()
    yield "control-api", control_table()
    yield "operations", operation_table()
    yield "errors", error_tables()
    yield "fields", field_tables()
    yield "shapes", _values(SHAPES)
    yield "key-shapes", _values(KEY_SHAPES)
    yield "fault-bodies", _values(FAULT_BODIES)


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "emulator.md"): lambda text: fill(text, dict(blocks()))}
