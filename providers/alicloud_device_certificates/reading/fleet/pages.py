"""All items of a list that comes in pages, although the list may change while it is read.

Whatever is added or removed moves others to another page. If each page began after the one before, an item could move
from a page that is not read yet to one that was read, and be lost. So each window of the list must share an item with
those before it (``windows``): whatever stands between the two is in one of them, as long as the order stays. If a
window shares none, the list has moved on, and the next window begins earlier.

The services document no order. In a list whose order changes too, the windows may miss some: it is read again if it has
more items than were found.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from alicloud_device_certificates.cloud.page import Page
from alicloud_device_certificates.reading.fleet.windows import Window, window_from

T = TypeVar("T")

AT_ONCE: Final = 32
"""The maximum number of pages that are requested at once."""
_PASSES: Final = 6
"""The maximum number of times that a list is read."""
_RECENT: Final = 64
"""How many windows back the list may move while it is read."""
_RESTARTS: Final = 1000
"""How often a window may share no item in one pass. From then on, it need not: no service can make this endless."""
_STALE: Final = 3
"""The number of windows without anything new, beyond the reported end, that are taken for the end."""

Fetch = Callable[[int, int], Awaitable[Page[T]]]
"""Returns the page of a number, from 1, and a size."""


@dataclass(kw_only=True, eq=False)
class Listing(Generic[T]):
    """A list of a service, and what to do with its items."""

    fetch: Fetch[T]
    size: int
    """The maximum size of a page."""
    key_of: Callable[[T], int]
    """Returns what is the same for all versions of an item."""
    content_of: Callable[[T], Mapping[str, Any]]
    take: Callable[[T], Awaitable[None]]
    """Gets each item, and perhaps again if it is read again."""
    count: Callable[[], int]
    """Returns how many items were taken, each counted once."""

    async def read(self) -> None:
        """Read all items. Raise CloudError."""
        for _ in range(_PASSES):
            before = self.count()
            total = await self._read_once()
            if total <= self.count() or self.count() == before:
                break

    async def _read_once(self) -> int:
        """Read the list from its start to its end, and return how many items it has, as the service says."""
        recent: deque[dict[int, Mapping[str, Any]]] = deque(maxlen=_RECENT)
        is_short, stale, restarts, back = False, 0, 0, 0
        ahead = _Ahead(self.fetch, self.size)
        try:
            while True:
                window, page = await ahead.next()
                items = {self.key_of(item): item for item in page.items}
                if is_short and not items:
                    return page.total
                is_linked = window.start == 0 or any(items.keys() & each.keys() for each in reversed(recent))
                if not is_linked and restarts < _RESTARTS:
                    restarts, back = restarts + 1, max(2 * back, self.size // 4)
                    ahead.restart(max(0, window.start - back))
                    continue
                back, ahead.is_alone = 0, False
                before = self.count()
                await self._take(items, recent[-1] if recent else {})
                recent.append({key: self.content_of(item) for key, item in items.items()})
                is_short = len(page.items) < window.size
                stale = stale + 1 if self.count() == before and window.start >= page.total else 0
                # The service may leave items out of a page that is not the last one.
                if not items or (is_short and window.stop >= page.total) or stale == _STALE:
                    return page.total
        finally:
            await ahead.aclose()

    async def _take(self, items: Mapping[int, T], known: Mapping[int, Mapping[str, Any]]) -> None:
        for key, item in items.items():
            if known.get(key) != self.content_of(item):
                await self.take(item)


class _Ahead(Generic[T]):
    """The windows of a list in order, requested before they are needed."""

    def __init__(self, fetch: Fetch[T], size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._position = 0
        self._total = 0
        self._pending: deque[tuple[Window, asyncio.Future[Page[T]]]] = deque()
        self._dropped: list[asyncio.Future[Page[T]]] = []
        self.is_alone = False
        """Whether only one window is requested at once."""

    async def next(self) -> tuple[Window, Page[T]]:
        """Return the next window and its page."""
        # Beyond the end, as far as that is known, one by one.
        at_once = 1 if self.is_alone else AT_ONCE
        while not self._pending or (len(self._pending) < at_once and self._position + 1 < self._total):
            window = window_from(self._position, size=self._size)
            self._pending.append((window, asyncio.ensure_future(self._fetch(window.number, window.size))))
            self._position = window.stop - 1
        window, future = self._pending[0]
        page = await future
        self._pending.popleft()
        self._total = page.total
        return window, page

    def restart(self, position: int) -> None:
        """Go on from another position, with one window at once."""
        self._drop()
        self._position = position
        self.is_alone = True

    def _drop(self) -> None:
        for _, future in self._pending:
            future.cancel()
        self._dropped = [future for future in self._dropped if not future.done()]
        self._dropped += [future for _, future in self._pending]
        self._pending.clear()

    async def aclose(self) -> None:
        """End all requests."""
        self._drop()
        if self._dropped:
            await asyncio.wait(self._dropped)
