"""The record of an issued certificate."""

from __future__ import annotations

import msgspec


class CertificateRecord(msgspec.Struct, kw_only=True, frozen=True):
    """An issued certificate with its private key, as the state folder keeps it."""

    identity: str
    """Name of the certificate's owner within the emulator, such as ``mqtt/<instance>/<ca_sn>/<device_sn>``."""
    digest: str = msgspec.field(name="made_from")  # the name in state folders of today
    """Digest of the specification it was issued for; another one means that the scenario changed."""
    certificate_pem: str
    """PEM with LF line endings."""
    private_key_pem: str
    """PKCS#8 PEM with LF line endings."""
    serial_hex: str
    """X.509 serial number in lower-case hex."""
    not_before: int
    """Milliseconds since 1970 UTC."""
    not_after: int
    """Milliseconds since 1970 UTC."""
    certificate_id: str
    """CertSN of IoT Platform."""

    def __repr__(self) -> str:
        return f"CertificateRecord(identity={self.identity!r}, private_key_pem=[secure])"
