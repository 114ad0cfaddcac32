"""The one error of this package."""

from __future__ import annotations


class CertificateError(ValueError):
    """A certificate or private key cannot be used. The message is one line and quotes neither the body nor the key."""
