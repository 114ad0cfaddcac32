"""The fields of a certificate output, in the order in which they are shown.

The one list that the provider fills, the data sources turn into attributes, the stack output ``certificates`` carries
and the documentation is made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["mqtt", "mqtt-ca", "iot"]
"""A device certificate of ApsaraMQ for MQTT, a CA certificate of it, a device certificate of IoT Platform."""

_ALL: tuple[Kind, ...] = ("mqtt", "mqtt-ca", "iot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its name, its type as JSON has it, what it means (with its unit) and which certificates have it."""

    name: str
    type: Literal["string", "integer", "boolean", "list of strings"]
    meaning: str
    kinds: tuple[Kind, ...] = _ALL


FIELDS: tuple[Field, ...] = (
    Field(
        name="certificate_pem",
        type="string",
        meaning="the certificate as PEM: label CERTIFICATE, LF line ends, 64 columns, one final newline",
    ),
    Field(name="serial_number", type="string", meaning="the X.509 serial number, decimal"),
    Field(name="serial_number_hex", type="string", meaning="the X.509 serial number, lower-case hex in whole bytes"),
    Field(name="not_before", type="string", meaning="valid from, RFC 3339 in UTC"),
    Field(name="not_after", type="string", meaning="valid until, RFC 3339 in UTC"),
    Field(name="subject", type="string", meaning="the subject's distinguished name, RFC 4514"),
    Field(name="issuer", type="string", meaning="the issuer's distinguished name, RFC 4514"),
    Field(name="subject_common_name", type="string", meaning="the subject's common name"),
    Field(
        name="subject_alternative_names",
        type="list of strings",
        meaning="DNS:, IP:, URI: and email: names, in the certificate's order",
    ),
    Field(name="sha1_fingerprint", type="string", meaning="SHA-1 of the DER, lower-case hex"),
    Field(name="sha256_fingerprint", type="string", meaning="SHA-256 of the DER, lower-case hex"),
    Field(name="public_key_algorithm", type="string", meaning="RSA, EC, Ed25519 or Ed448"),
    Field(name="public_key_bits", type="integer", meaning="the public key's size in bits"),
    Field(name="signature_algorithm", type="string", meaning="for example sha256WithRSAEncryption"),
    Field(name="is_ca", type="boolean", meaning="whether its basic constraints make it a certificate authority"),
    Field(
        name="status",
        type="string",
        meaning="MQTT: active or inactive; IoT: generating, failed or generated",
    ),
    Field(
        name="device_sn",
        type="string",
        meaning="the SN by which the service knows the device certificate",
        kinds=("mqtt",),
    ),
    Field(name="device_name", type="string", meaning="the name of the device certificate", kinds=("mqtt",)),
    Field(name="ca_sn", type="string", meaning="the SN by which the service knows its CA", kinds=("mqtt", "mqtt-ca")),
    Field(name="ca_name", type="string", meaning="the name of the CA certificate", kinds=("mqtt-ca",)),
    Field(
        name="ca_certificate_pem",
        type="string",
        meaning="with include_chain: the certificate of its CA, PEM",
        kinds=("mqtt",),
    ),
    Field(
        name="certificate_chain_pem",
        type="string",
        meaning="with include_chain: the certificate and those above it, PEM, leaf first",
        kinds=("mqtt",),
    ),
    Field(
        name="certificate_sn",
        type="string",
        meaning="the service's identifier of the certificate, which is not the X.509 serial number",
        kinds=("iot",),
    ),
)


def field_names(kind: Kind) -> tuple[str, ...]:
    """Give the names of the fields that a certificate of this kind can have, in order."""
    return tuple(field.name for field in FIELDS if kind in field.kinds)
