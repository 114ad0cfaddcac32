"""The JSON Schema of ``Pulumi.<stack>.yaml``, as far as this package's own keys go: for editors and CI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from alicloud_device_certificates.cloud.quota.config import MOST, SERVICES
from alicloud_device_certificates.cloud.settings.setting import Setting, settings_of
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.config import (
    ACCOUNTS,
    CERTIFICATES,
    CONFIG_KEYS,
    EMULATOR,
    FLEETS,
    GATE,
    NAMESPACE,
    QUOTA,
    ConfigKey,
)
from alicloud_device_certificates.contract.fleets import SUMMARY, FleetKind
from alicloud_device_certificates.contract.ids import MAX_PART_BYTES
from alicloud_device_certificates.contract.kinds import CertificateKind
from alicloud_device_certificates.gate.options import RULE_OPTIONS, GateOption
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.resources.arguments import CrossCheck
from alicloud_device_certificates.resources.fleet_arguments import OnError, Select
from alicloud_device_certificates.stack.entries import (
    FLEETS_IN_CONFIG,
    KINDS_IN_CONFIG,
    camel_case,
    entry_keys,
    entry_type,
)

_Schema = dict[str, Any]

_TEXT: Final[_Schema] = {"type": "string", "minLength": 1, "maxLength": MAX_PART_BYTES}
_TYPES: Final[dict[str, _Schema]] = {
    "string": _TEXT,
    "boolean": {"type": "boolean"},
    "threshold": {"type": "string", "minLength": 1},
    "cross-check": {"enum": list(get_args(CrossCheck))},
    "on-error": {"enum": list(get_args(OnError))},
    "list": {"type": "array", "minItems": 1, "items": _TEXT},
    "list or text": {"anyOf": [{"type": "array", "minItems": 1, "items": {"type": "string"}}, {"const": SUMMARY}]},
    "object": {
        "type": "object",
        "minProperties": 1,
        "properties": {camel_case(name): {"type": "string", "minLength": 1} for name in Select.__annotations__},
        "additionalProperties": False,
    },
}


def config_schema() -> _Schema:
    """Return the schema (draft 2020-12), in which an unknown key of our namespace is an error."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The stack config of device certificates (Pulumi.<stack>.yaml)",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {key.full_name: _described(key) for key in CONFIG_KEYS},
                "patternProperties": {
                    f"^{NAMESPACE}:(?!({'|'.join(key.name for key in CONFIG_KEYS)})$)": {"not": {}},
                },
            }
        },
    }


def _described(key: ConfigKey) -> _Schema:
    schemas: dict[str, _Schema] = {
        EMULATOR.name: {"type": "boolean"},
        CERTIFICATES.name: _entries(KINDS_IN_CONFIG),
        FLEETS.name: _entries(FLEETS_IN_CONFIG),
        ACCOUNTS.name: _secret_or(_accounts()),
        GATE.name: _gate(),
        QUOTA.name: _quota(),
    }
    return {"description": key.meaning, **schemas.get(key.name, {"type": "string", "minLength": 1})}


def _entries(kinds: Mapping[str, CertificateKind | FleetKind]) -> _Schema:
    return {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["name", "service"],
            "properties": {"service": {"enum": list(kinds)}},
            "allOf": [
                {
                    "if": {"required": ["service"], "properties": {"service": {"const": service}}},
                    "then": _entry(service, kind),
                }
                for service, kind in kinds.items()
            ],
        },
    }


def _entry(service: str, kind: CertificateKind | FleetKind) -> _Schema:
    required, optional = entry_keys(kind)
    types = {key: _TYPES[entry_type(key)] for key in (*required, *optional)}
    # A name is the resource's, and has no maximum.
    properties = {**types, "name": {"type": "string", "minLength": 1}, "service": {"const": service}}
    return {"required": list(required), "properties": properties, "additionalProperties": False}


def _accounts() -> _Schema:
    keys = {each.key: _account_key(each) for each in settings_of(Settings).values() if each.scope != "stack"}
    return {
        "type": "object",
        "propertyNames": {"minLength": 1, "maxLength": MAX_PART_BYTES},
        "additionalProperties": {"type": "object", "properties": keys, "additionalProperties": False},
    }


def _account_key(setting: Setting) -> _Schema:
    types = ["string", "null"] if setting.type == "string" else ["object", "array", "string", "null"]
    return {"description": setting.meaning, **_secret_or({"type": types})}


def _secret_or(schema: _Schema) -> _Schema:
    """Return the schema of a value that the config may encrypt."""
    secret = {
        "type": "object",
        "required": ["secure"],
        "properties": {"secure": {"type": "string"}},
        "additionalProperties": False,
    }
    return {"anyOf": [secret, schema]}


def _quota() -> _Schema:
    calls = {"type": "integer", "minimum": 1, "maximum": MOST}
    return {"type": "object", "properties": dict.fromkeys(SERVICES, calls), "additionalProperties": False}


def _gate() -> _Schema:
    rules = {option.config_key: _rule_option(option) for option in RULE_OPTIONS}
    rule = {
        "type": "object",
        "required": ["match"],
        "properties": {"match": {"type": "string", "minLength": 1}, **rules},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {**rules, "rules": {"type": "array", "items": rule}},
        "additionalProperties": False,
    }


def _rule_option(option: GateOption) -> _Schema:
    if option.type == "kinds":
        return {"description": option.help, "type": "array", "items": {"enum": [kind.value for kind in FindingKind]}}
    return {"description": option.help, "type": "string", "minLength": 1}
