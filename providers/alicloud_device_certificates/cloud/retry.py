"""Whether to retry, and when: each decision is a small function without a clock of its own.

The class of the failure decides, not the HTTP status (``codes.py`` classifies codes). Permanent errors fail
immediately. Transient ones are retried with full jitter until the attempts or the deadline run out. A delay that the
server requests is respected as long as it fits within the deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final


class FailureClass(Enum):
    """What a failure means for the next attempt; each value is its description in docs/errors.md."""

    TRANSIENT = "retried with backoff"
    THROTTLED = "retried with backoff until the deadline"
    PERMANENT = "fails immediately"
    CREDENTIALS = "retried once with new credentials"
    CLOCK = "retried with the server's time"
    UNPROVEN = "repeated on a new connection, because the response on this one may be another call's"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long a call is retried. Times in seconds."""

    attempts: int = 10
    """Maximum number of attempts at a transient failure."""
    base: float = 0.2
    """Upper limit of the first delay; it doubles with each attempt."""
    cap: float = 5.0
    """Upper limit of every delay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryState:
    """What a call has been through so far."""

    attempts: int
    """Attempts so far."""
    renewed: bool = False
    """Whether the credentials were renewed, which happens once."""
    is_repeated: bool = False
    """Whether the call was repeated because a response may have been another call's."""


DEFAULT: Final = RetryPolicy()


def should_retry(failure_class: FailureClass, state: RetryState, *, policy: RetryPolicy) -> bool:
    """Return whether another attempt may succeed. Credentials are renewed once.

    Throttling ends by itself, so only the deadline of the call limits its attempts: a fleet takes as long as its
    quota requires. While the service accepts other calls, the deadline does not come closer (``quota.turns``).
    """
    match failure_class:
        case FailureClass.CREDENTIALS:
            return not state.renewed
        case FailureClass.THROTTLED | FailureClass.UNPROVEN:
            return True
        case FailureClass.TRANSIENT | FailureClass.CLOCK:
            return state.attempts < policy.attempts
        case FailureClass.PERMANENT:
            return False


def jitter(attempt: int, *, policy: RetryPolicy, random: Callable[[], float]) -> float:
    """Return a full-jitter delay in seconds: between zero and the exponential backoff after this many attempts.

    ``random`` returns a number in [0, 1).
    """
    # Throttling has no limit of attempts, and a float has one of exponents.
    return random() * min(policy.cap, policy.base * 2.0 ** min(attempt - 1, 63))


def delay(
    failure_class: FailureClass,
    attempt: int,
    *,
    retry_after: float | None,
    policy: RetryPolicy,
    random: Callable[[], float],
    is_limited: bool = False,
) -> float:
    """Return the seconds until the next attempt: at least what the server requests; zero after a first remedy.

    If throttled calls are ``is_limited``, they wait for their turn anyway, which comes as soon as the service allows.
    """
    if failure_class in {FailureClass.CREDENTIALS, FailureClass.UNPROVEN}:
        return 0.0
    if failure_class is FailureClass.CLOCK and attempt == 1:
        return 0.0
    if failure_class is FailureClass.THROTTLED and is_limited:
        return retry_after or 0.0
    return (retry_after or 0.0) + jitter(attempt, policy=policy, random=random)


def retry_after_in(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return the delay in seconds that the server requests, or None.

    ``x-acs-retry-after`` is in milliseconds. ``Retry-After`` (RFC 9110) is in seconds or a date, for which ``now`` is
    the Unix time in seconds. An unreadable header is ignored.
    """
    milliseconds = headers.get("x-acs-retry-after", "").strip()
    if _is_number(milliseconds):
        return int(milliseconds) / 1000
    seconds_or_date = headers.get("retry-after", "").strip()
    if _is_number(seconds_or_date):
        return float(seconds_or_date)
    time = parse_http_date(seconds_or_date)
    return None if time is None else max(0.0, time - now)


def parse_http_date(date: str) -> float | None:
    """Return an HTTP date (RFC 9110) as Unix time in seconds, or None if it is not one."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
