"""The record of an issued certificate."""

from __future__ import annotations

import base64
import re
from typing import Final

import msgspec

from alicloud_device_certificates.emulator.scenario.times import bounded

FORMAT: Final = 1
"""The format of the state's files. A newer one is refused, never guessed at."""

_BLOCK = r"-----BEGIN {0}-----\n((?:[A-Za-z0-9+/=]+\n)+)-----END {0}-----\n"
_CERTIFICATE, _PRIVATE_KEY = (re.compile(_BLOCK.format(label)) for label in ("CERTIFICATE", "PRIVATE KEY"))
_SERIAL = re.compile("[0-9a-f]{1,40}")
_CERTIFICATE_ID = re.compile("[0-9]{1,40}")


class DamagedRecordError(ValueError):
    """A record that can be read, but whose certificate or key cannot."""

    def __init__(self, identity: str, what: str) -> None:
        super().__init__(f"its {what} cannot be read")
        self.identity = identity


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
    format: int = FORMAT
    """The format of the file."""

    def __repr__(self) -> str:
        return f"CertificateRecord(identity={self.identity!r}, private_key_pem=[secure])"


def check_record(record: CertificateRecord) -> None:
    """Check what types cannot express, without parsing X.509. Raise ValueError."""
    faults = [
        name
        for name, is_intact in (
            ("certificate_pem", _is_der(_CERTIFICATE, record.certificate_pem)),
            ("private_key_pem", _is_der(_PRIVATE_KEY, record.private_key_pem)),
            ("serial_hex", _SERIAL.fullmatch(record.serial_hex)),
            ("certificate_id", _CERTIFICATE_ID.fullmatch(record.certificate_id)),
            ("not_before", record.not_before == bounded(record.not_before)),
            ("not_after", record.not_after == bounded(record.not_after)),
        )
        if not is_intact
    ]
    if faults:
        raise ValueError(f"it has no valid {', '.join(faults)}")


def _is_der(block: re.Pattern[str], pem: str) -> bool:
    """Return whether a text is one PEM block, whose DER is complete."""
    found = block.fullmatch(pem)
    if found is None:
        return False
    try:
        der = base64.b64decode(found[1].replace("\n", ""), validate=True)
    except ValueError:
        return False
    # A SEQUENCE: its length in one byte, or in as many as the low bits of that byte count.
    if len(der) < 2 or der[0] != 0x30:
        return False
    size = der[1] & 0x7F if der[1] & 0x80 else 0
    length = int.from_bytes(der[2 : 2 + size], "big") if size else der[1]
    return len(der) == 2 + size + length
