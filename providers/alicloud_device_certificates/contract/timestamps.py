"""Timestamps as text: RFC 3339 in UTC, with ``Z``, to the second."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

NO_EXPIRY: Final = "9999-12-31T23:59:59Z"
"""The end of a validity that has no well-defined end (RFC 5280, 4.1.2.5)."""

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(timestamp: datetime) -> str:
    """Return the text of a timestamp that is in UTC; fractions of a second are dropped."""
    return timestamp.isoformat(timespec="seconds").replace("+00:00", "Z")


def has_no_expiry(not_after: datetime) -> bool:
    """Return whether the end of a validity (UTC) means that it has no end (``NO_EXPIRY``)."""
    return rfc3339(not_after) == NO_EXPIRY


def time_of(text: object) -> datetime | None:
    """Return the time, UTC, that a text of this form stands for; None for anything else."""
    if not isinstance(text, str) or _FORM.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # such as month 13
        return None


def rfc3339_from_milliseconds(milliseconds: int) -> str:
    """Return the text of a Unix time in milliseconds; fractions of a second are dropped.

    Raise ValueError outside the years 1 to 9999.
    """
    try:
        return rfc3339(_EPOCH + timedelta(seconds=milliseconds // 1000))
    except OverflowError:
        raise ValueError("a time in milliseconds is outside the years 1 to 9999") from None
