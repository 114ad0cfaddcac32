"""Windows over a list that comes in pages: each begins within the one before, so that they form a chain.

A page is the number of one and the size of all. So pages of different sizes overlap, as pages of one size never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Window:
    """The positions of a list that one page shows."""

    number: int
    """The page's number, from 1."""
    size: int

    @property
    def start(self) -> int:
        """The first position, from 0."""
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        """The position after the last one."""
        return self.number * self.size


def window_from(position: int, *, size: int) -> Window:
    """Return the window, of at most ``size``, that has a position and reaches the furthest beyond it.

    If all windows end at this position, it is the one after it. That is far away: at a multiple of all sizes.
    """
    best = Window(position // size + 1, size)
    for smaller in range(size - 1, 0, -1):
        if smaller <= best.stop - position:
            break
        window = Window(position // smaller + 1, smaller)
        best = max(best, window, key=_stop)
    return best if best.stop > position + 1 else window_from(position + 1, size=size)


def calls_for(count: int, *, size: int) -> int:
    """Return about how many windows a list of ``count`` takes."""
    return count // int(size * _SHARE) + 1


_SHARE: Final = 0.88
"""How much of a window is new, on average."""


def _stop(window: Window) -> int:
    return window.stop
