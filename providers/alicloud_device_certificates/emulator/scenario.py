"""The scenario: what exists in the emulated cloud, as one YAML (or JSON) file, checked against these structures.

`docs/emulator.md` shows each field; `device-certificates emulator schema` prints the JSON Schema of `Scenario`.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.times import duration, moment

_T = TypeVar("_T")

DEFAULT_SCENARIO = Path(__file__).with_name("default_scenario.yaml")

KeyType = Literal["rsa1024", "rsa2048", "rsa3072", "rsa4096", "ec-p256", "ec-p384", "ed25519", "ed448"]
Shape = Literal[
    "pem",
    "escaped-newlines",
    "crlf",
    "base64",
    "base64-lines",
    "with-text",
    "chain",
    "chain-reversed",
    "negative-serial",
    "odd-times",
    "garbage",
    "html",
    "empty",
]
KeyShape = Literal["pkcs8", "pkcs1", "sec1", "pkcs8-base64", "pkcs1-base64", "sec1-base64", "garbage"]
MqttStatus = Literal["active", "inactive"]
IotStatus = Literal["generating", "failed", "generated"]

Identifier = Annotated[str, Meta(min_length=1, max_length=128)]
Time = Annotated[str, Meta(description="relative to the first use (-30d, +12h; units s m h d w) or RFC 3339")]


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True, omit_defaults=True):
    """What goes wrong when this is asked for, instead of the answer."""

    code: Annotated[str, Meta(description="the service's error code to answer with")] | None = None
    message: Annotated[str, Meta(description="its message")] = "Injected by the emulator's scenario."
    http: (
        Annotated[int, Meta(ge=200, le=599, description="its HTTP status; else 503, 200 for a code of IoT Platform")]
        | None
    ) = None
    times: Annotated[int, Meta(ge=1, description="how often in one emulator process; always when left out")] | None = (
        None
    )
    delay_ms: Annotated[int, Meta(ge=0, description="milliseconds to wait before anything is answered")] = 0
    body: (
        Annotated[
            Literal["malformed", "html", "empty", "huge", "xml"],
            Meta(description="what is sent in place of the answer; with a code, `xml` sends the error as XML"),
        ]
        | None
    ) = None
    retry_after: Annotated[int, Meta(ge=0, description="seconds, sent as Retry-After")] | None = None
    retry_after_ms: Annotated[int, Meta(ge=0, description="milliseconds, sent as x-acs-retry-after")] | None = None
    close: Annotated[bool, Meta(description="break the connection in the middle of the answer")] = False


class _Certified(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True, omit_defaults=True):
    """What devices and CAs have in common: how their certificate is made and how its body comes back."""

    key: Annotated[KeyType, Meta(description="key type")] = "ec-p256"
    subject: Annotated[str, Meta(description="RFC 4514; CN=<name> when left out")] | None = None
    valid_from: Time = "-30d"
    valid_until: Time = "+335d"
    shape: Annotated[Shape, Meta(description="the form in which the body comes back")] = "escaped-newlines"
    label: Annotated[str, Meta(pattern="^[A-Z0-9 ]+$", description="PEM label")] = "CERTIFICATE"


class _Device(_Certified, kw_only=True, frozen=True):
    names: Annotated[list[str], Meta(description="subject alternative names: DNS:, IP:, URI: or email:")] = []
    serial: (
        Annotated[str, Meta(pattern="^[0-9a-fA-F]{1,40}$", description="X.509 serial in hex, where it is to differ")]
        | None
    ) = None
    self_signed: Annotated[bool, Meta(description="not signed by its CA but by its own key")] = False
    numbers: Annotated[Literal["integer", "string"], Meta(description="how Status and times come back")] = "integer"
    fault: Fault | None = None


class MqttDevice(_Device, kw_only=True, frozen=True):
    """A device certificate of ApsaraMQ for MQTT. The body comes back as the reference page shows it."""

    sn: Annotated[Identifier, Meta(description="the SN; where it is hex, the X.509 serial is the same number")]
    name: Annotated[str, Meta(description="device name; the SN when left out")] | None = None
    status: Annotated[MqttStatus, Meta(description="what the service tells of it")] = "active"
    label: Annotated[str, Meta(pattern="^[A-Z0-9 ]+$", description="PEM label")] = "DEVICECERTIFICATE"
    reported_shift: Annotated[str, Meta(description="how far ValidBegin and ValidEnd are off, such as +1d")] | None = (
        None
    )


class IotDevice(_Device, kw_only=True, frozen=True):
    """A device of IoT Platform that authenticates by an X.509 certificate. The body comes back as bare base64."""

    name: Annotated[Identifier, Meta(description="DeviceName")]
    key: Annotated[KeyType, Meta(description="key type")] = "rsa2048"
    status: Annotated[IotStatus, Meta(description="what the service tells of it")] = "generated"
    shape: Annotated[Shape, Meta(description="the form in which the body comes back")] = "base64"
    cert_sn: Annotated[str, Meta(description="CertSN; made up when left out")] | None = None
    key_shape: Annotated[KeyShape, Meta(description="the form in which the private key comes back")] = "pkcs8-base64"
    wrong_key: Annotated[bool, Meta(description="return a key that is not the certificate's")] = False


class Ca(_Certified, kw_only=True, frozen=True):
    """A CA registered with an MQTT instance."""

    sn: Annotated[Identifier, Meta(description="the SN; where it is hex, the X.509 serial is the same number")]
    name: Annotated[str, Meta(description="CA name; the SN when left out")] | None = None
    status: Annotated[MqttStatus, Meta(description="what the service tells of it")] = "active"
    valid_from: Time = "-365d"
    valid_until: Time = "+3650d"
    devices: Annotated[list[MqttDevice], Meta(description="the device certificates it issued")] = []


class MqttInstance(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An instance of ApsaraMQ for MQTT."""

    id: Annotated[Identifier, Meta(description="instance ID")]
    region: Annotated[str, Meta(description="its region; asked by a cloud host name, it is found in no other")] = (
        "cn-hangzhou"
    )
    cas: Annotated[list[Ca], Meta(description="its CAs")] = []
    fault: Fault | None = None


class IotProduct(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A product of IoT Platform; its devices' certificates are issued by a CA of the platform's own."""

    product_key: Annotated[Identifier, Meta(description="ProductKey")]
    iot_instance_id: (
        Annotated[str, Meta(description="the enterprise instance; the public one when left out")] | None
    ) = None
    ca_key: Annotated[KeyType, Meta(description="key type of the platform's CA")] = "ec-p256"
    devices: Annotated[list[IotDevice], Meta(description="its devices")] = []
    fault: Fault | None = None


class User(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Somebody who may sign: the account itself, a RAM user, or an assumed role (with a token)."""

    access_key_id: Annotated[Identifier, Meta(description="access key ID")]
    access_key_secret: Annotated[Identifier, Meta(description="access key secret; made up, never a real one")]
    name: Annotated[str, Meta(description="for people; nothing depends on it")] | None = None
    token: Annotated[str, Meta(description="STS token that must come along")] | None = None
    token_expired: Annotated[bool, Meta(description="the token has expired")] = False
    disabled: Annotated[bool, Meta(description="the access key is disabled")] = False
    allow: Annotated[tuple[str, ...], Meta(description="RAM actions, * as a wildcard")] = ("*",)
    deny: Annotated[tuple[str, ...], Meta(description="RAM actions, stronger than allow")] = ()
    resources: Annotated[tuple[str, ...], Meta(description="MQTT instances and product keys it may use")] = ("*",)

    def __repr__(self) -> str:
        return f"User(access_key_id={self.access_key_id!r}, access_key_secret=[secure])"


class Quotas(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Calls a second for the whole account; 0 switches a quota off."""

    onsmqtt: Annotated[int, Meta(ge=0, description="ApsaraMQ for MQTT")] = 500
    iot: Annotated[int, Meta(ge=0, description="IoT Platform")] = 10


class Account(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An Alibaba Cloud account."""

    id: Annotated[Identifier, Meta(description="account ID")]
    users: Annotated[list[User], Meta(min_length=1, description="who may sign for it")]
    quotas: Quotas = msgspec.field(default_factory=Quotas)
    mqtt_instances: Annotated[list[MqttInstance], Meta(description="its MQTT instances")] = []
    iot_products: Annotated[list[IotProduct], Meta(description="its IoT products")] = []


class Scenario(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The whole file. The first user of the first account is the one that an embedded client signs as."""

    accounts: Annotated[list[Account], Meta(min_length=1, description="the accounts")]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file."""
    return msgspec.json.schema(Scenario)


def load_scenario(path: Path | None = None) -> Scenario:
    """The scenario in a YAML file (JSON where its name ends so), or the default one.

    Raises ScenarioError, one line, with the file and the place in it; values are never in it.
    """
    path = path or DEFAULT_SCENARIO
    try:
        scenario = convert(_parse(path), Scenario)
        _check(scenario)
    except ScenarioError as error:
        raise ScenarioError(f"scenario {path}: {error}") from None
    return scenario


def convert(value: object, shape: type[_T]) -> _T:
    """A plain value as a structure of this module; raises ScenarioError that names the place, never the value."""
    try:
        # Not strict: in YAML every scalar is read as text (an SN such as 0012 must stay what it is).
        return msgspec.convert(value, shape, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        place = where.strip("`").removeprefix("$").removeprefix(".")
        raise ScenarioError(f"{place}: {what}" if place else what) from None


def _parse(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ScenarioError("is not UTF-8 text") from None
    if path.suffix == ".json":
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise ScenarioError(str(error)) from None
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 - the safest one: text only
    except yaml.YAMLError as error:
        # Not the error's own text, which quotes the file, and with it the secrets in it.
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = re.sub(r"\s*'[^']*'", "", getattr(error, "problem", None) or "unreadable")
        raise ScenarioError(f"{where}not YAML ({problem})") from None


def _check(scenario: Scenario) -> None:
    """What the types alone cannot say: texts that must be times, and names that must be unique."""
    seen: set[tuple[str, str]] = set()
    for kind, name, where in _names(scenario):
        if (kind, name) in seen:
            raise ScenarioError(f"{where}: {kind} {name!r} is there twice")
        seen.add((kind, name))
    for a, account in enumerate(scenario.accounts):
        for i, instance in enumerate(account.mqtt_instances):
            for c, ca in enumerate(instance.cas):
                where = f"accounts[{a}].mqtt_instances[{i}].cas[{c}]"
                check_certified(ca, where)
                for d, device in enumerate(ca.devices):
                    check_certified(device, f"{where}.devices[{d}]")
        for p, product in enumerate(account.iot_products):
            for d, thing in enumerate(product.devices):
                check_certified(thing, f"accounts[{a}].iot_products[{p}].devices[{d}]")


def _names(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    for a, account in enumerate(scenario.accounts):
        yield "account", account.id, f"accounts[{a}]"
        for u, user in enumerate(account.users):
            yield "access key", user.access_key_id, f"accounts[{a}].users[{u}]"
        for i, instance in enumerate(account.mqtt_instances):
            where = f"accounts[{a}].mqtt_instances[{i}]"
            yield "MQTT instance", instance.id, where
            for c, ca in enumerate(instance.cas):
                yield f"CA of {instance.id}", ca.sn, f"{where}.cas[{c}]"
                for d, device in enumerate(ca.devices):
                    yield f"device of {instance.id}/{ca.sn}", device.sn, f"{where}.cas[{c}].devices[{d}]"
        for p, product in enumerate(account.iot_products):
            where = f"accounts[{a}].iot_products[{p}]"
            yield "product", product.product_key, where
            for d, thing in enumerate(product.devices):
                yield f"device of {product.product_key}", thing.name, f"{where}.devices[{d}]"


def check_certified(spec: _Certified, where: str) -> None:
    """The times, key forms and shifts of one CA or device; raises ScenarioError with `where` and the field."""
    now = int(time.time() * 1000)
    with _placed(f"{where}.valid_from"):
        start = moment(spec.valid_from, now=now)
    with _placed(f"{where}.valid_until"):
        end = moment(spec.valid_until, now=now)
    if end <= start:
        raise ScenarioError(f"{where}.valid_until: is not after valid_from")
    if isinstance(spec, MqttDevice) and spec.reported_shift is not None:
        with _placed(f"{where}.reported_shift"):
            duration(spec.reported_shift)
    if isinstance(spec, IotDevice):
        family = {"pkcs1": "rsa", "sec1": "ec-"}.get(spec.key_shape.removesuffix("-base64"))
        if family is not None and not spec.key.startswith(family):
            raise ScenarioError(f"{where}.key_shape: {spec.key_shape} cannot hold a key of type {spec.key}")


@contextlib.contextmanager
def _placed(where: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ScenarioError(f"{where}: {error}") from None
