"""The credentials that sign a request, and what provides them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An access key, with or without an STS token."""

    access_key_id: str = field(repr=False)
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    origin: str = "access key"
    """Where they come from, as users see it."""


class CredentialProvider(Protocol):
    """Returns credentials; blocks, and each call may return newer ones."""

    def __call__(self) -> Credentials:
        """Raise ``CredentialsError`` if there are none."""
        ...  # pragma: no cover
