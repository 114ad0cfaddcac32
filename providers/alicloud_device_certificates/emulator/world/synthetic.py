"""The synthetic devices of a CA or a product that were not removed, made one by one when they are read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Generic

from alicloud_device_certificates.emulator.scenario.scenario import Ca, IotDevice, IotProduct, MqttDevice, MqttInstance
from alicloud_device_certificates.emulator.scenario.synthetic import SyntheticDevices
from alicloud_device_certificates.emulator.world.device_list import Device
from alicloud_device_certificates.emulator.world.devices import (
    RegisteredIotDevice,
    RegisteredMqttDevice,
    SyntheticMember,
    ca_identity,
    iot_identity,
    mqtt_identity,
    product_ca_identity,
    registered_iot_device,
    registered_mqtt_device,
)
from alicloud_device_certificates.emulator.world.state import Changes


class SyntheticPart(Generic[Device]):
    """Synthetic devices in the order of their indexes.

    ``root`` is what precedes the key of a device (an SN or a name) in its identity; ``indexes_of`` returns the indexes
    that a text can stand for.
    """

    def __init__(
        self,
        devices: SyntheticDevices,
        *,
        root: str,
        key_index: Callable[[str], int | None],
        make: Callable[[int], Device],
        removed: Iterable[str],
    ) -> None:
        self.devices = devices
        self.root = root
        self._key_index = key_index
        self._make = make
        self._removed = sorted({index for identity in removed if (index := self._index(identity)) is not None})
        # The first position that each removed device moves.
        self._moved = [index - 1 - before for before, index in enumerate(self._removed)]

    def __len__(self) -> int:
        """Return how many devices there are."""
        return self.devices.devices - len(self._removed)

    def __getitem__(self, position: int, /) -> Device:
        """Return the device at a position from 0."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        return self._make(1 + position + bisect_right(self._moved, position))

    def get(self, identity: str) -> Device | None:
        """Return the device with an identity, or None."""
        index = self._index(identity)
        return None if index is None or index in self._removed else self._make(index)

    def candidates(self, name: str) -> list[Device]:
        """Return the devices that a name may mean: the one with this key or name, perhaps after what owns it."""
        texts = {name, name.rpartition("/")[2]}
        indexes = {index for text in texts for index in (self._key_index(text), self.devices.index_of_name(text))}
        return [self._make(index) for index in indexes if index is not None and index not in self._removed]

    def _index(self, identity: str) -> int | None:
        return self._key_index(identity.removeprefix(self.root)) if identity.startswith(self.root) else None


def synthetic_mqtt(instance: MqttInstance, ca: Ca, changes: Changes) -> SyntheticPart[RegisteredMqttDevice] | None:
    """Return the synthetic device certificates of a CA, or None if it has none."""
    devices = ca.synthetic
    if devices is None:
        return None
    owner, reissued = ca_identity(instance, ca), frozenset(changes.reissued)
    root = mqtt_identity(instance.id, ca.sn, "")

    def make(index: int) -> RegisteredMqttDevice:
        spec = MqttDevice(
            sn=devices.sn(owner, index),
            name=devices.name(index),
            key=devices.key,
            valid_from=devices.valid_from,
            valid_until=devices.valid_until,
        )
        member = SyntheticMember(devices, owner, index, is_reissued=root + spec.sn in reissued)
        return registered_mqtt_device(instance, ca, spec, changes.statuses, synthetic=member)

    return SyntheticPart(
        devices,
        root=root,
        key_index=lambda sn: devices.index_of_sn(owner, sn),
        make=make,
        removed=changes.removed,
    )


def synthetic_iot(product: IotProduct, changes: Changes) -> SyntheticPart[RegisteredIotDevice] | None:
    """Return the synthetic devices of a product, or None if it has none."""
    devices = product.synthetic
    if devices is None:
        return None
    owner, reissued = product_ca_identity(product), frozenset(changes.reissued)
    root, first = iot_identity(product.product_key, ""), len(product.devices)

    def make(index: int) -> RegisteredIotDevice:
        spec = IotDevice(
            name=devices.name(index),
            serial=devices.sn(owner, index),
            key=devices.key,
            valid_from=devices.valid_from,
            valid_until=devices.valid_until,
        )
        member = SyntheticMember(devices, owner, index, is_reissued=root + spec.name in reissued)
        return registered_iot_device(product, spec, changes.statuses, ordinal=first + index - 1, synthetic=member)

    return SyntheticPart(
        devices,
        root=root,
        key_index=devices.index_of_name,
        make=make,
        removed=changes.removed,
    )
