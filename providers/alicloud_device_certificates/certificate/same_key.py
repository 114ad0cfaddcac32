"""The public keys of two certificates, compared."""

from __future__ import annotations

from alicloud_device_certificates.certificate.body import read_certificate
from alicloud_device_certificates.certificate.errors import CertificateError


def same_public_key(certificate_pem: str, other_pem: str) -> bool | None:
    """Return whether two certificates have the same public key; None if one of them cannot be read."""
    one, other = _public_key(certificate_pem), _public_key(other_pem)
    return None if one is None or other is None else one == other


def _public_key(certificate_pem: str) -> bytes | None:
    try:
        return read_certificate(certificate_pem).parts.public_key_der
    except CertificateError:
        return None
