"""The connections to the services: each has one request at a time, and serves another only if that is safe.

If a service or a proxy sends one response too many, the next request on the connection gets a response that is not its
own. So the caller decides after each response whether the connection is kept, and for which requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx

LIMIT: Final = 16
"""The maximum number of connections: at 20 ms a call, 16 reach 690 calls/s, which exceeds the quota of 500."""


@dataclass(slots=True, eq=False)
class Connection:
    """A client of httpx that has one connection, or a transport in this process."""

    http: httpx.AsyncClient
    scope: Hashable
    """What the requests on it have in common."""
    is_used: bool = False
    """Whether an earlier request was sent on it."""
    is_kept: bool = False
    """Whether it may serve another request of its scope; reset for each request."""


class Connections:
    """Opens connections with ``open_client``, at most ``LIMIT`` at a time; other requests wait for their turn."""

    def __init__(self, open_client: Callable[[], httpx.AsyncClient]) -> None:
        self._open = open_client
        self._idle: list[Connection] = []
        # Requests wait here and not within httpx, so the wait counts against no timeout.
        self._turns = asyncio.Semaphore(LIMIT)

    @asynccontextmanager
    async def borrow(self, scope: Hashable, *, reuse: bool) -> AsyncIterator[Connection]:
        """Lend a connection for one request: a new one, or with ``reuse`` a kept one of the same scope.

        It is closed afterwards unless the borrower sets ``is_kept``.
        """
        async with self._turns:
            connection = (self._take(scope) if reuse else None) or Connection(self._open(), scope)
            connection.is_kept = False
            try:
                yield connection
            finally:
                if connection.is_kept:
                    connection.is_used = True
                    self._idle.append(connection)
                else:
                    await connection.http.aclose()
        while len(self._idle) > LIMIT:
            await self._idle.pop(0).http.aclose()

    def _take(self, scope: Hashable) -> Connection | None:
        """Return the kept connection of this scope that was used last."""
        for connection in reversed(self._idle):
            if connection.scope == scope:
                self._idle.remove(connection)
                return connection
        return None

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            await self._idle.pop().http.aclose()


class InProcess(Connections):
    """A transport in this process: there is no connection, so no response can be left over from another request."""

    @asynccontextmanager
    async def borrow(self, scope: Hashable, *, reuse: bool) -> AsyncIterator[Connection]:
        """Lend the one client."""
        del reuse
        async with self._turns:
            if not self._idle:
                self._idle.append(Connection(self._open(), scope))
            yield self._idle[0]
