"""The one error of this package."""

from __future__ import annotations


class CertificateError(ValueError):
    """A certificate or private key cannot be used: one line that says why, and holds nothing of the body or the key."""
