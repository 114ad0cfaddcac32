"""Whether two certificates are for the same key."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alicloud_device_certificates.certificate.attributes import parsed_again
from alicloud_device_certificates.certificate.body import read_certificate
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.loading import REFUSALS


def same_public_key(certificate_pem: str, other_pem: str) -> bool | None:
    """Compare the public keys (SubjectPublicKeyInfo) of two certificates; None where one of them cannot be read."""
    one, other = _public_key(certificate_pem), _public_key(other_pem)
    return None if one is None or other is None else one == other


def _public_key(certificate_pem: str) -> bytes | None:
    try:
        parsed = parsed_again(read_certificate(certificate_pem))
        if parsed is None:
            return None
        return parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (CertificateError, *REFUSALS):
        return None
