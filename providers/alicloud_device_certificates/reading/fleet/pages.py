"""All items of a list that comes in pages, although the list may change while it is read.

Whatever is added or removed moves others to another page: one may then be read twice, or not at all. So a list of more
than one page is read again until a pass finds nothing new. What a later pass does not find was removed, or was lost
there: the caller reads each such item by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

from alicloud_device_certificates.cloud.page import Page

T = TypeVar("T")

AT_ONCE: Final = 32
"""The maximum number of pages that are requested at once."""
_PASSES: Final = 6
"""The maximum number of passes: by then, what is found anew was added while the list was read."""

Fetch = Callable[[int], Awaitable[Page[T]]]
"""Returns the page of a number, from 1."""


async def list_all(
    fetch: Fetch[T], *, size: int, key_of: Callable[[T], str], take: Callable[[str, T], Awaitable[None]]
) -> set[str]:
    """Pass each item to ``take``, in each pass again, and return the keys that the last pass did not find."""
    known: set[str] = set()
    for number in range(_PASSES):
        found: set[str] = set()
        count = 0
        async for page in _pages(fetch, size=size):
            count += 1
            for item in page.items:
                key = key_of(item)
                found.add(key)
                await take(key, item)
        has_new = not found <= known
        known |= found
        if count == 1 or (number > 0 and not has_new):
            break
    return known - found


async def _pages(fetch: Fetch[T], *, size: int) -> AsyncIterator[Page[T]]:
    """Yield the pages of one pass, in order: those that the total implies at once, then each until one is not full."""
    page = await fetch(1)
    yield page
    seen, number, last = len(page.items), 2, -(-page.total // size)
    is_over = seen < size or seen == page.total
    pending: deque[asyncio.Future[Page[T]]] = deque()
    try:
        while pending or not is_over:
            while not is_over and len(pending) < AT_ONCE and (number <= last or not pending):
                pending.append(asyncio.ensure_future(fetch(number)))
                number += 1
            page = await pending.popleft()
            yield page
            seen += len(page.items)
            is_over = is_over or len(page.items) < size or (seen == page.total and not pending)
    finally:
        for future in pending:
            future.cancel()
        if pending:
            await asyncio.wait(pending)
