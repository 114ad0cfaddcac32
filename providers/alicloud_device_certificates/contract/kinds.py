"""The kinds of certificates: what each is called, which service keeps it, and what names one of it.

A new kind is one entry here, and one module for its service in each of ``cloud/``, ``reading/``, ``resources/`` and
``emulator/services/``. IDs, config, documentation and the gate follow from the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from alicloud_device_certificates.contract.warnings import WarningCode

KindKey = Literal["mqtt", "mqtt-ca", "iot"]
"""The first part of an ID, and the ``service`` of an entry in the config."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CertificateKind:
    """One kind of certificate, and its data source. There is one object of each."""

    key: KindKey
    """The first part of its IDs."""
    title: str
    """Its name in tables and reports."""
    description: str
    """What it is, as a noun phrase without an article."""
    service: str
    """The name of the service that keeps it."""
    product: str
    """The service's name in endpoints: the first label of its host, and its key in ``alicloud:endpoints``."""
    operations: Mapping[str, str]
    """The operations that a read calls, each with the condition on which it does, empty if always."""
    module: str
    """The name of its module in ``cloud/``, ``reading/`` and ``resources/``."""
    class_name: str
    """The class of its data source."""
    id_parts: tuple[str, ...]
    """The data source's arguments that form the ID, in order."""
    optional_id_parts: frozenset[str] = frozenset()
    """Those of ``id_parts`` that may be None."""
    config_options: tuple[str, ...] | None = None
    """The optional arguments of an entry in the config; None if the config cannot list this kind."""
    marker: str
    """The field by which a certificate of this kind is recognized among those of the kinds before it."""
    warnings: frozenset[WarningCode]
    """The codes of the warnings that a read can return."""
    example: Mapping[str, str]
    """The arguments of a certificate in the embedded emulator's built-in scenario."""
    only_region: str | None = None
    """The only region that serves it; None if the stack chooses the region."""
    issuer: KindKey | None = None
    """The kind of its CA, if the service keeps that too: the ID of the CA consists of parts of this one's."""

    @property
    def type_token(self) -> str:
        """The type of its data source in a stack's state."""
        return f"pulumi-python:dynamic/alicloud:{self.class_name}"

    @property
    def page(self) -> str:
        """The name of its page in ``docs/data-sources/``, such as ``mqtt-device-certificate``."""
        return page_of(self.class_name)

    @property
    def config_required(self) -> tuple[str, ...]:
        """The arguments that an entry in the config must have."""
        return tuple(part for part in self.id_parts if part != "region" and part not in self.optional_id_parts)


IOT_REGION: Final = "cn-shanghai"
"""The only region in which IoT Platform has X.509 devices."""

_ALWAYS = frozenset({WarningCode.UNREADABLE, WarningCode.NONCONFORMING, WarningCode.EMULATOR})
_MQTT_WARNINGS = _ALWAYS | {
    WarningCode.SERIAL_MISMATCH,
    WarningCode.VALIDITY_MISMATCH,
    WarningCode.IDENTITY_MISMATCH,
    WarningCode.INACTIVE,
}

_ENTRIES = (
    CertificateKind(
        key="mqtt",
        title="MQTT device",
        description="device certificate stored in ApsaraMQ for MQTT",
        service="ApsaraMQ for MQTT",
        product="onsmqtt",
        operations={"GetDeviceCertificate": "", "GetCaCertificate": "with `include_chain`"},
        module="mqtt",
        class_name="MqttDeviceCertificate",
        id_parts=("region", "mqtt_instance_id", "ca_sn", "device_sn"),
        config_options=("region", "include_chain", "cross_check", "fail_within", "require_active", "account"),
        marker="device_sn",
        warnings=_MQTT_WARNINGS | {WarningCode.ISSUER_MISMATCH, WarningCode.VERSION_1_CA},
        example={"mqtt_instance_id": "post-cn-emulator01", "ca_sn": "00f26900ba87", "device_sn": "356217374433aa01"},
        issuer="mqtt-ca",
    ),
    CertificateKind(
        key="mqtt-ca",
        title="MQTT CA",
        description="CA certificate stored in ApsaraMQ for MQTT",
        service="ApsaraMQ for MQTT",
        product="onsmqtt",
        operations={"GetCaCertificate": ""},
        module="mqtt",
        class_name="MqttCaCertificate",
        id_parts=("region", "mqtt_instance_id", "ca_sn"),
        marker="ca_sn",
        warnings=_MQTT_WARNINGS | {WarningCode.NOT_A_CA, WarningCode.VERSION_1_CA},
        example={"mqtt_instance_id": "post-cn-emulator01", "ca_sn": "00f26900ba87"},
    ),
    CertificateKind(
        key="iot",
        title="IoT device",
        description="device certificate stored in IoT Platform",
        service="IoT Platform",
        product="iot",
        operations={"QueryDeviceCert": ""},
        module="iot",
        class_name="IotDeviceCertificate",
        id_parts=("region", "iot_instance_id", "product_key", "device_name"),
        optional_id_parts=frozenset({"iot_instance_id"}),
        config_options=(
            "iot_instance_id",
            "include_private_key",
            "allow_pending",
            "cross_check",
            "fail_within",
            "require_active",
            "account",
        ),
        marker="certificate_sn",
        warnings=_ALWAYS | {WarningCode.PENDING, WarningCode.IDENTITY_MISMATCH},
        example={"product_key": "a1BwAGVemul8", "device_name": "light-01"},
        only_region=IOT_REGION,
    ),
)

KINDS: Final[Mapping[KindKey, CertificateKind]] = MappingProxyType({kind.key: kind for kind in _ENTRIES})
"""Every kind by its key, in the order in which they are shown."""


def page_of(class_name: str) -> str:
    """Return the name of a data source's page in ``docs/data-sources/``, such as ``mqtt-device-certificate``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", class_name).lower()


def kind_of(fields: Iterable[str]) -> CertificateKind:
    """Return the kind of a certificate that has these fields.

    Only a certificate of the last kind can be pending, and so lack even its marker.
    """
    names = frozenset(fields)
    *_, last = KINDS.values()
    return next((kind for kind in KINDS.values() if kind.marker in names), last)
