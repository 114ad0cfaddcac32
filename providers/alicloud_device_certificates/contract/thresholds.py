"""A time before a certificate's end: a duration, or a share of the lifetime."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from alicloud_device_certificates.contract.bounds import shortened
from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.renewal import RENEWAL_WINDOW_TEXT, renewal_window

_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_DURATION = re.compile(r"(\d+[wdhm])+")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)%")
_MAXIMUM = timedelta(days=365 * 100)


class ThresholdError(UserFacingError, ValueError):
    """A text is not a threshold."""

    fix = "Write a duration such as `30d`, or a share of the lifetime such as `10%`."


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold; with neither a duration nor a share it is the renewal window (contract/renewal.py)."""

    text: str
    """The threshold as it was written, such as ``30d`` or ``10%``."""
    duration: timedelta | None = None
    share: float | None = None
    """A share of the lifetime, above 0.0 and up to 1.0."""

    def of(self, lifetime: timedelta) -> timedelta:
        """Return how long before the end of a validity of this length (not before to not after) it starts."""
        if self.share is not None:
            return lifetime * self.share
        return self.duration or renewal_window(lifetime)

    def exceeds(self, lifetime: timedelta) -> bool:
        """Return whether the threshold is longer than the whole lifetime, and so always exceeded."""
        return self.duration is not None and self.duration > lifetime


RENEWAL_WINDOW: Final = Threshold(RENEWAL_WINDOW_TEXT)
"""The warning threshold unless another one is set; a program's log warns from the same time on."""


def parse_threshold(text: object) -> Threshold:
    """Parse ``30d``, ``12h``, ``1w2d`` (weeks, days, hours, minutes) or ``10%``, a share of the lifetime.

    Raise ThresholdError.
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
        except (OverflowError, ValueError):  # ValueError: more digits than Python converts
            duration = _MAXIMUM + timedelta(1)
        if timedelta(0) < duration <= _MAXIMUM:
            return Threshold(written, duration=duration)
    raise ThresholdError(
        f"{shortened(text)} is not a threshold; write a duration such as 30d, 12h or 1w2d (w, d, h, m; at most 100 "
        "years), or a share of the lifetime such as 10%"
    )
