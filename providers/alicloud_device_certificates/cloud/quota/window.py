"""How many requests count against the quota at a time, from when each was sent and when its response arrived.

A service counts a request when it arrives, which nobody here sees. It is certain that it was counted by the time of its
response. So a request counts while it is under way, and then for one second as of its latest possible arrival: its
response less the shortest time that any response has taken. A constant delay costs nothing this way, and a request that
was held up, such as one that had to connect first, counts for as much longer.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

SECOND: Final = 1.0
"""The period of the quotas."""
MARGIN: Final = 0.03
"""Seconds beyond ``SECOND`` in which a request counts: what a response may be late without counting for longer."""
_TOLERATED: Final = 0.01
"""Seconds by which a response may be later than the fastest one."""
_LATEST: Final = 1.0
"""Maximum of the seconds that a request counts for longer: a service that is slow at times must not stop the others."""
_POLL: Final = 0.01
"""Seconds after which it is worth another look, if a request counts only because its response is late."""


@dataclass(slots=True, eq=False)
class Ticket:
    """The right to send one request, and what became of it."""

    sent_at: float
    is_connected: bool = False
    """Whether there should be a connection for it from an earlier request."""
    logged_at: int = 0
    """The time under which the store has the request, in its own milliseconds."""
    logged_late: float = 0.0
    """The ``late`` that is part of it."""
    took: float | None = None
    """Seconds until the response; None if there is none yet."""
    late: float = 0.0
    """Seconds by which the request may have arrived later than others do."""

    def __lt__(self, other: Ticket) -> bool:
        return self.ends_at < other.ends_at

    @property
    def ends_at(self) -> float:
        """Return when the request stops counting, once it has a response."""
        return self.sent_at + SECOND + MARGIN + self.late


class Window:
    """The requests that count at a time. ``now`` is monotonic time in seconds, and never decreases."""

    def __init__(self) -> None:
        self._under_way: dict[Ticket, None] = {}
        self._settled: list[Ticket] = []
        """A heap: the first is the first to stop counting."""
        self._connections = 0
        """How many requests are over whose connection no later one has used."""
        self._fastest = 0.0
        """The shortest time of a response, without connecting; 0 if there is none yet."""

    @property
    def under_way(self) -> int:
        """Return how many requests have no response yet."""
        return len(self._under_way)

    def used(self, now: float) -> int:
        """Return how many requests count at ``now``."""
        while self._settled and self._settled[0].ends_at <= now:
            heapq.heappop(self._settled)
        abandoned = 0
        for ticket in self._under_way:
            if self._end_under_way(ticket) > now:
                break
            abandoned += 1
        return len(self._settled) + len(self._under_way) - abandoned

    def next_end(self, now: float, count: int = 1) -> float | None:
        """Return when ``count`` fewer requests may count, or all of them do not; None if none counts.

        It is worth another look then: a request that is under way may count for longer.
        """
        under_way = (
            max(ticket.ends_at, now + _POLL) for ticket in self._under_way if self._end_under_way(ticket) > now
        )
        settled = (ticket.ends_at for ticket in heapq.nsmallest(count, self._settled))
        ends = heapq.nsmallest(count, chain(settled, islice(under_way, count)))
        return ends[-1] if ends else None

    def take(self, now: float) -> Ticket:
        """Count a request that is sent now."""
        ticket = Ticket(now, is_connected=self._connections > 0)
        self._connections -= ticket.is_connected
        self._under_way[ticket] = None
        return ticket

    def settle(self, ticket: Ticket, now: float) -> list[Ticket]:
        """Note that a response has arrived, or that none will. Return the requests that turn out to be late by that."""
        if self._under_way.pop(ticket, ticket) is ticket:
            return []
        took = ticket.took = now - ticket.sent_at
        self._connections += 1
        found = self._delay([ticket])
        heapq.heappush(self._settled, ticket)
        if ticket.is_connected and not 0 < self._fastest <= took:
            # The one before may have been slow because it had to connect.
            self._fastest = took
            found += self._delay(self._settled)
            heapq.heapify(self._settled)
        return found

    def _delay(self, tickets: Iterable[Ticket]) -> list[Ticket]:
        found = []
        for ticket in tickets:
            late = min(_LATEST, (ticket.took or 0.0) - self._fastest - _TOLERATED)
            if late > ticket.late:
                ticket.late = late
                found.append(ticket)
        return found

    def _end_under_way(self, ticket: Ticket) -> float:
        """Return when a request without a response stops counting.

        If responses take longer than the period anyway, it says nothing that one is not there yet.
        """
        return ticket.ends_at + (0.0 if self._fastest >= SECOND else _LATEST)
