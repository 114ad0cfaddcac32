"""Whether to ask again, and when: each decision a small function, none of them with a clock of its own.

By meaning, not by HTTP status (`codes.py` says what a code means): what is permanent is asked once; what may pass is
asked again after a wait with full jitter, until the attempts or the time run out. A server that says how long to wait
is believed, within the time there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a failure means for the next attempt."""

    TRANSIENT = "may pass by itself"
    THROTTLED = "too many calls; passes with time"
    PERMANENT = "stays as it is"
    CREDENTIALS = "the credentials have expired; others may do"
    CLOCK = "the local clock is off; the corrected time may do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient a call is. Times in seconds."""

    attempts: int = 8
    base: float = 0.2
    cap: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a call has been through: attempts so far, and which one-time remedies were used up."""

    attempts: int
    renewed: bool = False
    corrected: bool = False


DEFAULT: Final = Policy()


def worth_another(kind: Kind, tried: Tried, *, policy: Policy) -> bool:
    """Whether the same call may end better next time. A remedy for credentials or clock is tried once.

    Throttling ends by itself, so only the call's deadline ends the attempts: a fleet takes what time its quota needs.
    """
    if kind is Kind.CREDENTIALS:
        return not tried.renewed
    if kind is Kind.CLOCK:
        return not tried.corrected
    return kind is Kind.THROTTLED or (kind is Kind.TRANSIENT and tried.attempts < policy.attempts)


def jitter(attempt: int, *, policy: Policy, random: Callable[[], float]) -> float:
    """Full jitter: anything from zero to the exponential back-off after this many attempts. `random` is in [0, 1)."""
    return random() * min(policy.cap, policy.base * 2.0 ** (attempt - 1))


def wait(kind: Kind, attempt: int, *, wish: float | None, policy: Policy, random: Callable[[], float]) -> float:
    """Seconds until the next attempt: at least what the server wishes; nothing after a remedy."""
    if kind in {Kind.CREDENTIALS, Kind.CLOCK}:
        return 0.0
    return (wish or 0.0) + jitter(attempt, policy=policy, random=random)


def wish_in(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds that the server wants to be left alone: `x-acs-retry-after` (ms), else `Retry-After` (seconds or a date).

    `now` is the Unix time in seconds. What cannot be read is no wish.
    """
    milliseconds = headers.get("x-acs-retry-after", "").strip()
    if _is_number(milliseconds):
        return int(milliseconds) / 1000
    after = headers.get("retry-after", "").strip()
    if _is_number(after):
        return float(after)
    moment = moment_in(after)
    return None if moment is None else max(0.0, moment - now)


def moment_in(date: str) -> float | None:
    """An HTTP date (RFC 9110) as Unix time in seconds, or None where it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
