"""The fields of a certificate output, in the order in which they are shown.

The reader fills them, and everything else follows from this list: the attributes of the data sources and of references,
the stack output ``certificates``, the gate's reports, the TypeScript types and the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.contract.statuses import IotStatus, MqttStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a certificate."""

    name: str
    """Its name, in the output and as an attribute."""
    type: Literal["string", "integer", "boolean", "list of strings"]
    """Its type in JSON."""
    unit: str = ""
    """Its unit or form."""
    meaning: str
    """What it is, as a noun phrase."""
    example: str | int | tuple[str, ...]
    """The value of one certificate of the embedded emulator; a PEM is shortened (``...``)."""
    kinds: tuple[KindKey, ...] = tuple(KINDS)
    """The kinds of certificates that can have it."""
    is_always_present: bool = False
    """Whether every certificate of these kinds has it, unless it is still pending."""
    is_from_later_version: bool = False
    """Whether the state of an earlier version lacks it, although it follows from the certificate."""


def _either(values: Any) -> str:  # noqa: ANN401 - a Literal
    *others, last = get_args(values)
    return f"{', '.join(others)} or {last}"


FIELDS: tuple[Field, ...] = (
    Field(
        name="certificate_pem",
        is_always_present=True,
        type="string",
        unit="PEM",
        meaning="the certificate as PEM: label CERTIFICATE, LF line endings, 64 columns, one final newline",
        example="-----BEGIN CERTIFICATE-----\nMIIB7jCCAZWg...",
    ),
    Field(
        name="serial_number",
        type="string",
        unit="decimal",
        meaning="the X.509 serial number, decimal",
        example="3846662557862701569",
    ),
    Field(
        name="serial_number_hex",
        type="string",
        unit="hex",
        meaning="the X.509 serial number, lower-case hex in whole bytes",
        example="356217374433aa01",
    ),
    Field(
        name="not_before",
        type="string",
        unit="RFC 3339, to the second",
        meaning="start of the validity period, RFC 3339 in UTC",
        example="2026-10-24T00:19:25Z",
    ),
    Field(
        name="not_after",
        type="string",
        unit="RFC 3339, to the second",
        meaning="end of the validity period, RFC 3339 in UTC",
        example="2027-10-24T00:19:25Z",
    ),
    Field(
        name="subject",
        type="string",
        unit="RFC 4514",
        meaning="the subject's distinguished name, RFC 4514",
        example="CN=gateway-01",
    ),
    Field(
        name="issuer",
        type="string",
        unit="RFC 4514",
        meaning="the issuer's distinguished name, RFC 4514",
        example="CN=Emulator Device CA,O=Device Certificates Emulator",
    ),
    Field(
        name="subject_common_name",
        type="string",
        meaning="the subject's common name",
        example="gateway-01",
    ),
    Field(
        name="subject_alternative_names",
        type="list of strings",
        meaning="the alternative names, as DNS:..., IP:..., URI:... or email:..., in the certificate's order",
        example=("DNS:gateway-01.example.com", "IP:192.0.2.1"),
    ),
    Field(
        name="sha1_fingerprint",
        is_always_present=True,
        type="string",
        unit="hex",
        meaning="SHA-1 of the DER, lower-case hex",
        example="e4e088a516f0caccff16d2fb0e1fd1fd2a63e65c",
    ),
    Field(
        name="sha256_fingerprint",
        is_always_present=True,
        type="string",
        unit="hex",
        meaning="SHA-256 of the DER, lower-case hex",
        example="a2610bd062ff79e6a5e59f49c8b8ba4971d6ac87c55bdca641bed12bf69c11e8",
    ),
    Field(
        name="public_key_algorithm",
        type="string",
        meaning="the algorithm of the public key: RSA, EC, Ed25519 or Ed448",
        example="EC",
    ),
    Field(
        name="public_key_bits",
        type="integer",
        unit="bits",
        meaning="the size of the public key in bits",
        example=256,
    ),
    Field(
        name="signature_algorithm",
        type="string",
        meaning="the algorithm of the signature, such as sha256WithRSAEncryption",
        example="ecdsa-with-SHA256",
    ),
    Field(
        name="is_ca",
        type="boolean",
        meaning="whether it is a CA certificate, by its basic constraints",
        example=False,
    ),
    Field(
        name="public_key_sha256",
        type="string",
        unit="hex",
        meaning="SHA-256 of the public key as DER (SubjectPublicKeyInfo), lower-case hex",
        example="782378d6d196bae06081b5dca67d990a3e166da2ec74b48a4c99f7ba5ef3c517",
        is_from_later_version=True,
    ),
    Field(
        name="status",
        is_always_present=True,
        type="string",
        meaning=f"the status in the service: {_either(MqttStatus)} (MQTT); {_either(IotStatus)} (IoT)",
        example="active",
    ),
    Field(
        name="device_sn",
        is_always_present=True,
        type="string",
        meaning="the service's SN of the device certificate",
        example="356217374433aa01",
        kinds=("mqtt",),
    ),
    Field(
        name="device_name",
        type="string",
        meaning="the name of the device certificate",
        example="gateway-01",
        kinds=("mqtt",),
    ),
    Field(
        name="ca_sn",
        is_always_present=True,
        type="string",
        meaning="the service's SN of the CA certificate",
        example="00f26900ba87",
        kinds=("mqtt", "mqtt-ca"),
    ),
    Field(
        name="ca_name",
        type="string",
        meaning="the name of the CA certificate",
        example="emulator-ca",
        kinds=("mqtt-ca",),
    ),
    Field(
        name="ca_certificate_pem",
        type="string",
        unit="PEM",
        meaning="the CA's certificate, PEM; only with include_chain",
        example="-----BEGIN CERTIFICATE-----\nMIIB3zCCAYWg...",
        kinds=("mqtt",),
    ),
    Field(
        name="certificate_chain_pem",
        type="string",
        unit="PEM",
        meaning="the device certificate, then the CA certificates above it, PEM; only with include_chain",
        example="-----BEGIN CERTIFICATE-----\nMIIB7jCCAZWg...",
        kinds=("mqtt",),
    ),
    Field(
        name="certificate_sn",
        type="string",
        meaning="the service's ID of the certificate, which is not the X.509 serial number",
        example="6362521174224148",
        kinds=("iot",),
    ),
)


def field_names(kind: KindKey) -> tuple[str, ...]:
    """Return the names of the fields that a certificate of this kind can have, in order."""
    return tuple(field.name for field in FIELDS if kind in field.kinds)
