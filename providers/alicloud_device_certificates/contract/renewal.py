"""When a certificate should be renewed if no threshold is set, and the text of a duration."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

_WINDOW: Final = timedelta(days=30)
_PARTS: Final = 3
_ORDINALS: Final = {2: "half", 3: "third", 4: "quarter"}

RENEWAL_WINDOW_TEXT: Final = f"{_WINDOW.days} days, or the last {_ORDINALS[_PARTS]} of a shorter lifetime"
"""The renewal window in words."""


def renewal_window(lifetime: timedelta) -> timedelta:
    """Return how long before its end a certificate of this lifetime should be renewed (``RENEWAL_WINDOW_TEXT``)."""
    return min(_WINDOW, lifetime / _PARTS)


def humanize(span: timedelta) -> str:
    """Return the text of a duration that is not negative: days, below two days hours, below two hours minutes."""
    if span >= timedelta(days=2):
        return f"{span.days} days"
    hours = span // timedelta(hours=1)
    return f"{hours} hours" if hours >= 2 else f"{span // timedelta(minutes=1)} minutes"
