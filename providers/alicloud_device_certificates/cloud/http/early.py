"""What a service sends on a new connection before there is a request. It cannot be the response."""

from __future__ import annotations

import asyncio
from typing import Final

EARLY: Final = 0.01
"""Seconds to wait for it at least."""
_MOST: Final = 0.1


async def until_early(connecting: float) -> None:
    """Wait for it, on a connection that took ``connecting`` seconds to open: it takes about as long to arrive."""
    await asyncio.sleep(EARLY + min(connecting, _MOST))
