"""Commands that change the emulated cloud. The command line and the control API both call these.

Each works on the state folder, under its lock. A running emulator applies the change to its next response.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import msgspec

from alicloud_device_certificates.emulator.errors import CommandError, ScenarioError
from alicloud_device_certificates.emulator.issuing.record import CertificateRecord
from alicloud_device_certificates.emulator.scenario.loading import check_certificate_fields, load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
from alicloud_device_certificates.emulator.scenario.times import duration, timestamp
from alicloud_device_certificates.emulator.scenario.values import IotStatus, MqttStatus
from alicloud_device_certificates.emulator.world.devices import (
    RegisteredDevice,
    RegisteredIotDevice,
    RegisteredMqttDevice,
    iot_identity,
    mqtt_identity,
)
from alicloud_device_certificates.emulator.world.state import AddedIotDevice, AddedMqttDevice, Changes, StateFolder
from alicloud_device_certificates.emulator.world.world import World

_SHOWN_NAMES = 8


def open_world(scenario: Path | None, state: Path) -> World:
    """Open a state folder with ``scenario``, or else with the scenario that the folder was last used with.

    Raise ScenarioError or StateError.
    """
    folder = StateFolder(state)
    folder.mend()
    last_used = folder.changes().scenario if scenario is None else None
    return World(load_scenario(Path(last_used) if last_used else scenario), folder)


def find_device(world: World, name: str) -> RegisteredDevice:
    """Return a device by identity, ``instance/sn``, ``product/name``, SN or device name.

    Raise CommandError if there is none or more than one.
    """
    registry = world.registry()
    device = registry.get(name)
    if device is not None:
        return device
    listed = registry.listed.values()
    found = [device for device in (*listed, *registry.synthetic_candidates(name)) if name in _names(device)]
    if not found:
        known = [device.name for device in listed]
        more = ", ..." if len(known) > _SHOWN_NAMES else ""
        raise CommandError(f"no device {name!r}; known devices: {', '.join(known[:_SHOWN_NAMES]) or 'none'}{more}")
    if len(found) > 1:
        raise CommandError(f"{name!r} is ambiguous; use one of {', '.join(device.identity for device in found)}")
    return found[0]


def rotate(world: World, name: str, *, new_serial: bool = False) -> CertificateRecord:
    """Issue a new key and certificate for a device, valid from now for as long as the old certificate was.

    The SN of an MQTT certificate stays. The X.509 serial number, which is the same number, stays too unless
    ``new_serial``; a real CA never reuses one.
    """
    return _reissue(world, name, keep_key=False, new_serial=new_serial)


def renew(world: World, name: str, *, new_serial: bool = False) -> CertificateRecord:
    """Issue a new certificate for the device's current key, valid from now for as long as the old certificate was."""
    return _reissue(world, name, keep_key=True, new_serial=new_serial)


def set_status(world: World, name: str, status: str) -> RegisteredDevice:
    """Set the status that the service reports for a device."""
    device = find_device(world, name)
    known: tuple[str, ...] = get_args(MqttStatus if isinstance(device, RegisteredMqttDevice) else IotStatus)
    if status not in known:
        raise CommandError(f"{device.identity}: status {status!r} is not one of {', '.join(known)}")
    _change(
        world,
        lambda changes: msgspec.structs.replace(changes, statuses={**changes.statuses, device.identity: status}),
    )
    return find_device(world, device.identity)


def activate(world: World, name: str) -> RegisteredDevice:
    """Set status ``active`` for an MQTT device certificate, ``generated`` for one of IoT Platform."""
    mqtt = isinstance(find_device(world, name), RegisteredMqttDevice)
    return set_status(world, name, "active" if mqtt else "generated")


def deactivate(world: World, name: str) -> RegisteredDevice:
    """Set status ``inactive``, which only MQTT device certificates have."""
    return set_status(world, name, "inactive")


def add_mqtt(
    world: World, spec: MqttDevice, *, mqtt_instance_id: str | None = None, ca_sn: str | None = None
) -> RegisteredDevice:
    """Add a device certificate to a CA of an MQTT instance. Either can be left out if there is only one."""
    mqtt_instance_id = _choose("MQTT instance", mqtt_instance_id, list(world.instances))
    instance = world.instances[mqtt_instance_id][1]
    ca_sn = _choose(f"CA of {mqtt_instance_id}", ca_sn, [ca.sn for ca in instance.cas])
    identity = mqtt_identity(mqtt_instance_id, ca_sn, spec.sn)
    _check_new(world, identity, spec)
    added = AddedMqttDevice(mqtt_instance_id=mqtt_instance_id, ca_sn=ca_sn, device=spec)
    _change(
        world,
        lambda changes: msgspec.structs.replace(changes, mqtt_devices=[*changes.mqtt_devices, added]),
    )
    return find_device(world, identity)


def add_iot(world: World, spec: IotDevice, *, product_key: str | None = None) -> RegisteredDevice:
    """Add a device to an IoT product, which can be left out if there is only one."""
    product_key = _choose("product", product_key, list(world.products))
    identity = iot_identity(product_key, spec.name)
    _check_new(world, identity, spec)
    added = AddedIotDevice(product_key=product_key, device=spec)
    _change(world, lambda changes: msgspec.structs.replace(changes, iot_devices=[*changes.iot_devices, added]))
    return find_device(world, identity)


def new_sn() -> str:
    """Return an SN for a device that was added without one: hex, so the X.509 serial number can be the same."""
    return f"3562{secrets.token_hex(6)}"


def remove(world: World, name: str) -> RegisteredDevice:
    """Remove a device and its certificate. Adding it again or a reset restores a device of the scenario."""
    device = find_device(world, name)
    identity = device.identity

    def without(changes: Changes) -> Changes:
        return msgspec.structs.replace(
            changes,
            removed=sorted({*changes.removed, identity}),
            reissued=[each for each in changes.reissued if each != identity],
            statuses={key: value for key, value in changes.statuses.items() if key != identity},
            mqtt_devices=[
                a for a in changes.mqtt_devices if mqtt_identity(a.mqtt_instance_id, a.ca_sn, a.device.sn) != identity
            ],
            iot_devices=[a for a in changes.iot_devices if iot_identity(a.product_key, a.device.name) != identity],
        )

    with world.state.locked():
        world.state.save_changes(without(world.state.changes()))
        world.state.delete_record(identity)
    return device


def set_clock(world: World, offset: str | None) -> int:
    """Set the offset of the emulator's clock (such as ``+20m``, or None). Return its time in milliseconds."""
    try:
        if offset is not None:
            duration(offset)
    except ValueError as error:
        raise CommandError(str(error)) from None
    _change(world, lambda changes: msgspec.structs.replace(changes, clock_offset=offset))
    return world.now()


def describe_devices(world: World) -> list[dict[str, Any]]:
    """Return what is known of each device, in the scenario's order, without the synthetic ones.

    Holds no body and no key, and issues nothing. Times are milliseconds since 1970 UTC, and None until the certificate
    is issued.
    """
    return [describe_device(world, device) for device in world.devices().values()]


def describe_device(world: World, device: RegisteredDevice) -> dict[str, Any]:
    """Return what ``describe_devices`` returns of one device, which may be synthetic."""
    record = world.state.record(device.identity)
    return {
        "identity": device.identity,
        "name": device.name,
        "status": device.status,
        "key": device.spec.key,
        "shape": device.spec.shape,
        "serial_number_hex": record.serial_hex if record else None,
        "not_before": record.not_before if record else None,
        "not_after": record.not_after if record else None,
    }


def describe_synthetic(world: World) -> list[dict[str, Any]]:
    """Return how many synthetic devices there are, by what precedes the SN or name in their identity."""
    return [
        {"identity": f"{part.root}*", "name": f"{part.devices.prefix}*", "key": part.devices.key, "devices": len(part)}
        for part in world.registry().synthetic
    ]


def _reissue(world: World, name: str, *, keep_key: bool, new_serial: bool) -> CertificateRecord:
    device = find_device(world, name)
    old = world.certificate(device)
    specification = world.specification(device)
    with world.state.locked():
        # Later than the old one in any case, so the certificates differ even if nothing else does.
        start = max(timestamp("+0s", now=world.now()), old.not_before + 1000)
        issued = world.issue(
            specification,
            key_of=old if keep_key else None,
            new_serial=new_serial,
            validity=(start, start + old.not_after - old.not_before),
        )
        if device.synthetic is not None:
            changes = world.state.changes()
            reissued = sorted({*changes.reissued, device.identity})
            world.state.save_changes(msgspec.structs.replace(changes, reissued=reissued))
        return issued


def _change(world: World, change: Callable[[Changes], Changes]) -> None:
    with world.state.locked():
        world.state.save_changes(change(world.state.changes()))


def _check_new(world: World, identity: str, spec: MqttDevice | IotDevice) -> None:
    if world.registry().get(identity) is not None:
        raise CommandError(f"{identity} already exists")
    try:
        check_certificate_fields(spec, identity)
    except ScenarioError as error:
        raise CommandError(str(error)) from None


def _choose(noun: str, name: str | None, known: list[str]) -> str:
    if name is None and len(known) == 1:
        return known[0]
    if name is None:
        raise CommandError(f"choose one {noun}: {', '.join(known)}" if known else f"there is no {noun}")
    if name not in known:
        raise CommandError(f"no {noun} {name!r}; known: {', '.join(known) or 'none'}")
    return name


def _names(device: RegisteredDevice) -> set[str]:
    if isinstance(device, RegisteredIotDevice):
        return {device.name, f"{device.product.product_key}/{device.name}"}
    instance = device.instance.id
    return {device.name, device.spec.sn, f"{instance}/{device.name}", f"{instance}/{device.spec.sn}"}
