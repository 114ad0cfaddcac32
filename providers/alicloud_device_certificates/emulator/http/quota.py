"""Calls a second for each account and service, counted over whole seconds as the gateway does."""

from __future__ import annotations


class Quotas:
    """Counts calls; in memory, so each emulator process has its own."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    def admit(self, account: str, service: str, *, limit: int, now: int) -> bool:
        """Whether one more call is within `limit` calls a second (0: no limit) at `now`, in milliseconds."""
        if limit == 0:
            return True
        second = now // 1000
        counted_in, count = self._counts.get((account, service), (second, 0))
        count = count + 1 if counted_in == second else 1
        self._counts[account, service] = (second, count)
        return count <= limit
