"""How far the read of a fleet is, beside its data source in the engine's display while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_EVERY: Final = 0.5
"""Seconds between two lines."""
_FROM: Final = 1.0
"""Seconds before the first line: a read that is over by then needs none."""

_SLOW: Final = 9.5
"""The rate per second below which it is shown with a decimal."""


class Progress:
    """The number of certificates that were read, shown from time to time."""

    def __init__(self, show: Callable[[str], None], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._show = show
        self._monotonic = monotonic
        self._began = monotonic()
        self._next = self._began + _FROM
        self.total = 0
        """How many there are, as far as is known; 0 if nothing is."""

    def update(self, count: int) -> None:
        """Show how many were read, unless a line was shown just before."""
        now = self._monotonic()
        if now < self._next:
            return
        self._next = now + _EVERY
        rate = count / (now - self._began)
        of = f" of {self.total:,}" if self.total >= count else ""
        what = "certificate" if not of and count == 1 else "certificates"
        line = f"{count:,}{of} {what}, {rate:,.{1 if 0 < rate < _SLOW else 0}f}/s"
        if of and rate > 0:
            line += f", {(self.total - count) / rate:,.0f} s left"
        self._show(line)
