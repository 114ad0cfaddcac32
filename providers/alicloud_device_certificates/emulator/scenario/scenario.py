"""The scenario: what exists in the emulated cloud, as the structures of one file (``loading`` reads it).

``docs/emulator.md`` shows each field; ``device-certificates emulator schema`` prints the JSON Schema of ``Scenario``.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from alicloud_device_certificates.emulator.scenario.fault import Fault
from alicloud_device_certificates.emulator.scenario.synthetic import SyntheticDevices
from alicloud_device_certificates.emulator.scenario.values import (
    MOST,
    Identifier,
    IotStatus,
    KeyShape,
    KeyType,
    Label,
    ListOrder,
    MqttStatus,
    Numbers,
    Shape,
    Time,
)


def _refuse_beside(fields: msgspec.Struct, chosen: str, others: set[str]) -> None:
    """Raise ValueError if ``chosen`` is set and another field, which it overrides, too."""
    if getattr(fields, chosen) is not None:
        for field in msgspec.structs.fields(type(fields)):
            if field.name in others and getattr(fields, field.name) != field.default:
                raise ValueError(f"`{field.name}` has no effect beside `{chosen}`")


class CertificateFields(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True, omit_defaults=True):
    """The fields that devices and CAs share: how to issue their certificate and in which shape to return it."""

    key: Annotated[KeyType, Meta(description="key type")] = "ec-p256"
    subject: Annotated[str, Meta(description="subject, RFC 4514; default `CN=<name>`")] | None = None
    valid_from: Time = "-30d"
    valid_until: Time = "+335d"
    shape: Annotated[Shape, Meta(description="shape of the body")] = "escaped-newlines"
    label: Label = "CERTIFICATE"
    content: Annotated[str, Meta(description="body to return as it is; excludes `shape` and `label`")] | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a field that has no effect."""
        _refuse_beside(self, "content", {"shape", "label"})


class _Device(CertificateFields, kw_only=True, frozen=True):
    names: Annotated[list[str], Meta(description="subject alternative names: `DNS:`, `IP:`, `URI:`, `email:`")] = []
    serial: (
        Annotated[
            str, Meta(pattern=r"^[0-9a-fA-F]{1,40}$(?!\n)", description="X.509 serial number in hex, if not the SN")
        ]
        | None
    ) = None
    key_of: (
        Annotated[str, Meta(description="SN or DeviceName of a device of the same CA or product, whose key it has too")]
        | None
    ) = None
    self_signed: Annotated[bool, Meta(description="signed by its own key instead of by its CA")] = False
    numbers: Annotated[Numbers, Meta(description="JSON type of `Status` and of times")] = "integer"
    fault: Annotated[Fault | None, Meta(description="failure to inject")] = None

    def __post_init__(self) -> None:
        """Raise ValueError for a field that has no effect."""
        super().__post_init__()
        _refuse_beside(self, "key_of", {"key", "wrong_key"})


class MqttDevice(_Device, kw_only=True, frozen=True):
    """A device certificate of ApsaraMQ for MQTT. Its default shape is the one in the API reference."""

    sn: Annotated[Identifier, Meta(description="SN; also the X.509 serial number if it is hex")]
    name: Annotated[str, Meta(description="device name; default the SN")] | None = None
    status: Annotated[MqttStatus, Meta(description="status that the service reports")] = "active"
    label: Label = "DEVICECERTIFICATE"
    reported_shift: (
        Annotated[str, Meta(description="offset of the reported validity from the certificate's, such as `+1d`")] | None
    ) = None


class IotDevice(_Device, kw_only=True, frozen=True):
    """A device of IoT Platform that authenticates with an X.509 certificate. Its default shape is bare base64."""

    name: Annotated[Identifier, Meta(description="DeviceName")]
    key: Annotated[KeyType, Meta(description="key type")] = "rsa2048"
    status: Annotated[IotStatus, Meta(description="status that the service reports")] = "generated"
    shape: Annotated[Shape, Meta(description="shape of the body")] = "base64"
    cert_sn: Annotated[str, Meta(description="CertSN; default a random one")] | None = None
    key_shape: Annotated[KeyShape, Meta(description="shape of the private key")] = "pkcs8-base64"
    key_content: Annotated[str, Meta(description="private key to return as it is")] | None = None
    wrong_key: Annotated[bool, Meta(description="return a private key that does not match the certificate")] = False

    def __post_init__(self) -> None:
        """Raise ValueError for a field that has no effect."""
        super().__post_init__()
        _refuse_beside(self, "key_content", {"key_shape", "wrong_key"})

    def __repr__(self) -> str:
        return f"IotDevice(name={self.name!r}, key_content=[secure])"


class _PageChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    before: Annotated[
        int, Meta(ge=1, le=MOST, description="number of the page before which to apply it, once per emulator process")
    ]


class MqttPageChange(_PageChange, kw_only=True, frozen=True):
    """Device certificates that come and go while a client reads the pages of a list."""

    add: Annotated[list[MqttDevice], Meta(description="device certificates to add")] = []
    remove: Annotated[list[Identifier], Meta(description="SNs of device certificates to remove")] = []


class IotPageChange(_PageChange, kw_only=True, frozen=True):
    """Devices that come and go while a client reads the pages of a list."""

    add: Annotated[list[IotDevice], Meta(description="devices to add")] = []
    remove: Annotated[list[Identifier], Meta(description="names of devices to remove")] = []


class Ca(CertificateFields, kw_only=True, frozen=True):
    """A CA registered with an MQTT instance."""

    sn: Annotated[Identifier, Meta(description="SN; also the X.509 serial number if it is hex")]
    name: Annotated[str, Meta(description="CA name; default the SN")] | None = None
    status: Annotated[MqttStatus, Meta(description="status that the service reports")] = "active"
    valid_from: Time = "-365d"
    valid_until: Time = "+3650d"
    devices: Annotated[list[MqttDevice], Meta(description="device certificates that it issued")] = []
    synthetic: Annotated[SyntheticDevices | None, Meta(description="many more, after `devices`")] = None
    page_changes: Annotated[list[MqttPageChange], Meta(description="changes between the pages of a list")] = []


class MqttInstance(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An instance of ApsaraMQ for MQTT."""

    id: Annotated[Identifier, Meta(description="instance ID")]
    region: Annotated[str, Meta(description="region; the hosts of other regions do not find the instance")] = (
        "cn-hangzhou"
    )
    cas: Annotated[list[Ca], Meta(description="CAs")] = []
    list_order: Annotated[ListOrder, Meta(description="order of the lists; the service documents none")] = (
        "oldest-first"
    )
    fault: Annotated[Fault | None, Meta(description="failure to inject into every operation")] = None


class IotProduct(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A product of IoT Platform. The platform's own CA issues the certificates of its devices."""

    product_key: Annotated[Identifier, Meta(description="ProductKey")]
    iot_instance_id: Annotated[str, Meta(description="enterprise instance; default the public instance")] | None = None
    ca_key: Annotated[KeyType, Meta(description="key type of the platform's CA")] = "ec-p256"
    devices: Annotated[list[IotDevice], Meta(description="devices")] = []
    synthetic: Annotated[SyntheticDevices | None, Meta(description="many more, after `devices`")] = None
    page_changes: Annotated[list[IotPageChange], Meta(description="changes between the pages of a list")] = []
    fault: Annotated[Fault | None, Meta(description="failure to inject into every operation")] = None


class User(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An identity that signs requests: the account itself, a RAM user or, with a token, an assumed role."""

    access_key_id: Annotated[Identifier, Meta(description="access key ID")]
    access_key_secret: Annotated[Identifier, Meta(description="access key secret; made up, never a real one")]
    name: Annotated[str, Meta(description="a note for readers; nothing depends on it")] | None = None
    token: Annotated[str, Meta(description="STS token that requests must carry")] | None = None
    token_expired: Annotated[bool, Meta(description="the token has expired")] = False
    disabled: Annotated[bool, Meta(description="the access key is disabled")] = False
    allow: Annotated[tuple[str, ...], Meta(description="allowed RAM actions; `*` is a wildcard")] = ("*",)
    deny: Annotated[tuple[str, ...], Meta(description="denied RAM actions; they override `allow`")] = ()
    resources: Annotated[tuple[str, ...], Meta(description="MQTT instances and product keys the user can read")] = (
        "*",
    )

    def __repr__(self) -> str:
        return f"User(access_key_id={self.access_key_id!r}, access_key_secret=[secure])"


class Quotas(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Requests per second for the whole account; 0 means unlimited."""

    onsmqtt: Annotated[int, Meta(ge=0, le=MOST, description="ApsaraMQ for MQTT")] = 500
    iot: Annotated[int, Meta(ge=0, le=MOST, description="IoT Platform, apart from QueryDevice")] = 10
    iot_query_device: Annotated[int, Meta(ge=0, le=MOST, description="QueryDevice, which has a quota of its own")] = 50


class Account(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An Alibaba Cloud account."""

    id: Annotated[Identifier, Meta(description="account ID")]
    users: Annotated[list[User], Meta(min_length=1, description="identities that can sign requests")]
    quotas: Annotated[Quotas, Meta(description="request quotas")] = msgspec.field(default_factory=Quotas)
    mqtt_instances: Annotated[list[MqttInstance], Meta(description="MQTT instances")] = []
    iot_products: Annotated[list[IotProduct], Meta(description="IoT products")] = []


class Scenario(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The whole file. An embedded client signs as the first user, or as the one with the key of the `account=` read."""

    accounts: Annotated[list[Account], Meta(min_length=1, description="accounts")]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file."""
    return msgspec.json.schema(Scenario)
