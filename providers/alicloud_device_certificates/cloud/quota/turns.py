"""The turns of one call, one for each attempt, and its deadline, which leaves out the wait for the quota."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from alicloud_device_certificates.cloud.call import AttemptFailed
from alicloud_device_certificates.cloud.quota.limiter import Limiter
from alicloud_device_certificates.cloud.quota.window import Ticket
from alicloud_device_certificates.cloud.retry import FailureClass

_LONG: Final = 1.0
"""Seconds after which what was obtained before the wait, such as credentials, may have expired."""


class Turns:
    """The turns that ``limiter`` grants a call; without one, each attempt has its turn at once.

    The call may take ``limit`` seconds, apart from the time in which it waits only because the account has used up its
    quota. There is a bound to that too: once the service has accepted no call for ``limit`` seconds, the call fails.
    """

    def __init__(self, limiter: Limiter | None, *, limit: float, monotonic: Callable[[], float]) -> None:
        self._limiter = limiter
        self._limit = limit
        self._monotonic = monotonic
        self._deadline = monotonic() + limit
        self._ticket: Ticket | None = None
        self._is_throttled = False

    @property
    def are_limited(self) -> bool:
        """Return whether a throttled call waits for its turn anyway."""
        return self._limiter is not None

    def time_left(self) -> float:
        """Return the seconds until the deadline."""
        return self._deadline - self._monotonic()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Wait for the turn of the next attempt, which is made in this context. Yield whether that took long."""
        took_long = await self._take()
        failure: FailureClass | None = FailureClass.TRANSIENT
        try:
            yield took_long
            failure = None
        except AttemptFailed as failed:
            failure = failed.failure_class
            raise
        finally:
            self._end(failure)

    async def _take(self) -> bool:
        if self._limiter is None:
            return False
        began = self._monotonic()
        self._ticket = await self._limiter.take(again=self._is_throttled)
        waited = self._monotonic() - began
        self._extend(self._deadline + waited)
        return waited >= _LONG

    def _end(self, failure: FailureClass | None) -> None:
        self._is_throttled = failure is FailureClass.THROTTLED
        if self._limiter is None or self._ticket is None:
            return
        is_accepted = failure is None or failure is FailureClass.PERMANENT
        self._limiter.settle(self._ticket, is_throttled=self._is_throttled, is_accepted=is_accepted)
        if self._is_throttled:
            self._extend(float("inf"))

    def _extend(self, deadline: float) -> None:
        if self._limiter is not None:
            self._deadline = max(self._deadline, min(deadline, self._limiter.accepted_at + self._limit))
