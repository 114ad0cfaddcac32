"""What a certificate is issued for."""

from __future__ import annotations

import hashlib

import msgspec

from alicloud_device_certificates.emulator.issuing.record import Record


class CertificateOrder(msgspec.Struct, kw_only=True, frozen=True):
    """What a certificate is issued for. Times as the scenario writes them; no issuer means self-signed."""

    identity: str
    common_name: str
    key: str
    valid_from: str
    valid_until: str
    subject: str | None = None
    names: list[str] = []
    serial: int | None = None
    is_ca: bool = False
    issuer: Record | None = None

    def digest(self) -> str:
        """Changes with everything that would make it another certificate."""
        issuer = self.issuer.certificate_pem if self.issuer else None
        parts = [self.common_name, self.key, self.valid_from, self.valid_until, self.subject, self.names]
        return hashlib.sha256(msgspec.json.encode([*parts, str(self.serial), self.is_ca, issuer])).hexdigest()[:32]


def serial_of(text: str | None) -> int | None:
    """The X.509 serial number that an SN stands for, where it is hex and X.509 can hold it (20 bytes, positive)."""
    try:
        serial = int(text or "", 16)
    except ValueError:
        return None
    return serial if 0 < serial < 1 << 159 else None
