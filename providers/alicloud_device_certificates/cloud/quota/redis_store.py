"""The store of several machines: a sorted set in Redis, kept by pyrate-limiter. It needs the extra ``redis``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from alicloud_device_certificates.cloud.quota.store import HORIZON, SPAN_MS, Grant, Moves, StoreError

if TYPE_CHECKING:
    from pyrate_limiter import RedisBucket
    from redis.asyncio import Redis

T = TypeVar("T")

_PATIENCE: Final = 1.0
"""Seconds that Redis has for a grant, connecting included."""
_CLOCK_LIFETIME: Final = 10.0
"""Seconds after which the server's time is requested again: two clocks drift apart."""
_KEPT_MS: Final = 60_000
"""Milliseconds after which Redis removes a log that nobody uses."""


class RedisStore:
    """The log under ``key`` in the Redis at ``url``, as of the server's time. The URL is a secret."""

    def __init__(self, url: str, key: str, quota: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        from redis.asyncio import Redis

        # One connection, because a grant is requested only when the one before is there.
        self._redis: Redis = Redis.from_url(
            url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, max_connections=2
        )
        self._key = f"alicloud-device-certificates:quota:{key}"
        self._quota = quota
        self._monotonic = monotonic
        self._bucket: RedisBucket | None = None
        self._offset_ms = 0.0
        self._offset_until = float("-inf")

    async def take(self, wanted: int) -> Grant:
        """See ``Store``."""
        return await self._within(lambda bucket: self._take(bucket, wanted))

    async def move(self, moves: Moves) -> None:
        """See ``Store``."""
        await self._within(lambda _: self._move(moves))

    async def _within(self, work: Callable[[RedisBucket], Awaitable[T]]) -> T:
        """Return the result of ``work``, within the limit of time."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await work(self._bucket or await self._open())
        except TimeoutError:
            raise StoreError(f"Redis has not responded within {_PATIENCE:.0f} s") from None
        except Exception as error:  # noqa: BLE001 - its text may quote the URL, whatever it is
            raise StoreError(f"Redis cannot be used ({type(error).__name__})") from None

    async def aclose(self) -> None:
        """See ``Store``."""
        await self._redis.aclose()

    async def _take(self, bucket: RedisBucket, wanted: int) -> Grant:
        from pyrate_limiter import RateItem

        now = await self._now_ms()
        sent_by = now + int(HORIZON * 1000)
        newest = await cast("Awaitable[RateItem | None]", bucket.peek(0))
        if newest is not None:
            # Another machine's view of the time may be a little ahead, and later requests are not counted.
            sent_by = max(sent_by, newest.timestamp)
        await cast("Awaitable[int]", bucket.leak(sent_by))
        free = self._quota - await self._count(bucket)
        count = min(free, wanted)
        if count > 0 and await cast("Awaitable[bool]", bucket.put(RateItem("", sent_by, weight=count))):
            await self._redis.pexpire(self._key, _KEPT_MS)
            # Two machines may have put at once what each of them found free: then at least one does without.
            if await self._count(bucket) <= self._quota:
                return Grant(count=count, logged_at=sent_by)
        oldest = await cast("Awaitable[RateItem | None]", bucket.peek(self._quota - 1))
        return Grant(count=0, delay=0.0 if oldest is None else (oldest.timestamp + SPAN_MS + 1 - sent_by) / 1000)

    async def _move(self, moves: Moves) -> None:
        # The library moves nothing. Those that it has under one time are all alike.
        for (logged_at, moved_to), count in moves.items():
            members = await self._redis.zrangebyscore(self._key, logged_at, logged_at, start=0, num=count)
            if members:
                await self._redis.zadd(self._key, cast("Any", dict.fromkeys(members, moved_to)), xx=True)

    async def _count(self, bucket: RedisBucket) -> int:
        return await cast("Awaitable[int]", bucket.count())  # type: ignore[no-untyped-call]

    async def _open(self) -> RedisBucket:
        from pyrate_limiter import Rate, RedisBucket

        made = RedisBucket.init([Rate(self._quota, SPAN_MS)], self._redis, self._key)
        self._bucket = await cast("Awaitable[RedisBucket]", made)
        return self._bucket

    async def _now_ms(self) -> int:
        """Return the server's Unix time in milliseconds, late by at most half of a round trip."""
        began = self._monotonic()
        if began >= self._offset_until:
            seconds, microseconds = await self._redis.time()
            ended = self._monotonic()
            self._offset_ms = seconds * 1000 + microseconds / 1000 - (began + ended) / 2 * 1000
            self._offset_until = ended + _CLOCK_LIFETIME
        return int(self._monotonic() * 1000 + self._offset_ms)
