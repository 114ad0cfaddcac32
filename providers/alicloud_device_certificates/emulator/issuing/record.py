"""What is kept of an issued certificate."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, kw_only=True, frozen=True):
    """One issued certificate.

    `made_from` is a digest of the order it was issued for: another one means that the scenario changed. Times in
    milliseconds since 1970 UTC; PEM with LF; the key is PKCS#8; `certificate_id` is IoT Platform's CertSN.
    """

    identity: str
    made_from: str
    certificate_pem: str
    private_key_pem: str
    serial_hex: str
    not_before: int
    not_after: int
    certificate_id: str

    def __repr__(self) -> str:
        return f"Record(identity={self.identity!r}, serial_hex={self.serial_hex!r}, private_key_pem=[secure])"
