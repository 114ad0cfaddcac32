"""Reads a scenario file, and says what is wrong with one: a single line with the file and the place in it."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.scenario.scenario import Certified, IotDevice, MqttDevice, Scenario
from alicloud_device_certificates.emulator.scenario.times import duration, moment

DEFAULT_SCENARIO = Path(__file__).with_name("default_scenario.yaml")
_T = TypeVar("_T")


def load_scenario(path: Path | None = None) -> Scenario:
    """The scenario in a YAML file (JSON where its name ends so), or the default one.

    Raises ScenarioError, one line, with the file and the place in it; values are never in it.
    """
    path = path or DEFAULT_SCENARIO
    try:
        scenario = convert(_parse(path), Scenario)
        _check(scenario)
    except ScenarioError as error:
        raise ScenarioError(f"scenario {path}: {error}") from None
    return scenario


def convert(value: object, shape: type[_T]) -> _T:
    """A plain value as a structure of this module; raises ScenarioError that names the place."""
    try:
        # Not strict: in YAML every scalar is read as text (an SN such as 0012 must stay what it is).
        return msgspec.convert(value, shape, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        place = where.strip("`").removeprefix("$").removeprefix(".")
        raise ScenarioError(f"{place}: {what}" if place else what) from None


def _parse(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ScenarioError("is not UTF-8 text") from None
    if path.suffix == ".json":
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise ScenarioError(str(error)) from None
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 - the safest one: text only
    except yaml.YAMLError as error:
        # Not the error's own text, which quotes the file, and with it the secrets in it.
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = re.sub(r"\s*'[^']*'", "", getattr(error, "problem", None) or "unreadable")
        raise ScenarioError(f"{where}not YAML ({problem})") from None


def _check(scenario: Scenario) -> None:
    """What the types alone cannot say: texts that must be times, and names that must be unique."""
    seen: set[tuple[str, str]] = set()
    for kind, name, where in _names(scenario):
        if (kind, name) in seen:
            raise ScenarioError(f"{where}: {kind} {name!r} is there twice")
        seen.add((kind, name))
    for a, account in enumerate(scenario.accounts):
        for i, instance in enumerate(account.mqtt_instances):
            for c, ca in enumerate(instance.cas):
                where = f"accounts[{a}].mqtt_instances[{i}].cas[{c}]"
                check_certified(ca, where)
                for d, device in enumerate(ca.devices):
                    check_certified(device, f"{where}.devices[{d}]")
        for p, product in enumerate(account.iot_products):
            for d, thing in enumerate(product.devices):
                check_certified(thing, f"accounts[{a}].iot_products[{p}].devices[{d}]")


def _names(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    for a, account in enumerate(scenario.accounts):
        yield "account", account.id, f"accounts[{a}]"
        for u, user in enumerate(account.users):
            yield "access key", user.access_key_id, f"accounts[{a}].users[{u}]"
        for i, instance in enumerate(account.mqtt_instances):
            where = f"accounts[{a}].mqtt_instances[{i}]"
            yield "MQTT instance", instance.id, where
            for c, ca in enumerate(instance.cas):
                yield f"CA of {instance.id}", ca.sn, f"{where}.cas[{c}]"
                for d, device in enumerate(ca.devices):
                    yield f"device of {instance.id}/{ca.sn}", device.sn, f"{where}.cas[{c}].devices[{d}]"
        for p, product in enumerate(account.iot_products):
            where = f"accounts[{a}].iot_products[{p}]"
            yield "product", product.product_key, where
            for d, thing in enumerate(product.devices):
                yield f"device of {product.product_key}", thing.name, f"{where}.devices[{d}]"


def check_certified(spec: Certified, where: str) -> None:
    """The times, key forms and shifts of one CA or device; raises ScenarioError with `where` and the field."""
    now = int(time.time() * 1000)
    with _placed(f"{where}.valid_from"):
        start = moment(spec.valid_from, now=now)
    with _placed(f"{where}.valid_until"):
        end = moment(spec.valid_until, now=now)
    if end <= start:
        raise ScenarioError(f"{where}.valid_until: is not after valid_from")
    if isinstance(spec, MqttDevice) and spec.reported_shift is not None:
        with _placed(f"{where}.reported_shift"):
            duration(spec.reported_shift)
    if isinstance(spec, IotDevice):
        family = {"pkcs1": "rsa", "sec1": "ec-"}.get(spec.key_shape.removesuffix("-base64"))
        if family is not None and not spec.key.startswith(family):
            raise ScenarioError(f"{where}.key_shape: {spec.key_shape} cannot hold a key of type {spec.key}")


@contextlib.contextmanager
def _placed(where: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ScenarioError(f"{where}: {error}") from None
