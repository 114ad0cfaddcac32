"""Certificates listed in a stack's config, ``device-certificates:certificates``, as data sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pulumi
from pulumi.runtime.config import is_config_secret

from alicloud_device_certificates.contract.config import CERTIFICATES, NAMESPACE
from alicloud_device_certificates.resources.data_sources import IotDeviceCertificate, MqttDeviceCertificate

DeviceCertificate = MqttDeviceCertificate | IotDeviceCertificate

_KEY = CERTIFICATES.full_name

# For each service: its class, and the class's arguments in camelCase: (required, optional).
_SERVICES: Mapping[str, tuple[Callable[..., DeviceCertificate], tuple[str, ...], tuple[str, ...]]] = {
    "mqtt": (MqttDeviceCertificate, ("mqttInstanceId", "caSn", "deviceSn"), ("region", "includeChain", "crossCheck")),
    "iot": (
        IotDeviceCertificate,
        ("productKey", "deviceName"),
        ("iotInstanceId", "includePrivateKey", "allowPending", "crossCheck"),
    ),
}


class ConfigError(pulumi.RunError):
    """A list of certificates in the config that cannot be used: one line with every fault of it."""


def configured_certificates() -> dict[str, DeviceCertificate]:
    """Make a data source of each entry in the stack's config, by name.

    The key ``device-certificates:certificates`` is a list of ``{name, service: mqtt, mqttInstanceId, caSn, deviceSn,
    region?, includeChain?, crossCheck?}`` and ``{name, service: iot, productKey, deviceName, iotInstanceId?,
    includePrivateKey?, allowPending?, crossCheck?}``; the entry's name is the resource's name.

    Raises ConfigError for a list that cannot be used, before any data source is made, and ArgumentError for a value.
    """
    entries = _entries(pulumi.Config(NAMESPACE))
    return {entry["name"]: _make(entry) for entry in entries}


def _entries(config: pulumi.Config) -> list[dict[str, Any]]:
    try:
        entries = config.get_object(CERTIFICATES.name)
    except pulumi.ConfigTypeError:
        raise ConfigError(f"{_KEY} is not valid JSON; it must be a list of certificates") from None
    if is_config_secret(_KEY):
        raise ConfigError(
            f"{_KEY} is or holds a secret, but the IDs made of it are kept in plain; set it without --secret"
        )
    if entries is None:
        raise ConfigError(f"{_KEY} is not set; list the certificates to read there (README, «Which certificates»)")
    if not isinstance(entries, list):
        raise ConfigError(f"{_KEY} must be a list of certificates, not {_json_type(entries)}")
    if not entries:
        raise ConfigError(f"{_KEY} is an empty list; list at least one certificate to read")
    faults = [
        *(f"entry {number} {fault}" for number, entry in enumerate(entries, 1) for fault in _entry_faults(entry)),
        *_duplicates(entries),
    ]
    if faults:
        raise ConfigError(f"{_KEY}: {'; '.join(faults)}")
    return entries


def _entry_faults(entry: object) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"must be an object, not {_json_type(entry)}"
        return
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        yield "has no name (a string)"
    service = entry.get("service")
    if not isinstance(service, str) or service not in _SERVICES:
        yield "has no service (mqtt or iot)" if service is None else f"has an unknown service, {service!r}: mqtt or iot"
        return
    _, required, optional = _SERVICES[service]
    allowed = ("name", "service", *required, *optional)
    for key in entry:
        if key not in allowed:
            yield f"has an unknown key, {key!r}: a certificate of {service} has {', '.join(allowed)}"
    for key in required:
        if key not in entry:
            yield f"lacks {key}"


def _duplicates(entries: list[Any]) -> Iterator[str]:
    names = [entry["name"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"the name {name!r} is there {names.count(name)} times; it must be unique"


def _make(entry: Mapping[str, Any]) -> DeviceCertificate:
    make, required, optional = _SERVICES[entry["service"]]
    given = {_snake_case(key): entry[key] for key in (*required, *optional) if key in entry}
    return make(entry["name"], **given)


def _snake_case(camel_case: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in camel_case)


def _json_type(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list", str: "text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
