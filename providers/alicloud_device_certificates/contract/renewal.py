"""When a certificate should be renewed if no threshold is set, and how a span of time is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

_WINDOW: Final = timedelta(days=30)
_PARTS: Final = 3
_ORDINALS: Final = {2: "half", 3: "third", 4: "quarter"}

RENEWAL_WINDOW_TEXT: Final = f"{_WINDOW.days} days, or the last {_ORDINALS[_PARTS]} of a shorter lifetime"
"""The renewal window in words."""

SHORT_LIFETIME_DAYS: Final = _WINDOW.days * _PARTS
"""Lifetimes below this number of days have the shorter window."""


def renewal_window(lifetime: timedelta) -> timedelta:
    """Return how long before its end a certificate of this lifetime should be renewed (``RENEWAL_WINDOW_TEXT``)."""
    return min(_WINDOW, lifetime / _PARTS)


def humanize(span: timedelta) -> str:
    """Return a span that is not negative in words: whole days; below two days hours; below two hours minutes."""
    if span >= timedelta(days=2):
        return f"{span.days} days"
    hours = span // timedelta(hours=1)
    return f"{hours} hours" if hours >= 2 else f"{span // timedelta(minutes=1)} minutes"
