"""Serial numbers that an issuer assigned more than once (RFC 5280, 4.1.2.2)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.others import Found, groups, others
from alicloud_device_certificates.gate.evaluate.shared_keys import public_key_sha256


def duplicate_serials(observed: Sequence[Observed]) -> Found:
    """Yield the position of each certificate with the issuer and the serial number of another one, with a message."""
    numbered = groups(
        (number, (position, fingerprint, each.label))
        for position, each in enumerate(observed)
        if (number := _number(each.new or {})) is not None
        and isinstance(fingerprint := (each.new or {}).get("sha256_fingerprint"), str)
    )
    for members in numbered:
        for position, names in others(members):
            serial = (observed[position].new or {}).get("serial_number_hex")
            yield position, f"its issuer assigned the serial number {serial} to {names} too"


def _number(certificate: Mapping[str, Any]) -> Hashable:
    issuer, serial = certificate.get("issuer"), certificate.get("serial_number")
    if not isinstance(issuer, str) or not isinstance(serial, str):
        return None
    # Whoever signs for itself is an issuer of its own, whatever its name.
    is_own = issuer == certificate.get("subject")
    return issuer, serial, public_key_sha256(certificate) if is_own else None
