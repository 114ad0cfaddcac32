"""What all reports for people say in the same words: the counts, the verdict, a finding's title, the time left."""

from __future__ import annotations

from datetime import datetime

from alicloud_device_certificates.contract.renewal import in_words
from alicloud_device_certificates.gate.report import Finding, Judged, Report
from alicloud_device_certificates.gate.rules.kinds import ABOUT, Kind

_MEANINGS = {
    0: "nothing to do",
    1: "the preview could not be made",
    2: "there are changes",
    3: "there is a finding at fail level",
}


def counts(report: Report) -> str:
    """Say how many certificates there are, and how many of each severity."""
    number = len(report.certificates)
    if not number:
        return "no certificates"
    by_severity = ", ".join(f"{count} {severity}" for severity, count in report.counts().items())
    return f"{number} certificate{'' if number == 1 else 's'}: {by_severity}"


def verdict(report: Report) -> str:
    """Say with which exit code the run ends, and why."""
    code = report.exit_code
    meaning = "the report could not be made" if code == 1 and report.source == "deployed" else _MEANINGS[code]
    if code == 0 and report.source == "preview":
        meaning += ", though an update would change something" if report.has_changes else ", and nothing changes"
    return f"exit code {code}: {meaning}"


def title(finding: Finding, report: Report) -> str:
    """Give a finding's kind in words. A stack as last deployed has nothing to be compared with."""
    if finding.kind is Kind.UNCHANGED and report.source == "deployed":
        return "nothing found"
    return ABOUT[finding.kind].title


def left(judged: Judged, now: datetime) -> str:
    """Say how long a certificate is still valid, with a minus sign when it has expired; empty where that is unknown."""
    remaining = judged.remaining(now)
    if remaining is None:
        return ""
    return f"{'-' if remaining.days < 0 else ''}{in_words(abs(remaining))}"


def day(moment: datetime | None) -> str:
    """Give the day (UTC) of a moment; empty where there is none."""
    return "" if moment is None else moment.strftime("%Y-%m-%d")
