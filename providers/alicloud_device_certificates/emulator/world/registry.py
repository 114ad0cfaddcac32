"""All devices: those of the scenario that were not removed, and those that commands added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

from alicloud_device_certificates.emulator.scenario.scenario import Ca, IotProduct, MqttInstance
from alicloud_device_certificates.emulator.world.device_list import DeviceList, Part
from alicloud_device_certificates.emulator.world.devices import (
    RegisteredDevice,
    RegisteredIotDevice,
    RegisteredMqttDevice,
    find_ca,
    registered_iot_device,
    registered_mqtt_device,
)
from alicloud_device_certificates.emulator.world.state import Changes
from alicloud_device_certificates.emulator.world.synthetic import SyntheticPart, synthetic_iot, synthetic_mqtt


class Registry:
    """The devices of instances and products, as changed by commands.

    A device that was added to something that the scenario no longer holds stays in the state, but is not registered.
    """

    def __init__(self, instances: Sequence[MqttInstance], products: Sequence[IotProduct], changes: Changes) -> None:
        self._changes = changes
        self._removed = frozenset(changes.removed)
        self.listed: dict[str, RegisteredDevice] = {}
        """The devices by identity, without the synthetic ones: those of the scenario, then those that were added."""
        self.synthetic: list[SyntheticPart[RegisteredMqttDevice] | SyntheticPart[RegisteredIotDevice]] = []
        """The synthetic devices of each CA and product."""
        self._of_ca: dict[tuple[str, str], list[Part[RegisteredMqttDevice]]] = {}
        self._of_product: dict[str, list[Part[RegisteredIotDevice]]] = {}
        self._added_to_instance: defaultdict[str, list[RegisteredMqttDevice]] = defaultdict(list)
        self._added_to_product: defaultdict[str, list[RegisteredIotDevice]] = defaultdict(list)
        for instance in instances:
            for ca in instance.cas:
                self._register_ca(instance, ca)
        for product in products:
            self._register_product(product)
        self._register_added_mqtt({instance.id: instance for instance in instances})
        self._register_added_iot({product.product_key: product for product in products})

    def get(self, identity: str) -> RegisteredDevice | None:
        """Return the device with an identity, or None."""
        found = (part.get(identity) for part in self.synthetic)
        return self.listed.get(identity) or next((device for device in found if device is not None), None)

    def synthetic_candidates(self, name: str) -> list[RegisteredDevice]:
        """Return the synthetic devices that a name, an SN, ``instance/sn`` or ``product/name`` may mean."""
        return [device for part in self.synthetic for device in part.candidates(name)]

    def of_instance(self, mqtt_instance_id: str) -> DeviceList[RegisteredMqttDevice]:
        """Return the device certificates of an MQTT instance in the order of their creation."""
        of_cas = (parts for (instance_id, _), parts in self._of_ca.items() if instance_id == mqtt_instance_id)
        return DeviceList([*chain.from_iterable(of_cas), self._added_to_instance[mqtt_instance_id]])

    def of_ca(self, mqtt_instance_id: str, ca_sn: str) -> DeviceList[RegisteredMqttDevice]:
        """Return the device certificates of a CA in the order of their creation."""
        added = [device for device in self._added_to_instance[mqtt_instance_id] if device.ca.sn == ca_sn]
        return DeviceList([*self._of_ca[mqtt_instance_id, ca_sn], added])

    def of_product(self, product_key: str) -> DeviceList[RegisteredIotDevice]:
        """Return the devices of an IoT product in the order of their creation."""
        return DeviceList([*self._of_product[product_key], self._added_to_product[product_key]])

    def _register_ca(self, instance: MqttInstance, ca: Ca) -> None:
        devices = [registered_mqtt_device(instance, ca, spec, self._changes.statuses) for spec in ca.devices]
        devices = [device for device in devices if device.identity not in self._removed]
        self.listed |= {device.identity: device for device in devices}
        parts: list[Part[RegisteredMqttDevice]] = [devices]
        synthetic = synthetic_mqtt(instance, ca, self._changes)
        if synthetic is not None:
            parts.append(synthetic)
            self.synthetic.append(synthetic)
        self._of_ca[instance.id, ca.sn] = parts

    def _register_product(self, product: IotProduct) -> None:
        devices = [
            registered_iot_device(product, spec, self._changes.statuses, ordinal=ordinal)
            for ordinal, spec in enumerate(product.devices)
        ]
        devices = [device for device in devices if device.identity not in self._removed]
        self.listed |= {device.identity: device for device in devices}
        parts: list[Part[RegisteredIotDevice]] = [devices]
        synthetic = synthetic_iot(product, self._changes)
        if synthetic is not None:
            parts.append(synthetic)
            self.synthetic.append(synthetic)
        self._of_product[product.product_key] = parts

    def _register_added_mqtt(self, instances: Mapping[str, MqttInstance]) -> None:
        for added in self._changes.mqtt_devices:
            instance = instances.get(added.mqtt_instance_id)
            ca = find_ca(instance, added.ca_sn) if instance else None
            if instance is not None and ca is not None:
                device = registered_mqtt_device(instance, ca, added.device, self._changes.statuses)
                self.listed[device.identity] = device
                self._added_to_instance[instance.id].append(device)

    def _register_added_iot(self, products: Mapping[str, IotProduct]) -> None:
        for position, added in enumerate(self._changes.iot_devices):
            product = products.get(added.product_key)
            if product is not None:
                before = len(product.devices) + (product.synthetic.devices if product.synthetic else 0)
                device = registered_iot_device(product, added.device, self._changes.statuses, ordinal=before + position)
                self.listed[device.identity] = device
                self._added_to_product[product.product_key].append(device)
