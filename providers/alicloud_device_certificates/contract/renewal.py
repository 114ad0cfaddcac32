"""How near to its end a certificate is to be told of, where nobody said otherwise; and a span of time in words."""

from __future__ import annotations

from datetime import timedelta

_RENEWAL_WINDOW = timedelta(days=30)


def renewal_window(lifetime: timedelta) -> timedelta:
    """Give the last part of a lifetime in which to renew: 30 days, or the last third of one that is shorter than 90."""
    return min(_RENEWAL_WINDOW, lifetime / 3)


def humanize(span: timedelta) -> str:
    """Tell a span that is not negative: whole days, below two days whole hours, below two hours whole minutes."""
    if span >= timedelta(days=2):
        return f"{span.days} days"
    hours = span // timedelta(hours=1)
    return f"{hours} hours" if hours >= 2 else f"{span // timedelta(minutes=1)} minutes"
