"""Read and check a scenario file. An error is one line with the file and the place in it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from alicloud_device_certificates.contract.bounds import DocumentError, check_bounds
from alicloud_device_certificates.contract.documents import load_document
from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.scenario.scenario import (
    Ca,
    CertificateFields,
    IotDevice,
    IotPageChange,
    IotProduct,
    MqttDevice,
    MqttPageChange,
    Scenario,
)
from alicloud_device_certificates.emulator.scenario.synthetic import SyntheticDevices
from alicloud_device_certificates.emulator.scenario.times import duration, timestamp

DEFAULT_SCENARIO: Final = Path(__file__).with_name("default_scenario.yaml")
_T = TypeVar("_T")


def load_scenario(path: Path | None = None) -> Scenario:
    """Read a scenario from a YAML file (JSON if it ends with ``.json``), or the default one.

    Raise ScenarioError, one line, with the file and the place in it; it never quotes a value that may be secret.
    """
    path = path or DEFAULT_SCENARIO
    try:
        check_bounds(str(path))  # the state remembers it
        scenario = convert(load_document(path), Scenario)
        _check(scenario)
    except (ScenarioError, DocumentError) as error:
        raise ScenarioError(f"scenario {path}: {error}") from None
    return scenario


def convert(value: object, structure: type[_T]) -> _T:
    """Convert a plain value to ``structure``. Raise ScenarioError that names the place."""
    try:
        check_bounds(value)
        # Not strict: YAML scalars are read as text, because an SN such as 0012 must stay as it is.
        return msgspec.convert(value, structure, strict=False)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        place = path.strip("`").removeprefix("$").removeprefix(".")
        raise ScenarioError(f"{place}: {problem}" if place else problem) from None
    except DocumentError as error:
        raise ScenarioError(f"a value {error}") from None


def _check(scenario: Scenario) -> None:
    """Check what types cannot express: timestamps and unique names."""
    known: set[tuple[str, str]] = set()
    for noun, name, place in _names(scenario):
        if (noun, name) in known:
            raise ScenarioError(f"{place}: duplicate {noun} {name!r}")
        known.add((noun, name))
    for a, account in enumerate(scenario.accounts):
        for i, instance in enumerate(account.mqtt_instances):
            for c, ca in enumerate(instance.cas):
                place = f"accounts[{a}].mqtt_instances[{i}].cas[{c}]"
                check_certificate_fields(ca, place)
                _check_devices(ca, place)
        for p, product in enumerate(account.iot_products):
            _check_devices(product, f"accounts[{a}].iot_products[{p}]")


def _check_devices(owner: Ca | IotProduct, place: str) -> None:
    devices: Iterable[MqttDevice | IotDevice] = owner.devices
    owners = {each.sn if isinstance(each, MqttDevice) else each.name: each for each in devices}
    for d, device in enumerate(owner.devices):
        check_certificate_fields(device, f"{place}.devices[{d}]")
        if device.key_of is not None and not has_own_key(owners.get(device.key_of)):
            raise ScenarioError(f"{place}.devices[{d}].key_of: no device {device.key_of!r} with a key of its own")
    if owner.synthetic is not None:
        _check_validity(owner.synthetic, f"{place}.synthetic")
    changes: Iterable[MqttPageChange | IotPageChange] = owner.page_changes
    for p, change in enumerate(changes):
        for d, device in enumerate(change.add):
            check_certificate_fields(device, f"{place}.page_changes[{p}].add[{d}]")


def has_own_key(device: MqttDevice | IotDevice | None) -> bool:
    """Return whether there is a device, and its key is not that of another one."""
    return device is not None and device.key_of is None


def _names(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    for a, account in enumerate(scenario.accounts):
        yield "account", account.id, f"accounts[{a}]"
        for u, user in enumerate(account.users):
            yield "access key", user.access_key_id, f"accounts[{a}].users[{u}]"
        for i, instance in enumerate(account.mqtt_instances):
            place = f"accounts[{a}].mqtt_instances[{i}]"
            yield "MQTT instance", instance.id, place
            for c, ca in enumerate(instance.cas):
                yield f"CA of {instance.id}", ca.sn, f"{place}.cas[{c}]"
                for d, device in enumerate(ca.devices):
                    yield f"device of {instance.id}/{ca.sn}", device.sn, f"{place}.cas[{c}].devices[{d}]"
        for p, product in enumerate(account.iot_products):
            place = f"accounts[{a}].iot_products[{p}]"
            yield "product", product.product_key, place
            for d, iot_device in enumerate(product.devices):
                yield f"device of {product.product_key}", iot_device.name, f"{place}.devices[{d}]"


def check_certificate_fields(fields: CertificateFields, place: str) -> None:
    """Check the times, key shape and shift of a CA or device. Raise ScenarioError with ``place`` and the field."""
    _check_validity(fields, place)
    if isinstance(fields, MqttDevice) and fields.reported_shift is not None:
        with _at(f"{place}.reported_shift"):
            duration(fields.reported_shift)
    if isinstance(fields, IotDevice):
        family = {"pkcs1": "rsa", "sec1": "ec-"}.get(fields.key_shape.removesuffix("-base64"))
        if family is not None and not fields.key.startswith(family):
            raise ScenarioError(f"{place}.key_shape: {fields.key_shape} cannot hold a key of type {fields.key}")


def _check_validity(fields: CertificateFields | SyntheticDevices, place: str) -> None:
    now = int(time.time() * 1000)
    with _at(f"{place}.valid_from"):
        start = timestamp(fields.valid_from, now=now)
    with _at(f"{place}.valid_until"):
        end = timestamp(fields.valid_until, now=now)
    if end <= start:
        raise ScenarioError(f"{place}.valid_until: is not after valid_from")


@contextlib.contextmanager
def _at(place: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ScenarioError(f"{place}: {error}") from None
