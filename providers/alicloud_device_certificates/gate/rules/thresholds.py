"""How long before a certificate's end something is to be said: a duration, or a share of its lifetime."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from alicloud_device_certificates.contract.renewal import renewal_window
from alicloud_device_certificates.gate.errors import RulesError

_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_DURATION = re.compile(r"(\d+[wdhm])+")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)%")
_LONGEST = timedelta(days=365 * 100)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold as it was written, such as ``30d`` (``duration``) or ``10%`` (``share``).

    With neither it is the renewal window (expiry.py). ``share`` is a part of the lifetime, above 0.0 and up to 1.0.
    """

    text: str
    duration: timedelta | None = None
    share: float | None = None

    def of(self, lifetime: timedelta) -> timedelta:
        """Give the span before the end of a validity of this length (not before to not after)."""
        if self.share is not None:
            return lifetime * self.share
        return self.duration or renewal_window(lifetime)

    def exceeds(self, lifetime: timedelta) -> bool:
        """Say whether the threshold is longer than the whole lifetime, so that it tells nothing."""
        return self.duration is not None and self.duration > lifetime


RENEWAL_WINDOW = Threshold("30 days, or the last third of a shorter life")
"""What holds where nobody sets a threshold to warn: the same as in the log of a program (expiry.py)."""


def parse_threshold(text: object) -> Threshold:
    """Read ``30d``, ``12h``, ``1w2d`` (weeks, days, hours, minutes) or ``10%``, a share of the lifetime.

    Raises RulesError.
    """
    written = text.strip().lower() if isinstance(text, str) else ""
    share = _SHARE.fullmatch(written)
    if share and 0 < float(share[1]) <= 100:
        return Threshold(written, share=float(share[1]) / 100)
    if _DURATION.fullmatch(written):
        try:
            duration = sum(
                (int(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"\d+[wdhm]", written)), timedelta()
            )
        except (OverflowError, ValueError):  # ValueError: more digits than Python reads
            duration = _LONGEST + timedelta(1)
        if timedelta(0) < duration <= _LONGEST:
            return Threshold(written, duration=duration)
    shown = repr(text) if isinstance(text, int | float) else f"{str(text)[:40]!r}"
    raise RulesError(
        f"{shown} is no threshold: write a duration such as 30d, 12h or 1w2d (w, d, h, m; at most 100 years), or a "
        "share of the lifetime such as 10%"
    )
