"""Timestamps as text: RFC 3339 in UTC, with ``Z``, to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(timestamp: datetime) -> str:
    """Return the text of a timestamp that is in UTC; fractions of a second are dropped."""
    return timestamp.isoformat(timespec="seconds").replace("+00:00", "Z")


def rfc3339_from_milliseconds(milliseconds: int) -> str:
    """Return the text of a Unix time in milliseconds; fractions of a second are dropped.

    Raise ValueError outside the years 1 to 9999.
    """
    try:
        return rfc3339(_EPOCH + timedelta(seconds=milliseconds // 1000))
    except OverflowError:
        raise ValueError("a time in milliseconds is outside the years 1 to 9999") from None
