"""The rate of this process: the quota, unless the service throttles calls because somebody else uses the account.

It follows CUBIC (RFC 9438): a throttled call lowers the rate at once, then it returns fast to just below where that
happened, stays there for a while, and probes for more.
"""

from __future__ import annotations

from typing import Final

_DECREASE: Final = 0.8
"""The share of the rate that a throttled call leaves."""
_GROWTH: Final = 0.3 / 2.0**3
"""The growth per second cubed, as a share of the quota: from a lost 30 percent, the rate is back after two seconds."""
LEAST: Final = 1.0
"""Calls per second that are always tried: otherwise nobody would notice when the service accepts calls again."""


class AdaptiveRate:
    """The calls per second that the service seems to accept, at most ``quota``. ``now`` is time in seconds."""

    def __init__(self, quota: int) -> None:
        self._quota = quota
        self._plateau: float | None = None
        """The rate to which it returns fast; None if it is not reduced."""
        self._lowered_at = 0.0
        self._lowered_to = float(quota)

    def at(self, now: float) -> float:
        """Return the rate."""
        if self._plateau is None:
            return self._quota
        growth = _GROWTH * self._quota
        until_plateau: float = ((self._plateau - self._lowered_to) / growth) ** (1 / 3)
        rate = self._plateau + growth * (now - self._lowered_at - until_plateau) ** 3
        if rate >= self._quota:
            self._plateau = None
            return self._quota
        return max(LEAST, rate)

    def throttled(self, now: float, *, sent_at: float, used: int) -> None:
        """Lower the rate. ``used`` is how many calls were sent in the last second, this one included.

        The calls that were sent before the rate was lowered do not lower it again.
        """
        if self._plateau is not None and sent_at <= self._lowered_at:
            return
        # Not from a rate that was not used: it says nothing about what the service accepts.
        rate = min(self.at(now), max(float(used), LEAST))
        was_lower = self._plateau is not None and rate < self._plateau
        self._plateau = rate * (1 + _DECREASE) / 2 if was_lower else rate
        self._lowered_to = max(LEAST, rate * _DECREASE)
        self._plateau = max(self._plateau, self._lowered_to)
        self._lowered_at = now
