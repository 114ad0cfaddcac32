"""The specification of a certificate: everything that determines it."""

from __future__ import annotations

import hashlib

import msgspec

from alicloud_device_certificates.emulator.issuing.record import CertificateRecord
from alicloud_device_certificates.emulator.scenario.values import KeyType


class CertificateSpecification(msgspec.Struct, kw_only=True, frozen=True):
    """Everything that determines a certificate."""

    identity: str
    """Name of the certificate's owner within the emulator."""
    common_name: str
    """Common name of the subject, unless ``subject`` is set; cut to 64 characters."""
    key: KeyType
    """Key type."""
    valid_from: str
    """Timestamp as the scenario writes it, perhaps relative."""
    valid_until: str
    """Timestamp as the scenario writes it, perhaps relative."""
    subject: str | None = None
    """Subject, RFC 4514."""
    names: list[str] = []
    """Subject alternative names, prefixed with their type (``DNS:``, ``IP:``, ``URI:``, ``email:``)."""
    serial: int | None = None
    """X.509 serial number; random if None."""
    is_ca: bool = False
    """Whether it is the certificate of a CA."""
    issuer: CertificateRecord | None = None
    """Record of the CA that signs; self-signed if None."""
    key_of: CertificateRecord | None = None
    """Record whose key it has too; a new key if None."""

    def digest(self) -> str:
        """Return a digest that changes with everything that determines the certificate, apart from its identity."""
        issuer = self.issuer.certificate_pem if self.issuer else None
        parts = [self.common_name, self.key, self.valid_from, self.valid_until, self.subject, self.names]
        if self.key_of:
            parts.append(self.key_of.identity)
        return hashlib.sha256(msgspec.json.encode([*parts, str(self.serial), self.is_ca, issuer])).hexdigest()[:32]


def serial_from_sn(sn: str | None) -> int | None:
    """Return the X.509 serial number that an SN stands for, or None if it is not hex or X.509 cannot hold it.

    X.509 holds positive numbers of up to 20 bytes.
    """
    try:
        serial = int(sn or "", 16)
    except ValueError:
        return None
    return serial if 0 < serial < 1 << 159 else None
