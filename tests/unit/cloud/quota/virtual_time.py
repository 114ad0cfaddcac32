"""Time that passes only when nothing else is left to do, and services that enforce a quota in it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from alicloud_device_certificates.cloud.quota.limiter import Limiter
from alicloud_device_certificates.cloud.quota.local_store import LocalStore
from alicloud_device_certificates.cloud.quota.store import Store
from alicloud_device_certificates.cloud.quota.window import Ticket

T = TypeVar("T")


class VirtualTime:
    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def monotonic(self) -> float:
        return self.now

    def milliseconds(self) -> int:
        return int(self.now * 1000)

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), wake))
        await wake

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(self._run(work))

    async def _run(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(10):  # nothing here needs more steps until all of it waits for time to pass
                await asyncio.sleep(0)
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            if not task.done():
                assert self._sleepers, "nothing is left to happen"
                self.now, _, wake = heapq.heappop(self._sleepers)
                wake.set_result(None)
        return task.result()

    def limiter(self, quota: int, *, store: Store | None = None, failures: list[str] | None = None) -> Limiter:
        return Limiter(
            quota,
            at_once=40,
            store=store,
            monotonic=self.monotonic,
            sleep=self.sleep,
            on_store_failure=(failures if failures is not None else []).append,
        )

    def store(self, folder: Path, quota: int) -> LocalStore:
        return LocalStore(folder, "account-onsmqtt-cloud", quota, clock=self.milliseconds, sleep=self.sleep)


class StrictService:
    """Accepts at most ``quota`` calls in any second. Somebody else may use a part of it, at regular intervals."""

    def __init__(self, time: VirtualTime, quota: int, *, others: int = 0) -> None:
        self._time = time
        self._others = others
        self._others_next = time.now
        self._log: deque[float] = deque()
        self._quota = quota
        self.accepted = 0
        self.throttled = 0

    def accepts(self) -> bool:
        while self._others and self._others_next <= self._time.now:
            self._accepts_at(self._others_next)
            self._others_next += 1 / self._others
        is_accepted = self._accepts_at(self._time.now)
        self.accepted += is_accepted
        self.throttled += not is_accepted
        return is_accepted

    def _accepts_at(self, now: float) -> bool:
        while self._log and now - self._log[0] >= 1.0:
            self._log.popleft()
        if len(self._log) >= self._quota:
            return False
        self._log.append(now)
        return True


@dataclass
class Connections:
    """Connections that are kept; a request without one has to connect first."""

    connect: Callable[[], float]
    kept: int = 0

    def borrow(self) -> float:
        """Return how long it takes until a request can be sent."""
        if self.kept:
            self.kept -= 1
            return 0.0
        return self.connect()


async def send(
    time: VirtualTime,
    limiter: Limiter,
    *,
    there: Callable[[], float] = lambda: 0.01,
    back: float = 0.01,
    service: StrictService | None = None,
    starts: list[float] | None = None,
    connections: Connections | None = None,
) -> None:
    """Send a call until it is accepted. It arrives after `there` seconds."""
    again = False
    while True:
        ticket: Ticket = await limiter.take(again=again)
        if starts is not None:
            starts.append(time.now)
        await time.sleep(there() + (connections.borrow() if connections else 0.0))
        again = service is not None and not service.accepts()
        await time.sleep(back)
        if connections:
            connections.kept += 1
        limiter.settle(ticket, is_throttled=again, is_accepted=not again)
        if not again:
            return
