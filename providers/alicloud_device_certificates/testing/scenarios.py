"""What the emulator of one read has: a certificate or a fleet, with its CA or product, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from alicloud_device_certificates.contract.fleets import FLEETS, FleetKey
from alicloud_device_certificates.contract.ids import CertificateId, FleetId
from alicloud_device_certificates.contract.kinds import IOT_REGION, KindKey

Fields = Mapping[str, Any]
"""Fields of a device or CA of the emulator (docs/emulator.md)."""

_REGION: Final = "cn-hangzhou"
_CA: Final = "00f2"


def scenario_of(identity: CertificateId, fields: Fields) -> dict[str, Any]:
    """Return the scenario with one certificate."""
    *_, key = map(str, identity.values)
    return _scenario(identity.key, identity.arguments(), {key: fields})


def fleet_scenario(identity: FleetId, members: Mapping[str, Fields]) -> dict[str, Any]:
    """Return the scenario with a fleet's certificates, by their keys."""
    return _scenario(identity.fleet.member, identity.arguments(), members)


def _scenario(kind: KindKey, place: Mapping[str, Any], members: Mapping[str, Fields]) -> dict[str, Any]:
    account: dict[str, Any] = {
        "id": "1",
        "users": [{"access_key_id": "id", "access_key_secret": "made-up"}],
        # A test need not wait for a quota.
        "quotas": {"onsmqtt": 0, "iot": 0, "iot_query_device": 0},
    }
    if kind == "iot":
        devices = [{"name": name, "key": "ec-p256", **fields} for name, fields in members.items()]
        product = {"product_key": place["product_key"], "iot_instance_id": place["iot_instance_id"], "devices": devices}
        return {"accounts": [{**account, "iot_products": [product]}]}
    certificates = [{"sn": sn, **fields} for sn, fields in members.items()]
    cas = certificates if kind == "mqtt-ca" else [{"sn": place["ca_sn"] or _CA, "devices": certificates}]
    instance = {"id": place["mqtt_instance_id"], "region": place["region"], "cas": cas}
    return {"accounts": [{**account, "mqtt_instances": [instance]}]}


def made_up(kind: KindKey, name: str) -> CertificateId:
    """Return the ID of a certificate of another stack, whose own arguments are not known here."""
    if kind == "iot":
        return CertificateId.of(kind, region=IOT_REGION, iot_instance_id=None, product_key="a1mock", device_name=name)
    place = {"region": _REGION, "mqtt_instance_id": "post-cn-mock"}
    if kind == "mqtt-ca":
        return CertificateId.of(kind, **place, ca_sn=_digits(name))
    return CertificateId.of(kind, **place, ca_sn=_CA, device_sn=_digits(name))


def made_up_fleet(kind: FleetKey, name: str) -> FleetId:
    """Return the ID of a fleet of another stack: its certificates are in a place of their own."""
    parts = {
        "region": IOT_REGION if FLEETS[kind].member == "iot" else _REGION,
        "mqtt_instance_id": f"post-cn-{_digits(name)}",
        "ca_sn": _CA,
        "iot_instance_id": None,
        "product_key": f"a1{_digits(name)}",
    }
    return FleetId.of(kind, **{part: parts[part] for part in FLEETS[kind].id_parts})


def _digits(name: str) -> str:
    return f"2{hashlib.sha256(name.encode()).hexdigest()[:23]}"
