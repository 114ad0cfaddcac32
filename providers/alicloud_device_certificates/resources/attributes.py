"""The fields of a certificate as attributes. Written by `make docs` from contract/fields.py: do not edit."""

from __future__ import annotations

from typing import Any

import pulumi

from alicloud_device_certificates.resources.certificate_field import CertificateField


class CertificateAttributes:
    """The fields of every certificate; all but ``status`` are None while it is pending."""

    certificate: pulumi.Output[dict[str, Any]]
    """Every field that this certificate has, as one object."""

    certificate_pem = CertificateField[str]()
    """The certificate as PEM: label CERTIFICATE, LF line endings, 64 columns, one final newline."""
    serial_number = CertificateField[str | None]()
    """The X.509 serial number, decimal."""
    serial_number_hex = CertificateField[str | None]()
    """The X.509 serial number, lower-case hex in whole bytes."""
    not_before = CertificateField[str | None]()
    """Start of the validity period, RFC 3339 in UTC."""
    not_after = CertificateField[str | None]()
    """End of the validity period, RFC 3339 in UTC."""
    subject = CertificateField[str | None]()
    """The subject's distinguished name, RFC 4514."""
    issuer = CertificateField[str | None]()
    """The issuer's distinguished name, RFC 4514."""
    subject_common_name = CertificateField[str | None]()
    """The subject's common name."""
    subject_alternative_names = CertificateField[list[str] | None]()
    """The alternative names, as DNS:..., IP:..., URI:... or email:..., in the certificate's order."""
    sha1_fingerprint = CertificateField[str]()
    """SHA-1 of the DER, lower-case hex."""
    sha256_fingerprint = CertificateField[str]()
    """SHA-256 of the DER, lower-case hex."""
    public_key_algorithm = CertificateField[str | None]()
    """The algorithm of the public key: RSA, EC, Ed25519 or Ed448."""
    public_key_bits = CertificateField[int | None]()
    """The size of the public key in bits."""
    signature_algorithm = CertificateField[str | None]()
    """The algorithm of the signature, such as sha256WithRSAEncryption."""
    is_ca = CertificateField[bool | None]()
    """Whether it is a CA certificate, by its basic constraints."""
    public_key_sha256 = CertificateField[str | None]()
    """SHA-256 of the public key as DER (SubjectPublicKeyInfo), lower-case hex."""
    status = CertificateField[str]()
    """The status in the service: active or inactive (MQTT); generating, failed or generated (IoT)."""


class MqttDeviceCertificateAttributes(CertificateAttributes):
    """The fields of a device certificate stored in ApsaraMQ for MQTT."""

    device_sn = CertificateField[str]()
    """The service's SN of the device certificate."""
    device_name = CertificateField[str | None]()
    """The name of the device certificate."""
    ca_sn = CertificateField[str]()
    """The service's SN of the CA certificate."""
    ca_certificate_pem = CertificateField[str | None]()
    """The CA's certificate, PEM; only with include_chain."""
    certificate_chain_pem = CertificateField[str | None]()
    """The device certificate, then the CA certificates above it, PEM; only with include_chain."""


class MqttCaCertificateAttributes(CertificateAttributes):
    """The fields of a CA certificate stored in ApsaraMQ for MQTT."""

    ca_sn = CertificateField[str]()
    """The service's SN of the CA certificate."""
    ca_name = CertificateField[str | None]()
    """The name of the CA certificate."""


class IotDeviceCertificateAttributes(CertificateAttributes):
    """The fields of a device certificate stored in IoT Platform."""

    certificate_sn = CertificateField[str | None]()
    """The service's ID of the certificate, which is not the X.509 serial number."""


class AnyCertificateAttributes(CertificateAttributes):
    """The fields of a certificate whose kind is not known; those that it does not have are None."""

    device_sn = CertificateField[str | None]()
    """MQTT device: The service's SN of the device certificate."""
    device_name = CertificateField[str | None]()
    """MQTT device: The name of the device certificate."""
    ca_sn = CertificateField[str | None]()
    """MQTT device, MQTT CA: The service's SN of the CA certificate."""
    ca_name = CertificateField[str | None]()
    """MQTT CA: The name of the CA certificate."""
    ca_certificate_pem = CertificateField[str | None]()
    """MQTT device: The CA's certificate, PEM; only with include_chain."""
    certificate_chain_pem = CertificateField[str | None]()
    """MQTT device: The device certificate, then the CA certificates above it, PEM; only with include_chain."""
    certificate_sn = CertificateField[str | None]()
    """IoT device: The service's ID of the certificate, which is not the X.509 serial number."""
