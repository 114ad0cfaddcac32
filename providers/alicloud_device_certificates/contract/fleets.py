"""The kinds of fleets: many certificates of one kind that one data source reads.

A fleet's ID says where its certificates are kept. Its members have the IDs that they have as single certificates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind, KindKey, page_of

FleetKey = Literal["mqtt-fleet", "iot-fleet", "mqtt-ca-fleet"]
"""The first part of a fleet's ID."""

URN: Final = "urn_of_fleet"
"""The input of a read with the URN of its data source, beside which its progress is shown. It is no output."""

SUMMARY: Final = "summary"
"""The value of ``fields`` with which a fleet keeps no certificates but those that ``select`` picks."""


@dataclass(frozen=True, slots=True)
class FleetCall:
    """When the read of a fleet calls an operation, and how often."""

    when: str
    """The condition; empty if always."""
    one_for: Literal["page", "certificate", "CA"]
    """What there is one call for: a page of a list, a certificate, or a CA."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FleetKind:
    """One kind of fleet, and its data source. There is one object of each."""

    key: FleetKey
    """The first part of its IDs."""
    member: KindKey
    """The kind of its certificates."""
    class_name: str
    """The class of its data source."""
    module: str
    """The name of the class's module in ``resources/``."""
    description: str
    """What it reads, as a noun phrase."""
    calls: Mapping[str, FleetCall]
    """The operations that a read calls."""
    id_parts: tuple[str, ...]
    """The data source's arguments that form the ID, in order."""
    optional_id_parts: frozenset[str] = frozenset()
    """Those of ``id_parts`` that may be None."""
    key_part: str
    """The argument that names a certificate within the fleet: its key in the output ``certificates``."""
    names_argument: str | None = None
    """The argument that lists the keys to read; None if a fleet is always read as a whole."""
    config_options: tuple[str, ...]
    """The optional arguments of an entry in the config, beside the optional parts of the ID."""
    example: Mapping[str, str]
    """The arguments of a fleet in the embedded emulator's built-in scenario."""

    @property
    def kind(self) -> CertificateKind:
        """The kind of its certificates."""
        return KINDS[self.member]

    @property
    def type_token(self) -> str:
        """The type of its data source in a stack's state."""
        return f"pulumi-python:dynamic/alicloud:{self.class_name}"

    @property
    def page(self) -> str:
        """The name of its page in ``docs/data-sources/``, such as ``mqtt-device-certificates``."""
        return page_of(self.class_name)

    @property
    def config_required(self) -> tuple[str, ...]:
        """The arguments that an entry in the config must have."""
        return tuple(part for part in self.id_parts if part != "region" and part not in self.optional_id_parts)


_COMMON: Final = ("select", "fields", "on_error", "fail_within", "require_active", "account")
_ENTRIES = (
    FleetKind(
        key="mqtt-fleet",
        member="mqtt",
        class_name="MqttDeviceCertificates",
        module="mqtt_fleets",
        description="the device certificates of an instance or a CA of ApsaraMQ for MQTT, or those in `device_sns`",
        calls={
            "ListDeviceCertificate": FleetCall("without `ca_sn`, also for `device_sns`", "page"),
            "ListDeviceCertificateByCaSn": FleetCall("with `ca_sn`", "page"),
            "GetDeviceCertificate": FleetCall(
                "with `ca_sn` and `device_sns`, if that takes fewer calls", "certificate"
            ),
            "GetCaCertificate": FleetCall("with `include_chain`", "CA"),
        },
        id_parts=("region", "mqtt_instance_id", "ca_sn"),
        optional_id_parts=frozenset({"ca_sn"}),
        key_part="device_sn",
        names_argument="device_sns",
        config_options=("region", "ca_sn", "device_sns", "include_chain", "cross_check", *_COMMON),
        example={"mqtt_instance_id": "post-cn-emulator01"},
    ),
    FleetKind(
        key="mqtt-ca-fleet",
        member="mqtt-ca",
        class_name="MqttCaCertificates",
        module="mqtt_fleets",
        description="the CA certificates of an instance of ApsaraMQ for MQTT",
        calls={"ListCaCertificate": FleetCall("", "page")},
        id_parts=("region", "mqtt_instance_id"),
        key_part="ca_sn",
        config_options=("region", *_COMMON),
        example={"mqtt_instance_id": "post-cn-emulator01"},
    ),
    FleetKind(
        key="iot-fleet",
        member="iot",
        class_name="IotDeviceCertificates",
        module="iot_fleet",
        description="the device certificates of a product of IoT Platform, or those in `device_names`",
        calls={
            "QueryDevice": FleetCall("without `device_names`", "page"),
            "QueryDeviceCert": FleetCall("", "certificate"),
        },
        id_parts=("region", "iot_instance_id", "product_key"),
        optional_id_parts=frozenset({"iot_instance_id"}),
        key_part="device_name",
        names_argument="device_names",
        config_options=(
            "iot_instance_id",
            "device_names",
            "include_private_keys",
            "allow_pending",
            "cross_check",
            *_COMMON,
        ),
        example={"product_key": "a1BwAGVemul8"},
    ),
)

FLEETS: Final[Mapping[FleetKey, FleetKind]] = MappingProxyType({fleet.key: fleet for fleet in _ENTRIES})
"""Every kind of fleet by its key, in the order in which they are shown."""


def member_name(fleet: str, key: str) -> str:
    """Return the name of a certificate of a fleet, in stack outputs, reports and rules."""
    return f"{fleet}/{key}"
