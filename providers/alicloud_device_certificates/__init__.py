"""Alibaba Cloud device certificates as read-only Pulumi data sources.

Read during ``pulumi preview``: PEM, serial number, validity and status of the X.509 device certificates that ApsaraMQ
for MQTT and IoT Platform keep.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# The blocks are made of contract/kinds.py and tools/docs/pages/public_names.py.
if TYPE_CHECKING:
    # begin imports: make docs
    from alicloud_device_certificates.resources.arguments import ArgumentError, CrossCheck
    from alicloud_device_certificates.resources.iot import IotDeviceCertificate
    from alicloud_device_certificates.resources.iot_fleet import IotDeviceCertificates
    from alicloud_device_certificates.resources.iot_private_key import PrivateKeyError, iot_private_key
    from alicloud_device_certificates.resources.mqtt import MqttCaCertificate, MqttDeviceCertificate
    from alicloud_device_certificates.resources.mqtt_fleets import MqttCaCertificates, MqttDeviceCertificates
    from alicloud_device_certificates.resources.own_config import ConfigError
    from alicloud_device_certificates.stack.bundles import (
        BundleError,
        KeyPair,
        fingerprint_allow_list,
        key_pair,
        trust_bundle,
    )
    from alicloud_device_certificates.stack.config import configured_certificates
    from alicloud_device_certificates.stack.outputs import ExportError, export_certificates
    from alicloud_device_certificates.stack.reference import (
        DeviceCertificatesReference,
        ProducerError,
        ReferencedCertificate,
        ReferencedFleet,
    )
    # end imports

# begin names: make docs
__all__ = [
    "ArgumentError",
    "BundleError",
    "ConfigError",
    "CrossCheck",
    "DeviceCertificatesReference",
    "ExportError",
    "IotDeviceCertificate",
    "IotDeviceCertificates",
    "KeyPair",
    "MqttCaCertificate",
    "MqttCaCertificates",
    "MqttDeviceCertificate",
    "MqttDeviceCertificates",
    "PrivateKeyError",
    "ProducerError",
    "ReferencedCertificate",
    "ReferencedFleet",
    "configured_certificates",
    "export_certificates",
    "fingerprint_allow_list",
    "iot_private_key",
    "key_pair",
    "trust_bundle",
]

_HOMES = {
    "ArgumentError": "resources.arguments",
    "BundleError": "stack.bundles",
    "ConfigError": "resources.own_config",
    "CrossCheck": "resources.arguments",
    "DeviceCertificatesReference": "stack.reference",
    "ExportError": "stack.outputs",
    "IotDeviceCertificate": "resources.iot",
    "IotDeviceCertificates": "resources.iot_fleet",
    "KeyPair": "stack.bundles",
    "MqttCaCertificate": "resources.mqtt",
    "MqttCaCertificates": "resources.mqtt_fleets",
    "MqttDeviceCertificate": "resources.mqtt",
    "MqttDeviceCertificates": "resources.mqtt_fleets",
    "PrivateKeyError": "resources.iot_private_key",
    "ProducerError": "stack.reference",
    "ReferencedCertificate": "stack.reference",
    "ReferencedFleet": "stack.reference",
    "configured_certificates": "stack.config",
    "export_certificates": "stack.outputs",
    "fingerprint_allow_list": "stack.bundles",
    "iot_private_key": "resources.iot_private_key",
    "key_pair": "stack.bundles",
    "trust_bundle": "stack.bundles",
}
# end names


def __getattr__(name: str) -> object:
    # On demand (PEP 562): neither the certificate reader nor the command line needs the Pulumi SDK, which takes longer
    # to import than all else.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    member: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    return member


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
