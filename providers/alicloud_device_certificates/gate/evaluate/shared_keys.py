"""Public keys that several devices or CAs have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alicloud_device_certificates.certificate import CertificateError, read_certificate
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.identities import identities
from alicloud_device_certificates.gate.evaluate.others import Found, groups, others


def shared_keys(observed: Sequence[Observed]) -> Found:
    """Yield the position of each certificate whose key another identity has too, with a message."""
    keys = groups(
        (key, (position, identity, each.label))
        for position, (each, identity) in enumerate(zip(observed, identities(observed), strict=True))
        if (key := public_key_sha256(each.new or {})) is not None
    )
    for members in keys:
        for position, names in others(members):
            yield position, f"it has the same public key as {names}"


def public_key_sha256(certificate: Mapping[str, Any]) -> str | None:
    """Return the digest of a certificate's public key, from the certificate itself if an earlier version read it."""
    digest, pem = certificate.get("public_key_sha256"), certificate.get("certificate_pem")
    if isinstance(digest, str):
        return digest
    try:
        return read_certificate(pem).public_key_sha256 if isinstance(pem, str) else None
    except CertificateError:
        return None
