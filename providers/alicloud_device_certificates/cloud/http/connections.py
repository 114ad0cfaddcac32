"""The connections to the services: each has one request at a time, and serves another only if that is safe.

If a service or a proxy sends one response too many, the next request on the connection gets a response that is not its
own. So the caller decides after each response whether the connection is kept, and for which requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.http.messages import RawResponse, Request

LIMIT: Final = 40
"""The maximum number of connections: at 20 ms a call, 40 reach 2,000 calls/s, which is a raised quota."""

_IDLE: Final = 5.0
"""Seconds after which a kept connection is not used again: a service or a gateway on the way may have dropped it."""


class Link(Protocol):
    """What sends a request over one connection."""

    @property
    def is_usable(self) -> bool:
        """Whether another request may be sent."""
        ...  # pragma: no cover

    async def send(self, call: ApiCall, request: Request) -> RawResponse:
        """Send a request and return its response. Raise ``AttemptFailed``."""
        ...  # pragma: no cover

    async def aclose(self) -> None:
        """Close the connection."""
        ...  # pragma: no cover


@dataclass(slots=True, eq=False)
class Connection:
    """A connection while it is lent."""

    link: Link
    scope: Hashable
    """What the requests on it have in common."""
    is_used: bool = False
    """Whether an earlier request was sent on it."""
    is_kept: bool = False
    """Whether it may serve another request of its scope; reset for each request."""
    idle_since: float = 0.0


class Connections:
    """Connections over links that ``make_link`` makes for a call, at most ``LIMIT`` at a time.

    Other requests wait for their turn.
    """

    def __init__(self, make_link: Callable[[ApiCall], Link]) -> None:
        self._make = make_link
        self._idle: list[Connection] = []
        # Requests wait here and not for a connection of their own, so the wait counts against no timeout.
        self._turns = asyncio.Semaphore(LIMIT)

    @asynccontextmanager
    async def borrow(self, call: ApiCall, *, reuse: bool) -> AsyncIterator[Connection]:
        """Lend a connection for one request: a new one, or with ``reuse`` a kept one of the same scope.

        It is closed afterwards unless the borrower sets ``is_kept``.
        """
        scope = call.scope
        async with self._turns:
            connection = (await self._take(scope) if reuse else None) or Connection(self._make(call), scope)
            connection.is_kept = False
            try:
                yield connection
            finally:
                if connection.is_kept and connection.link.is_usable:
                    connection.is_used = True
                    connection.idle_since = asyncio.get_running_loop().time()
                    self._idle.append(connection)
                else:
                    await connection.link.aclose()
        while len(self._idle) > LIMIT:
            await self._idle.pop(0).link.aclose()

    async def _take(self, scope: Hashable) -> Connection | None:
        """Return the kept connection of this scope that was used last. Close those that are not usable any more."""
        oldest = asyncio.get_running_loop().time() - _IDLE
        while found := next((each for each in reversed(self._idle) if each.scope == scope), None):
            self._idle.remove(found)
            if found.link.is_usable and found.idle_since > oldest:
                return found
            await found.link.aclose()
        return None

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            await self._idle.pop().link.aclose()


class InProcess(Connections):
    """A transport in this process: there is no connection, so no response can be left over from another request."""

    @asynccontextmanager
    async def borrow(self, call: ApiCall, *, reuse: bool) -> AsyncIterator[Connection]:
        """Lend the one link."""
        del reuse
        async with self._turns:
            if not self._idle:
                self._idle.append(Connection(self._make(call), None))
            yield self._idle[0]
