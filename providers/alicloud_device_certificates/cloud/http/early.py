"""What a service sends on a new connection before there is a request. It cannot be the response."""

from __future__ import annotations

from typing import Final

_LEAST: Final = 0.01


def early_wait(connecting: float) -> float:
    """Return the seconds to wait for it, on a connection that took ``connecting`` seconds to open.

    It takes about one round trip to arrive, and opening a connection takes at least one.
    """
    return _LEAST + connecting
