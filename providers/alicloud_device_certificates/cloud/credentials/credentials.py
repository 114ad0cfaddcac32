"""What signs a call: an access key, and who gives one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An access key, with an STS token or without; `source` says where it is from, as a user would name it."""

    access_key_id: str = field(repr=False)
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    source: str = "access key"


class Source(Protocol):
    """A place that gives credentials, blocking; each call may give newer ones."""

    def __call__(self) -> Credentials:
        """Raises `CredentialsError`."""
        ...  # pragma: no cover
