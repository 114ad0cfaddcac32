"""What processes share: the requests that each of them sends, in a log that a library keeps.

A store grants the right to send requests within the next ``HORIZON`` seconds. The log has them at the end of that time,
so none of them is sent later than the log says. One that may have arrived later is moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

HORIZON: Final = 0.015
"""Seconds in which granted requests must be sent."""
SPAN_MS: Final = 1025
"""Milliseconds in which a request counts in the log: one second, and a margin for the jitter of the network."""


class StoreError(Exception):
    """A store cannot be used. The message is a clause without secrets that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a store grants."""

    count: int
    """How many requests may be sent."""
    logged_at: int = 0
    """The time under which the log has them, in milliseconds."""
    delay: float = 0.0
    """If there are none: seconds until the next request that counts in the log stops counting."""


Moves = Mapping[tuple[int, int], int]
"""How many requests are moved in the log, by the time under which it has them and the one under which it gets them."""


class Store(Protocol):
    """The log of one account's requests to one service. Whatever fails is a ``StoreError``, after a second at most."""

    async def take(self, wanted: int) -> Grant:
        """Grant at most ``wanted`` requests."""
        ...  # pragma: no cover

    async def move(self, moves: Moves) -> None:
        """Have requests count for longer."""
        ...  # pragma: no cover

    async def aclose(self) -> None:
        """Let go of files and connections."""
        ...  # pragma: no cover
