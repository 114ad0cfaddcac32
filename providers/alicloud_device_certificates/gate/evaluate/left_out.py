"""What cannot be judged because a fleet leaves fields of its certificates out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alicloud_device_certificates.gate.collect.observed import Observed

_OF_A_ROOT: Final = ("is_ca", "subject", "issuer")
"""The fields that show a root CA, whose signature proves nothing."""


def judged_by_strength(observed: Observed) -> Mapping[str, Any]:
    """Return the fields by which a certificate can be weak: a signature is judged only if it may not be a root's."""
    certificate = observed.new or {}
    if not _is_partial(observed) or all(name in certificate for name in _OF_A_ROOT):
        return certificate
    return {name: value for name, value in certificate.items() if name != "signature_algorithm"}


def is_ca(observed: Observed) -> bool:
    """Return whether a certificate is one of a CA, or may be one."""
    certificate = observed.new or {}
    if _is_partial(observed) and "is_ca" not in certificate:
        return observed.service == "mqtt-ca"
    return bool(certificate.get("is_ca"))


def _is_partial(observed: Observed) -> bool:
    return observed.fleet is not None and observed.fleet.is_partial
