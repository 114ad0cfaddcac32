"""A certificate in place of another one: whether it was rotated or renewed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alicloud_device_certificates.certificate import same_public_key
from alicloud_device_certificates.contract.timestamps import NO_EXPIRY
from alicloud_device_certificates.gate.rules.kinds import FindingKind


def has_other_certificate(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether the certificate is another one, by its PEM, or by its fingerprint if a fleet leaves that out."""
    name = "certificate_pem" if "certificate_pem" in old and "certificate_pem" in new else "sha256_fingerprint"
    return name in old and name in new and old[name] != new[name]


def renewal(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FindingKind, str]:
    """Distinguish a rotation (new serial number or new key) from a renewal."""
    changes = []
    if old.get("serial_number") != new.get("serial_number"):
        changes.append(
            f"the serial number changed from {old.get('serial_number_hex')} to {new.get('serial_number_hex')}"
        )
    same_key = _same_key(old, new)
    if same_key is None:
        changes.append("the keys cannot be compared")
    elif not same_key:
        changes.append("it has a new key")
    if changes:
        return FindingKind.ROTATED, f"it was rotated: {'; '.join(changes)}"
    end = new.get("not_after")
    until = "without expiry" if end == NO_EXPIRY else f"valid until {end}"
    return FindingKind.RENEWED, f"it was renewed for the same key, {until}"


def _same_key(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool | None:
    """Return whether the keys are the same; None if they cannot be compared."""
    if "certificate_pem" in old and "certificate_pem" in new:
        return same_public_key(old["certificate_pem"], new["certificate_pem"])
    one, other = old.get("public_key_sha256"), new.get("public_key_sha256")
    return None if one is None or other is None else bool(one == other)
