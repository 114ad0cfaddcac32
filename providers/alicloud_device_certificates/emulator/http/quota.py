"""Requests per second for each account and service or operation, counted in whole seconds as the gateway does."""

from __future__ import annotations


class QuotaCounter:
    """Counts requests in memory, so each emulator process has its own count."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    def admit(self, account_id: str, counted: str, *, limit: int, now: int) -> bool:
        """Count a request at ``now`` (milliseconds) for a service or an operation.

        Return whether it is within ``limit`` per second (0: no limit).
        """
        if limit == 0:
            return True
        second = now // 1000
        counted_second, count = self._counts.get((account_id, counted), (second, 0))
        count = count + 1 if counted_second == second else 1
        self._counts[account_id, counted] = (second, count)
        return count <= limit
