"""The devices there are: those of the scenario, as changed by command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from alicloud_device_certificates.emulator.scenario.scenario import Ca, IotDevice, IotProduct, MqttDevice, MqttInstance
from alicloud_device_certificates.emulator.world.state import Changes


class MqttEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A device certificate of an MQTT instance; `identity` is `mqtt/<instance>/<ca_sn>/<device_sn>`."""

    identity: str
    instance: MqttInstance
    ca: Ca
    spec: MqttDevice
    status: str

    @property
    def name(self) -> str:
        """The device name."""
        return self.spec.name or self.spec.sn


class IotEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A device of an IoT product; `identity` is `iot/<product_key>/<device_name>`."""

    identity: str
    product: IotProduct
    spec: IotDevice
    status: str

    @property
    def name(self) -> str:
        """The device name."""
        return self.spec.name


Entry = MqttEntry | IotEntry


def mqtt_identity(mqtt_instance_id: str, ca_sn: str, device_sn: str) -> str:
    """How the emulator calls a device certificate of an MQTT instance."""
    return "/".join(["mqtt", *map(_quoted, (mqtt_instance_id, ca_sn, device_sn))])


def iot_identity(product_key: str, device_name: str) -> str:
    """How the emulator calls a device of an IoT product."""
    return "/".join(["iot", _quoted(product_key), _quoted(device_name)])


def _quoted(part: str) -> str:
    # No part may be taken for two; all else stays readable.
    return part.replace("%", "%25").replace("/", "%2F")


def find_ca(instance: MqttInstance, ca_sn: str) -> Ca | None:
    """The CA of an MQTT instance by its SN."""
    return next((ca for ca in instance.cas if ca.sn == ca_sn), None)


def list_entries(
    instances: Iterable[MqttInstance], products: Iterable[IotProduct], changes: Changes
) -> Iterator[Entry]:
    """All devices: those of the scenario that were not removed, then those that were added."""
    places = {instance.id: instance for instance in instances}
    kinds = {product.product_key: product for product in products}
    removed = frozenset(changes.removed)
    statuses = changes.statuses
    for instance in places.values():
        for ca in instance.cas:
            for device in ca.devices:
                entry = _mqtt_entry(instance, ca, device, statuses)
                if entry.identity not in removed:
                    yield entry
    for product in kinds.values():
        for thing in product.devices:
            known = _iot_entry(product, thing, statuses)
            if known.identity not in removed:
                yield known
    # What was added to something that the scenario no longer holds is kept in the state, and not shown.
    for added in changes.mqtt_devices:
        place = places.get(added.mqtt_instance_id)
        authority = find_ca(place, added.ca_sn) if place else None
        if place is not None and authority is not None:
            yield _mqtt_entry(place, authority, added.device, statuses)
    for more in changes.iot_devices:
        product_of = kinds.get(more.product_key)
        if product_of is not None:
            yield _iot_entry(product_of, more.device, statuses)


def _mqtt_entry(instance: MqttInstance, ca: Ca, device: MqttDevice, statuses: dict[str, str]) -> MqttEntry:
    identity = mqtt_identity(instance.id, ca.sn, device.sn)
    status = statuses.get(identity, device.status)
    return MqttEntry(identity=identity, instance=instance, ca=ca, spec=device, status=status)


def _iot_entry(product: IotProduct, device: IotDevice, statuses: dict[str, str]) -> IotEntry:
    identity = iot_identity(product.product_key, device.name)
    return IotEntry(identity=identity, product=product, spec=device, status=statuses.get(identity, device.status))
