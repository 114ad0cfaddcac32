"""The wording that all reports for people share: counts, verdict, titles of findings, remaining validity."""

from __future__ import annotations

from datetime import datetime

from alicloud_device_certificates.contract.renewal import humanize
from alicloud_device_certificates.gate.report import Evaluation, ExitCode, Finding, Report
from alicloud_device_certificates.gate.rules.kinds import FindingKind


def counts(report: Report) -> str:
    """Return the number of certificates, in total and by severity."""
    number = len(report.certificates)
    if not number:
        return "no certificates"
    by_severity = ", ".join(f"{count:,} {severity}" for severity, count in report.counts().items())
    return f"{number:,} certificate{'' if number == 1 else 's'}: {by_severity}"


def verdict(report: Report) -> str:
    """Return the exit code and its meaning."""
    code = report.exit_code
    changes = ""
    if code is ExitCode.OK and report.source == "preview":
        changes = ", but an update would make changes" if report.has_changes else ", and nothing changes"
    return f"exit code {code}: {code.meaning}{changes}"


def name(finding: Finding, report: Report) -> str:
    """Return the name of a finding's kind, as options have it. A stack as last deployed is compared with nothing."""
    if finding.kind is FindingKind.UNCHANGED and report.source == "deployed":
        return "nothing found"
    return finding.kind.value


def remaining_text(evaluation: Evaluation, now: datetime) -> str:
    """Return the remaining validity, with a minus sign once expired; empty if it is not known or has no end."""
    remaining = evaluation.remaining(now)
    if remaining is None:
        return ""
    return f"{'-' if remaining.days < 0 else ''}{humanize(abs(remaining))}"


def end_text(evaluation: Evaluation) -> str:
    """Return the day (UTC) on which the validity ends, or that it has no end; empty if that is not known."""
    if evaluation.has_no_expiry:
        return "no expiry"
    return "" if evaluation.not_after is None else evaluation.not_after.strftime("%Y-%m-%d")
