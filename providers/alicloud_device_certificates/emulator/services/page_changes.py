"""Changes that a scenario makes between the pages of a list, while a client reads it."""

from __future__ import annotations

from collections.abc import Iterable

from alicloud_device_certificates.emulator.scenario.scenario import Ca, IotProduct, MqttInstance
from alicloud_device_certificates.emulator.world import commands
from alicloud_device_certificates.emulator.world.devices import (
    ca_identity,
    iot_identity,
    mqtt_identity,
    product_ca_identity,
)
from alicloud_device_certificates.emulator.world.world import World


def change_before_mqtt_page(world: World, instance: MqttInstance, cas: Iterable[Ca], page: int) -> None:
    """Apply what the scenario changes in ``cas`` before this page, once per emulator process."""
    for ca in cas:
        for position, change in enumerate(ca.page_changes):
            if change.before == page and world.is_first(f"{ca_identity(instance, ca)}/page-change/{position}"):
                for sn in change.remove:
                    _remove(world, mqtt_identity(instance.id, ca.sn, sn))
                for spec in change.add:
                    if world.registry().get(mqtt_identity(instance.id, ca.sn, spec.sn)) is None:
                        commands.add_mqtt(world, spec, mqtt_instance_id=instance.id, ca_sn=ca.sn)


def change_before_iot_page(world: World, product: IotProduct, page: int) -> None:
    """Apply what the scenario changes in a product before this page, once per emulator process."""
    for position, change in enumerate(product.page_changes):
        if change.before == page and world.is_first(f"{product_ca_identity(product)}/page-change/{position}"):
            for name in change.remove:
                _remove(world, iot_identity(product.product_key, name))
            for spec in change.add:
                if world.registry().get(iot_identity(product.product_key, spec.name)) is None:
                    commands.add_iot(world, spec, product_key=product.product_key)


def _remove(world: World, identity: str) -> None:
    # A command may have been first.
    if world.registry().get(identity) is not None:
        commands.remove(world, identity)
