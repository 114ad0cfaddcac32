"""The public keys of certificates, compared."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alicloud_device_certificates.certificate.attributes import Certificate
from alicloud_device_certificates.certificate.body import read_certificate
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.loading import PARSER_ERRORS


def public_key_der(certificate: Certificate) -> bytes | None:
    """Return the certificate's SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) as DER; None if it cannot be read."""
    if certificate.parsed is None:
        return None
    try:
        return certificate.parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except PARSER_ERRORS:
        return None


def same_public_key(certificate_pem: str, other_pem: str) -> bool | None:
    """Return whether two certificates have the same public key; None if one of them cannot be read."""
    one, other = _of_pem(certificate_pem), _of_pem(other_pem)
    return None if one is None or other is None else one == other


def _of_pem(certificate_pem: str) -> bytes | None:
    try:
        return public_key_der(read_certificate(certificate_pem))
    except CertificateError:
        return None
