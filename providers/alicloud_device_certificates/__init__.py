"""Alibaba Cloud device certificates as read-only Pulumi data sources.

Read during ``pulumi preview``: PEM, serial number, validity and state of the X.509 device certificates that ApsaraMQ
for MQTT and IoT Platform keep.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .arguments import ArgumentError
    from .bundles import BundleError, KeyPair, fingerprint_allow_list, key_pair, trust_bundle
    from .reference import DeviceCertificatesReference, ProducerError, ReferencedCertificate
    from .resources import CrossCheck, IotDeviceCertificate, MqttCaCertificate, MqttDeviceCertificate
    from .stack_config import ConfigError, configured_certificates
    from .stack_outputs import export_certificates

__all__ = [
    "ArgumentError",
    "BundleError",
    "ConfigError",
    "CrossCheck",
    "DeviceCertificatesReference",
    "IotDeviceCertificate",
    "KeyPair",
    "MqttCaCertificate",
    "MqttDeviceCertificate",
    "ProducerError",
    "ReferencedCertificate",
    "configured_certificates",
    "export_certificates",
    "fingerprint_allow_list",
    "key_pair",
    "trust_bundle",
]

_HOMES = {
    "ArgumentError": "arguments",
    "BundleError": "bundles",
    "ConfigError": "stack_config",
    "CrossCheck": "resources",
    "DeviceCertificatesReference": "reference",
    "IotDeviceCertificate": "resources",
    "KeyPair": "bundles",
    "MqttCaCertificate": "resources",
    "MqttDeviceCertificate": "resources",
    "ProducerError": "reference",
    "ReferencedCertificate": "reference",
    "configured_certificates": "stack_config",
    "export_certificates": "stack_outputs",
    "fingerprint_allow_list": "bundles",
    "key_pair": "bundles",
    "trust_bundle": "bundles",
}


def __getattr__(name: str) -> object:
    # On demand (PEP 562): neither the certificate reader nor the command line needs the Pulumi SDK, which takes longer
    # to import than all else.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    member: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    return member


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
