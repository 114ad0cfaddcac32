"""The scenario: what exists in the emulated cloud, as the structures of one file (`loading` reads it).

`docs/emulator.md` shows each field; `device-certificates emulator schema` prints the JSON Schema of `Scenario`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

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

Identifier = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
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


class Certified(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True, omit_defaults=True):
    """What devices and CAs have in common: how their certificate is made and how its body comes back."""

    key: Annotated[KeyType, Meta(description="key type")] = "ec-p256"
    subject: Annotated[str, Meta(description="RFC 4514; CN=<name> when left out")] | None = None
    valid_from: Time = "-30d"
    valid_until: Time = "+335d"
    shape: Annotated[Shape, Meta(description="the form in which the body comes back")] = "escaped-newlines"
    label: Annotated[str, Meta(pattern="^[A-Z0-9 ]+$", description="PEM label")] = "CERTIFICATE"


class _Device(Certified, kw_only=True, frozen=True):
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


class Ca(Certified, kw_only=True, frozen=True):
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
