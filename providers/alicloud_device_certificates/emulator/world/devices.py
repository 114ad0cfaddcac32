"""The registered devices: those of the scenario, as changed by commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from alicloud_device_certificates.emulator.scenario.scenario import Ca, IotDevice, IotProduct, MqttDevice, MqttInstance
from alicloud_device_certificates.emulator.world.state import Changes


class RegisteredMqttDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device certificate of an MQTT instance."""

    identity: str
    """``mqtt/<instance>/<ca_sn>/<device_sn>``"""
    instance: MqttInstance
    ca: Ca
    spec: MqttDevice
    """The device as the scenario describes it."""
    status: str

    @property
    def name(self) -> str:
        """The device name, or the SN if the device has no name."""
        return self.spec.name or self.spec.sn


class RegisteredIotDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device of an IoT product."""

    identity: str
    """``iot/<product_key>/<device_name>``"""
    product: IotProduct
    spec: IotDevice
    """The device as the scenario describes it."""
    status: str

    @property
    def name(self) -> str:
        """The device name."""
        return self.spec.name


RegisteredDevice = RegisteredMqttDevice | RegisteredIotDevice


def mqtt_identity(mqtt_instance_id: str, ca_sn: str, device_sn: str) -> str:
    """Return the emulator's name of a device certificate of an MQTT instance."""
    return "/".join(["mqtt", *map(_quote, (mqtt_instance_id, ca_sn, device_sn))])


def iot_identity(product_key: str, device_name: str) -> str:
    """Return the emulator's name of a device of an IoT product."""
    return "/".join(["iot", _quote(product_key), _quote(device_name)])


def _quote(part: str) -> str:
    # No part may read as two; everything else stays readable.
    return part.replace("%", "%25").replace("/", "%2F")


def find_ca(instance: MqttInstance, ca_sn: str) -> Ca | None:
    """Return the CA of an MQTT instance by its SN, or None."""
    return next((ca for ca in instance.cas if ca.sn == ca_sn), None)


def list_devices(
    instances: Iterable[MqttInstance], products: Iterable[IotProduct], changes: Changes
) -> Iterator[RegisteredDevice]:
    """Yield all devices: those of the scenario that were not removed, then those that were added."""
    instances_by_id = {instance.id: instance for instance in instances}
    products_by_key = {product.product_key: product for product in products}
    removed = frozenset(changes.removed)
    statuses = changes.statuses
    for instance in instances_by_id.values():
        for ca in instance.cas:
            for spec in ca.devices:
                mqtt_device = _mqtt_device(instance, ca, spec, statuses)
                if mqtt_device.identity not in removed:
                    yield mqtt_device
    for product in products_by_key.values():
        for iot_spec in product.devices:
            iot_device = _iot_device(product, iot_spec, statuses)
            if iot_device.identity not in removed:
                yield iot_device
    # Devices added to something that the scenario no longer holds stay in the state, but are not registered.
    for added in changes.mqtt_devices:
        added_to = instances_by_id.get(added.mqtt_instance_id)
        issuer = find_ca(added_to, added.ca_sn) if added_to else None
        if added_to is not None and issuer is not None:
            yield _mqtt_device(added_to, issuer, added.device, statuses)
    for added_iot in changes.iot_devices:
        added_to_product = products_by_key.get(added_iot.product_key)
        if added_to_product is not None:
            yield _iot_device(added_to_product, added_iot.device, statuses)


def _mqtt_device(instance: MqttInstance, ca: Ca, spec: MqttDevice, statuses: Mapping[str, str]) -> RegisteredMqttDevice:
    identity = mqtt_identity(instance.id, ca.sn, spec.sn)
    status = statuses.get(identity, spec.status)
    return RegisteredMqttDevice(identity=identity, instance=instance, ca=ca, spec=spec, status=status)


def _iot_device(product: IotProduct, spec: IotDevice, statuses: Mapping[str, str]) -> RegisteredIotDevice:
    identity = iot_identity(product.product_key, spec.name)
    return RegisteredIotDevice(
        identity=identity, product=product, spec=spec, status=statuses.get(identity, spec.status)
    )
