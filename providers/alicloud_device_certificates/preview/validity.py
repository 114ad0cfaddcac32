"""The validity of a certificate against a moment and the thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..certificate.moments import text_of
from ..expiry import in_words
from .kinds import Kind
from .report import Finding
from .rules import Rule
from .thresholds import Threshold


@dataclass(frozen=True, slots=True)
class Validity:
    """From when (not before) until when (not after) a certificate is valid, UTC."""

    not_before: datetime
    not_after: datetime

    @classmethod
    def of(cls, certificate: Mapping[str, Any]) -> Validity | None:
        """Take it of a certificate's fields; None where they do not tell it (pending, unreadable)."""
        texts = (certificate.get("not_before"), certificate.get("not_after"))
        try:
            begin, end = (datetime.fromisoformat(text or "") for text in texts)
        except ValueError:
            return None
        return cls(begin, end) if begin.tzinfo and end.tzinfo else None

    @property
    def lifetime(self) -> timedelta:
        """From its begin to its end."""
        return self.not_after - self.not_before

    def begin_of(self, threshold: Threshold | None) -> datetime | None:
        """Give the moment at which a threshold begins."""
        return None if threshold is None else self.not_after - threshold.of(self.lifetime)

    def findings(self, rule: Rule, now: datetime) -> Iterator[Finding]:
        """Find what the clock and the thresholds say."""
        end = text_of(self.not_after)
        for option, threshold in (("warn", rule.warn_within), ("fail", rule.fail_within)):
            if threshold is not None and threshold.exceeds(self.lifetime):
                yield _finding(
                    rule,
                    Kind.LONG_THRESHOLD,
                    f"the threshold to {option}, {threshold.text}, is longer than the whole lifetime, "
                    f"{in_words(max(self.lifetime, timedelta(0)))}: it is always exceeded",
                )
        if now > self.not_after:
            yield _finding(rule, Kind.EXPIRED, f"it expired at {end}, {in_words(now - self.not_after)} ago")
            return
        if now < self.not_before:
            yield _finding(
                rule,
                Kind.NOT_YET_VALID,
                f"it is not valid before {text_of(self.not_before)}, in {in_words(self.not_before - now)}",
            )
        remaining = self.not_after - now
        for threshold, default in ((rule.fail_within, "fail"), (rule.warn_within, "warn")):
            if threshold is not None and remaining <= threshold.of(self.lifetime):
                yield Finding(
                    kind=Kind.EXPIRES_WITHIN,
                    severity=rule.severity(Kind.EXPIRES_WITHIN, "fail" if default == "fail" else None),
                    message=f"it expires at {end}, in {in_words(remaining)} (threshold to {default}: {threshold.text})",
                )
                return


def _finding(rule: Rule, kind: Kind, message: str) -> Finding:
    return Finding(kind=kind, severity=rule.severity(kind), message=message)
