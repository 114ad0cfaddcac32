"""A registered device: one of the scenario, or one that a command has added."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from alicloud_device_certificates.emulator.scenario.scenario import Ca, IotDevice, IotProduct, MqttDevice, MqttInstance
from alicloud_device_certificates.emulator.scenario.synthetic import SyntheticDevices


class SyntheticMember(msgspec.Struct, frozen=True):
    """What is known of a synthetic device beside its own fields."""

    devices: SyntheticDevices
    owner: str
    """Identity of the CA that issues for it."""
    index: int
    """Index among the synthetic devices, from 1."""
    is_reissued: bool
    """Whether a command issued a certificate, which then is in the state."""


class RegisteredMqttDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device certificate of an MQTT instance."""

    identity: str
    """``mqtt/<instance>/<ca_sn>/<device_sn>``"""
    instance: MqttInstance
    ca: Ca
    spec: MqttDevice
    """The device as the scenario describes it."""
    status: str
    synthetic: SyntheticMember | None = None

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
    ordinal: int
    """The number of devices that the product had before this one."""
    synthetic: SyntheticMember | None = None

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


def ca_identity(instance: MqttInstance, ca: Ca) -> str:
    """Return the emulator's name of a CA of an MQTT instance."""
    return f"ca/{instance.id}/{ca.sn}"


def product_ca_identity(product: IotProduct) -> str:
    """Return the emulator's name of the platform's CA that issues for an IoT product."""
    return f"ca/{product.product_key}"


def _quote(part: str) -> str:
    # No part may read as two; everything else stays readable.
    return part.replace("%", "%25").replace("/", "%2F")


def find_ca(instance: MqttInstance, ca_sn: str) -> Ca | None:
    """Return the CA of an MQTT instance by its SN, or None."""
    return next((ca for ca in instance.cas if ca.sn == ca_sn), None)


def registered_mqtt_device(
    instance: MqttInstance,
    ca: Ca,
    spec: MqttDevice,
    statuses: Mapping[str, str],
    *,
    synthetic: SyntheticMember | None = None,
) -> RegisteredMqttDevice:
    """Return a device certificate with the status that a command has set, or else its own."""
    identity = mqtt_identity(instance.id, ca.sn, spec.sn)
    status = statuses.get(identity, spec.status)
    return RegisteredMqttDevice(
        identity=identity, instance=instance, ca=ca, spec=spec, status=status, synthetic=synthetic
    )


def registered_iot_device(
    product: IotProduct,
    spec: IotDevice,
    statuses: Mapping[str, str],
    *,
    ordinal: int,
    synthetic: SyntheticMember | None = None,
) -> RegisteredIotDevice:
    """Return a device with the status that a command has set, or else its own."""
    identity = iot_identity(product.product_key, spec.name)
    status = statuses.get(identity, spec.status)
    return RegisteredIotDevice(
        identity=identity, product=product, spec=spec, status=status, ordinal=ordinal, synthetic=synthetic
    )
