"""Timestamps in a scenario: relative to now (``-30d``, ``+12h``) or absolute (RFC 3339)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"([+-])(\d{1,7})([smhdw])")
# What both UTCTime and GeneralizedTime of an X.509 certificate can hold.
_EARLIEST = -631_152_000_000  # 1950-01-01T00:00:00Z
_LATEST = 253_402_300_799_000  # 9999-12-31T23:59:59Z


def duration(text: str) -> int:
    """Return the signed duration in milliseconds; ``text`` is such as ``+12h`` (units s, m, h, d, w).

    Raise ValueError, one line, if it is not a duration.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as -30d, +12h or +10m (units s, m, h, d, w)")
    sign, count, unit = match.groups()
    length = timedelta(**{_UNITS[unit]: int(count)})
    return int(length.total_seconds()) * (1000 if sign == "+" else -1000)


def timestamp(text: str, *, now: int) -> int:
    """Return the time in milliseconds since 1970 UTC, rounded down to whole seconds.

    A relative text counts from ``now`` (milliseconds). Raise ValueError, one line, if the text is neither a duration
    nor RFC 3339 with an offset, or if the time is outside the years 1950 to 9999.
    """
    milliseconds = now - now % 1000 + duration(text) if text[:1] in {"+", "-"} else _absolute(text)
    if not _EARLIEST <= milliseconds <= _LATEST:
        raise ValueError(f"{text!r} is outside the years 1950 to 9999")
    return milliseconds


def bounded(milliseconds: int) -> int:
    """Return the time, or the nearest one within the years 1950 to 9999."""
    return min(max(milliseconds, _EARLIEST), _LATEST)


def _absolute(text: str) -> int:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise ValueError(f"{text!r} is neither relative (-30d, +12h) nor RFC 3339 with an offset (2030-01-31T12:00Z)")
    try:
        return int(parsed.timestamp()) * 1000
    except OverflowError:  # the offset leads out of the years 1 to 9999
        raise ValueError(f"{text!r} is outside the years 1950 to 9999") from None
