"""The summary at the end of ``make test``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from alicloud_device_certificates.cli.columns import aligned

MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Result:
    """How one part ended."""

    name: str
    passed: bool
    seconds: float
    detail: str
    """How many tests or commands passed, or the reason why the part did not run."""


def test_counts(report: Path) -> str:
    """Return how many tests of pytest's JUnit report passed, failed and were skipped."""
    if not report.exists():
        return "no tests ran"
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        for name in totals:
            totals[name] += int(suite.get(name, 0))
    failed = totals["failures"] + totals["errors"]
    counts = {"passed": totals["tests"] - failed - totals["skipped"], "failed": failed, "skipped": totals["skipped"]}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "passed")


def command_counts(codes: Sequence[int]) -> str:
    """Return how many commands passed."""
    return f"{codes.count(0)} of {len(codes)} commands passed"


def duration(seconds: float) -> str:
    """Return a duration in minutes and seconds."""
    minutes, rest = divmod(round(seconds), MINUTE_S)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def summary(results: Sequence[Result]) -> str:
    """Return a line for each part: name, result, time and counts."""
    rows = [(each.name, "passed" if each.passed else "FAILED", duration(each.seconds), each.detail) for each in results]
    return "\n".join(f"  {line}" for line in aligned(rows))
