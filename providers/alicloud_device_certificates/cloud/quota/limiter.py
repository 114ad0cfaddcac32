"""The limiter of one account and service: a call waits here for its turn, right before its request is sent."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from alicloud_device_certificates.cloud.quota.adaptive import AdaptiveRate
from alicloud_device_certificates.cloud.quota.store import HORIZON, Grant, Store, StoreError
from alicloud_device_certificates.cloud.quota.window import Ticket, Window
from alicloud_device_certificates.contract.distribution import PACKAGE

T = TypeVar("T")

log = logging.getLogger(PACKAGE)

_BATCH: Final = 0.02
"""Seconds. Turns that become free within this time are granted together, once the quota is used up."""
_AHEAD: Final = 0.01
"""Seconds. A busy process takes as many turns at a time from the store as it needs for so long."""
_LONGEST: Final = 0.1
"""Seconds to wait at a time: the service may accept more by then."""
_NOTHING: Final = Grant(count=0)


class Limiter:
    """Grants turns, in the order of the calls. Use it on one event loop.

    - ``quota``: the calls per second
    - ``at_once``: how many requests are sent at once; a turn is of no use while a request waits for a connection
    - ``store``: what other processes have sent; None if nothing is shared
    - ``monotonic``: monotonic time in seconds
    - ``sleep``: waits for a number of seconds
    - ``on_store_failure``: gets the reason why the store is no longer used, at most once
    """

    def __init__(
        self,
        quota: int,
        *,
        at_once: int,
        store: Store | None,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        on_store_failure: Callable[[str], None],
    ) -> None:
        self._quota = quota
        self._at_once = at_once
        self._store = store
        self._monotonic = monotonic
        self._sleep = sleep
        self._on_store_failure = on_store_failure
        self._window = Window()
        self._rate = AdaptiveRate(quota)
        self._waiting: deque[asyncio.Future[Ticket]] = deque()
        self._granting: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._lease = _NOTHING
        self._leased = 0
        self._leased_until = 0.0
        self._moves: Counter[tuple[int, int]] = Counter()
        self._moving: asyncio.Task[None] | None = None
        self._accepted_at = monotonic()

    @property
    def accepted_at(self) -> float:
        """Return when the service last accepted a call, in monotonic time; at first, when this limiter was made."""
        return self._accepted_at

    async def take(self, *, again: bool = False) -> Ticket:
        """Wait for a turn. With ``again``, it is a throttled call's, which goes first."""
        if not self._waiting and self._free(now := self._monotonic()) > 0 and self._use_lease(now):
            return self._send(now)
        turn: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        if again:
            self._waiting.appendleft(turn)
        else:
            self._waiting.append(turn)
        if self._granting is None or self._granting.done():
            self._granting = asyncio.ensure_future(self._grant())
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._over(turn.result(), self._monotonic())
            raise

    def settle(self, ticket: Ticket, *, is_throttled: bool, is_accepted: bool) -> None:
        """Note that the request of a turn is over: throttled, or accepted by the service, or neither."""
        now = self._monotonic()
        if is_throttled:
            self._rate.throttled(now, sent_at=ticket.sent_at, used=self._window.used(now))
        if is_accepted:
            self._accepted_at = now
        self._over(ticket, now)

    async def aclose(self) -> None:
        """Stop granting, and let go of the store."""
        for task in (self._granting, self._moving):
            if task is not None:
                task.cancel()
        if self._store is not None:
            await self._close(self._store)

    async def _grant(self) -> None:
        """Grant turns until no call waits."""
        while self._waiting:
            if self._waiting[0].done():  # cancelled
                self._waiting.popleft()
                continue
            now = self._monotonic()
            free = min(self._free(now), len(self._waiting))
            if free <= 0:
                await self._wait(self._next_turn(now))
            elif self._use_lease(now):
                self._waiting.popleft().set_result(self._send(now))
            else:
                await self._take_lease(free, now)

    def _send(self, now: float) -> Ticket:
        ticket = self._window.take(now)
        ticket.logged_at = self._lease.logged_at
        return ticket

    def _over(self, ticket: Ticket, now: float) -> None:
        late = self._window.settle(ticket, now)
        self._changed.set()
        if self._store is not None and late:
            for each in late:
                moved_to = each.logged_at + int((each.late - each.logged_late) * 1000)
                self._moves[each.logged_at, moved_to] += 1
                each.logged_at, each.logged_late = moved_to, each.late
            if self._moving is None or self._moving.done():
                self._moving = asyncio.ensure_future(self._move())

    def _free(self, now: float) -> int:
        """Return how many turns this process has now, apart from what other processes have sent."""
        free = int(self._rate.at(now)) - self._window.used(now)
        return min(free, self._at_once - self._window.under_way)

    def _next_turn(self, now: float) -> float | None:
        """Return in how many seconds there will be turns, or None if that takes a response."""
        if self._window.under_way >= self._at_once:
            return None
        count = max(1, min(len(self._waiting), self._at_once - self._window.under_way, int(self._quota * _BATCH)))
        excess = self._window.used(now) - int(self._rate.at(now))
        end = self._window.next_end(now, max(0, excess) + count)
        return None if end is None else max(0.0, end - now)

    def _use_lease(self, now: float) -> bool:
        """Use one of the requests that the store has granted. Without a store, there is always one."""
        if self._store is None:
            return True
        if self._leased == 0 or now > self._leased_until:
            return False
        self._leased -= 1
        return True

    async def _take_lease(self, wanted: int, now: float) -> None:
        used = self._window.used(now)
        ahead = min(int(used * _AHEAD), self._quota - used)
        self._lease = await self._from_store(lambda store: store.take(max(wanted, ahead))) or _NOTHING
        self._leased, self._leased_until = self._lease.count, now + HORIZON
        if self._store is not None and self._leased == 0:
            await self._wait(max(self._lease.delay, _BATCH / 10))

    async def _move(self) -> None:
        while self._moves:
            # This process may end as soon as nothing is under way.
            if self._window.under_way:
                await self._sleep(_BATCH)
            moves = dict(self._moves)
            self._moves.clear()
            await self._from_store(lambda store, moves=moves: store.move(moves))  # type: ignore[misc]

    async def _from_store(self, request: Callable[[Store], Awaitable[T]]) -> T | None:
        """Return what the store responds, or None if it cannot be used any more."""
        store = self._store
        if store is None:
            return None
        try:
            return await request(store)
        except Exception as error:  # noqa: BLE001 - whatever a library raises, it must not stop the reads
            if self._store is store:
                self._store = None
                self._on_store_failure(str(error) if isinstance(error, StoreError) else type(error).__name__)
            await self._close(store)
            return None

    async def _close(self, store: Store) -> None:
        try:
            await store.aclose()
        except Exception as error:  # noqa: BLE001 - as above
            log.debug("the store of the quota was not closed: %s", type(error).__name__)

    async def _wait(self, seconds: float | None) -> None:
        """Wait for a number of seconds at most, or until a request is over if that is None."""
        if seconds is None:
            self._changed.clear()
            await self._changed.wait()
        else:
            await self._sleep(min(seconds, _LONGEST))
