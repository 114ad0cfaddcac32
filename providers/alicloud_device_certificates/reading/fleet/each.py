"""Work on each of many things, some of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

T = TypeVar("T")

_AT_ONCE: Final = 64
"""More than there are connections, so none of these waits for work."""


async def for_each(things: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Run ``work`` for each of them. The first error ends all of it, and is raised."""
    rest = iter(things)

    async def worker() -> None:
        for thing in rest:
            await work(thing)

    workers = [asyncio.ensure_future(worker()) for _ in range(_AT_ONCE)]
    try:
        await asyncio.gather(*workers)
    finally:
        for each in workers:
            each.cancel()
        await asyncio.wait(workers)
