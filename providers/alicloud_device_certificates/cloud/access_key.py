"""The credentials that sign a request."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An access key, with or without an STS token."""

    access_key_id: str = field(repr=False)
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    origin: str = "access key"
    """Where they come from, as users see it."""
    lifetime: float | None = field(default=None, compare=False)
    """For how many seconds they were valid when they were obtained; None if that is unknown."""
