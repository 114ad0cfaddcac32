"""The validity of a certificate, compared with a time and with the thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from alicloud_device_certificates.contract.renewal import humanize
from alicloud_device_certificates.contract.timestamps import has_no_expiry, rfc3339, time_of
from alicloud_device_certificates.gate.report import Finding
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity
from alicloud_device_certificates.gate.rules.rules import Rule
from alicloud_device_certificates.gate.rules.thresholds import Threshold


@dataclass(frozen=True, slots=True)
class Validity:
    """The start (not before) and the end (not after) of a certificate's validity, UTC."""

    not_before: datetime
    not_after: datetime

    @classmethod
    def of(cls, certificate: Mapping[str, Any]) -> Validity | None:
        """Return the validity from a certificate's fields; None if they lack it (pending, unreadable)."""
        begin, end = (time_of(certificate.get(name)) for name in ("not_before", "not_after"))
        return None if begin is None or end is None else cls(begin, end)

    @property
    def lifetime(self) -> timedelta:
        """The time from start to end."""
        return self.not_after - self.not_before

    @property
    def has_no_expiry(self) -> bool:
        """Whether it has no end."""
        return has_no_expiry(self.not_after)

    def finding_starts(self, severity: Severity, rule: Rule) -> datetime | None:
        """Return when the end of the validity becomes a finding of this severity; None if it never does."""
        return min((start for start, each in self._starts(rule) if each == severity), default=None)

    def _starts(self, rule: Rule) -> Iterator[tuple[datetime, Severity]]:
        """Yield each time at which the end becomes a finding, with its severity."""
        if self.has_no_expiry:
            return
        for threshold, default in rule.before_end:
            if threshold is not None:
                yield self._before_end(threshold), rule.severity(FindingKind.EXPIRES_WITHIN, default)
        yield self.not_after, rule.severity(FindingKind.EXPIRED)

    def passed(self, rule: Rule, now: datetime) -> tuple[Threshold, Severity] | None:
        """Return the threshold before the end that a time has passed, the one of the worse severity; None without."""
        if self.has_no_expiry:
            return None
        for threshold, severity in reversed(rule.before_end):
            if threshold is not None and self.not_after - now <= threshold.of(self.lifetime):
                return threshold, severity
        return None

    def _before_end(self, threshold: Threshold) -> datetime:
        try:
            return self.not_after - threshold.of(self.lifetime)
        except OverflowError:  # before the year 1
            return datetime.min.replace(tzinfo=UTC)

    def findings(self, rule: Rule, now: datetime) -> Iterator[Finding]:
        """Yield the findings that depend on the time and the thresholds."""
        end = rfc3339(self.not_after)
        for threshold, severity in rule.before_end:
            if threshold is not None and not self.has_no_expiry and threshold.exceeds(self.lifetime):
                yield _finding(
                    rule,
                    FindingKind.THRESHOLD_EXCEEDS_LIFETIME,
                    f"the {severity} threshold, {threshold.text}, exceeds the whole lifetime of "
                    f"{humanize(max(self.lifetime, timedelta(0)))}",
                )
        if self.not_after < self.not_before:
            begin = rfc3339(self.not_before)
            yield _finding(
                rule, FindingKind.EXPIRED, f"it is never valid: it ends at {end}, before its start at {begin}"
            )
            return
        if now > self.not_after:
            yield _finding(rule, FindingKind.EXPIRED, f"it expired at {end}, {humanize(now - self.not_after)} ago")
            return
        if now < self.not_before:
            yield _finding(
                rule,
                FindingKind.NOT_YET_VALID,
                f"it is not valid until {rfc3339(self.not_before)}, in {humanize(self.not_before - now)}",
            )
        if passed := self.passed(rule, now):
            threshold, severity = passed
            yield Finding(
                kind=FindingKind.EXPIRES_WITHIN,
                severity=rule.severity(FindingKind.EXPIRES_WITHIN, severity),
                message=f"it expires at {end}, in {humanize(self.not_after - now)} "
                f"({severity} threshold: {threshold.text})",
            )


def _finding(rule: Rule, kind: FindingKind, message: str) -> Finding:
    return Finding(kind=kind, severity=rule.severity(kind), message=message)
