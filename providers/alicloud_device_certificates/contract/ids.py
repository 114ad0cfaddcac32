"""The IDs of the data sources: everything that a read needs to know of what it reads.

``mqtt/<region>/<instance>/<ca_sn>/<device_sn>``, ``mqtt-ca/<region>/<instance>/<ca_sn>`` and
``iot/<region>/<instance or ->/<product_key>/<device_name>``, each part percent-encoded (RFC 3986), so that no value can
be taken for a separator.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from alicloud_device_certificates.contract.errors import UserFacingError

_PUBLIC_INSTANCE = "-"


def _encode(part: str) -> str:
    # A part that is really called "-" must not read as "no instance".
    return "%2D" if part == _PUBLIC_INSTANCE else quote(part, safe="")


class InvalidIdError(UserFacingError, ValueError):
    """A text that is not the ID of a data source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttCaId:
    """What names a CA certificate of ApsaraMQ for MQTT: the region and the arguments of GetCaCertificate."""

    region: str
    mqtt_instance_id: str
    ca_sn: str

    def __str__(self) -> str:
        return "/".join(["mqtt-ca", *map(_encode, (self.region, self.mqtt_instance_id, self.ca_sn))])


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttDeviceId:
    """What names a device certificate of ApsaraMQ for MQTT: the region and the arguments of GetDeviceCertificate."""

    region: str
    mqtt_instance_id: str
    ca_sn: str
    device_sn: str

    @property
    def ca(self) -> MqttCaId:
        """The CA that the device certificate belongs to."""
        return MqttCaId(region=self.region, mqtt_instance_id=self.mqtt_instance_id, ca_sn=self.ca_sn)

    def __str__(self) -> str:
        return "/".join(["mqtt", *map(_encode, (self.region, self.mqtt_instance_id, self.ca_sn, self.device_sn))])


@dataclass(frozen=True, slots=True, kw_only=True)
class IotDeviceId:
    """What names a device certificate of IoT Platform: the region and the arguments of QueryDeviceCert.

    ``iot_instance_id`` is None for the public instance.
    """

    region: str
    iot_instance_id: str | None
    product_key: str
    device_name: str

    def __str__(self) -> str:
        instance = _PUBLIC_INSTANCE if self.iot_instance_id is None else _encode(self.iot_instance_id)
        return "/".join(["iot", _encode(self.region), instance, _encode(self.product_key), _encode(self.device_name)])


def parse_id(text: str) -> MqttDeviceId | MqttCaId | IotDeviceId:
    """Read an ID back into what it names.

    Raises InvalidIdError, one line, when ``text`` is not an ID of this project.
    """
    parts = text.split("/")
    values = [unquote(part) for part in parts]
    if all(parts):
        match values:
            case ["mqtt", region, instance, ca_sn, device_sn]:
                return MqttDeviceId(region=region, mqtt_instance_id=instance, ca_sn=ca_sn, device_sn=device_sn)
            case ["mqtt-ca", region, instance, ca_sn]:
                return MqttCaId(region=region, mqtt_instance_id=instance, ca_sn=ca_sn)
            case ["iot", region, instance, product_key, device_name]:
                is_public = parts[2] == _PUBLIC_INSTANCE
                return IotDeviceId(
                    region=region,
                    iot_instance_id=None if is_public else instance,
                    product_key=product_key,
                    device_name=device_name,
                )
    raise InvalidIdError(
        f"{text!r} is not the ID of a device certificate: expected mqtt/<region>/<instance>/<ca_sn>/<device_sn>, "
        "mqtt-ca/<region>/<instance>/<ca_sn> or iot/<region>/<instance or ->/<product_key>/<device_name>, each part "
        "percent-encoded"
    )
