"""Changes to the emulated cloud by command: the command line and the control API are two ways to call these.

Each works on the state folder, under its lock, and takes effect with a running emulator's next answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from alicloud_device_certificates.emulator.errors import CommandError, ScenarioError
from alicloud_device_certificates.emulator.issuing.record import Record
from alicloud_device_certificates.emulator.scenario.loading import check_certified, load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
from alicloud_device_certificates.emulator.scenario.times import duration, moment
from alicloud_device_certificates.emulator.world.entries import Entry, IotEntry, MqttEntry, iot_identity, mqtt_identity
from alicloud_device_certificates.emulator.world.state import AddedIotDevice, AddedMqttDevice, Changes, StateFolder
from alicloud_device_certificates.emulator.world.world import World

STATUSES = {"mqtt": ("active", "inactive"), "iot": ("generating", "failed", "generated")}


def open_world(scenario: Path | None, state: Path) -> World:
    """The world of a state folder: of `scenario`, else of the scenario that the folder was last used with.

    Raises ScenarioError or StateError.
    """
    folder = StateFolder(state)
    remembered = folder.changes().scenario if scenario is None else None
    return World(load_scenario(Path(remembered) if remembered else scenario), folder)


def find(world: World, name: str) -> Entry:
    """The device that `name` means: an identity, `instance/sn`, `product/name`, an SN or a device name."""
    entries = world.entries()
    if name in entries:
        return entries[name]
    found = [entry for entry in entries.values() if name in _names(entry)]
    if not found:
        known = ", ".join(entry.name for entry in list(entries.values())[:8])
        raise CommandError(f"no device {name!r}; there are {known or 'none'}{', ...' if len(entries) > 8 else ''}")
    if len(found) > 1:
        raise CommandError(f"{name!r} is ambiguous: say one of {', '.join(entry.identity for entry in found)}")
    return found[0]


def rotate(world: World, name: str, *, new_serial: bool = False) -> Record:
    """A new key and a new certificate for a device, valid from now on for as long as the old one was.

    The SN by which an MQTT certificate is asked for stays. So does the X.509 serial number, which is the same number
    (a real CA never uses one twice), unless `new_serial`.
    """
    return _anew(world, name, keep_key=False, new_serial=new_serial)


def renew(world: World, name: str, *, new_serial: bool = False) -> Record:
    """A new certificate for the key that a device has, valid from now on for as long as the old one was."""
    return _anew(world, name, keep_key=True, new_serial=new_serial)


def set_status(world: World, name: str, status: str) -> Entry:
    """Sets the status that the service tells of a device."""
    entry = find(world, name)
    service = entry.identity.partition("/")[0]
    if status not in STATUSES[service]:
        raise CommandError(f"{entry.identity}: status {status!r} is not one of {', '.join(STATUSES[service])}")
    _change(
        world,
        lambda changes: msgspec.structs.replace(changes, statuses={**changes.statuses, entry.identity: status}),
    )
    return find(world, entry.identity)


def activate(world: World, name: str) -> Entry:
    """Status `active` for an MQTT device certificate, `generated` for one of IoT Platform."""
    return set_status(world, name, "active" if isinstance(find(world, name), MqttEntry) else "generated")


def deactivate(world: World, name: str) -> Entry:
    """Status `inactive`, which only MQTT device certificates have."""
    return set_status(world, name, "inactive")


def add_mqtt(
    world: World, device: MqttDevice, *, mqtt_instance_id: str | None = None, ca_sn: str | None = None
) -> Entry:
    """Adds a device certificate to a CA of an MQTT instance (which need not be named where there is but one)."""
    mqtt_instance_id = _only("MQTT instance", mqtt_instance_id, list(world.instances))
    instance = world.instances[mqtt_instance_id][1]
    ca_sn = _only(f"CA of {mqtt_instance_id}", ca_sn, [ca.sn for ca in instance.cas])
    identity = mqtt_identity(mqtt_instance_id, ca_sn, device.sn)
    _check_new(world, identity, device)
    added = AddedMqttDevice(mqtt_instance_id=mqtt_instance_id, ca_sn=ca_sn, device=device)
    _change(
        world,
        lambda changes: msgspec.structs.replace(changes, mqtt_devices=[*changes.mqtt_devices, added]),
    )
    return find(world, identity)


def add_iot(world: World, device: IotDevice, *, product_key: str | None = None) -> Entry:
    """Adds a device to an IoT product (which need not be named where there is but one)."""
    product_key = _only("product", product_key, list(world.products))
    identity = iot_identity(product_key, device.name)
    _check_new(world, identity, device)
    added = AddedIotDevice(product_key=product_key, device=device)
    _change(world, lambda changes: msgspec.structs.replace(changes, iot_devices=[*changes.iot_devices, added]))
    return find(world, identity)


def new_sn() -> str:
    """An SN for a device that was added without one: hex, so that the X.509 serial number can be the same."""
    return f"3562{secrets.token_hex(6)}"


def remove(world: World, name: str) -> Entry:
    """Takes a device away, with its certificate. One that is in the scenario can be added again, or comes by reset."""
    entry = find(world, name)
    identity = entry.identity

    def without(changes: Changes) -> Changes:
        return msgspec.structs.replace(
            changes,
            removed=sorted({*changes.removed, identity}),
            statuses={key: value for key, value in changes.statuses.items() if key != identity},
            mqtt_devices=[
                a for a in changes.mqtt_devices if mqtt_identity(a.mqtt_instance_id, a.ca_sn, a.device.sn) != identity
            ],
            iot_devices=[a for a in changes.iot_devices if iot_identity(a.product_key, a.device.name) != identity],
        )

    with world.state.locked():
        world.state.save_changes(without(world.state.changes()))
        world.state.forget(identity)
    return entry


def set_clock(world: World, offset: str | None) -> int:
    """Sets how far the emulator's clock is off (such as `+20m`; None for not at all); its time in milliseconds."""
    try:
        if offset is not None:
            duration(offset)
    except ValueError as error:
        raise CommandError(str(error)) from None
    _change(world, lambda changes: msgspec.structs.replace(changes, clock_offset=offset))
    return world.now()


def overview(world: World) -> list[dict[str, Any]]:
    """All devices with what is known of them, in the scenario's order; no bodies and no keys, and nothing is issued.

    Times in milliseconds since 1970 UTC, None for a certificate that nobody has asked for yet.
    """
    rows = []
    for entry in world.entries().values():
        record = world.state.record(entry.identity)
        rows.append(
            {
                "identity": entry.identity,
                "name": entry.name,
                "status": entry.status,
                "key": entry.spec.key,
                "shape": entry.spec.shape,
                "serial_number_hex": record.serial_hex if record else None,
                "not_before": record.not_before if record else None,
                "not_after": record.not_after if record else None,
            }
        )
    return rows


def _anew(world: World, name: str, *, keep_key: bool, new_serial: bool) -> Record:
    entry = find(world, name)
    old = world.certificate(entry)
    order = world.order_of(entry)
    with world.state.locked():
        # Later than the old one in any case, so that the new one differs although nothing else may.
        start = max(moment("+0s", now=world.now()), old.not_before + 1000)
        return world.make(
            order,
            key_pem=old.private_key_pem if keep_key else None,
            new_serial=new_serial,
            validity=(start, start + old.not_after - old.not_before),
        )


def _change(world: World, change: Callable[[Changes], Changes]) -> None:
    with world.state.locked():
        world.state.save_changes(change(world.state.changes()))


def _check_new(world: World, identity: str, device: MqttDevice | IotDevice) -> None:
    if identity in world.entries():
        raise CommandError(f"{identity} is there already")
    try:
        check_certified(device, identity)
    except ScenarioError as error:
        raise CommandError(str(error)) from None


def _only(kind: str, name: str | None, known: list[str]) -> str:
    if name is None and len(known) == 1:
        return known[0]
    if name is None:
        raise CommandError(f"which {kind}? There are {', '.join(known) or 'none'}")
    if name not in known:
        raise CommandError(f"no {kind} {name!r}; there are {', '.join(known) or 'none'}")
    return name


def _names(entry: Entry) -> set[str]:
    if isinstance(entry, IotEntry):
        return {entry.name, f"{entry.product.product_key}/{entry.name}"}
    instance = entry.instance.id
    return {entry.name, entry.spec.sn, f"{instance}/{entry.name}", f"{instance}/{entry.spec.sn}"}
