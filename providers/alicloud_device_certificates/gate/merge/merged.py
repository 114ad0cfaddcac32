"""The reports of several stacks as one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.renewal import humanize
from alicloud_device_certificates.gate.errors import MergeError
from alicloud_device_certificates.gate.merge.across import audited
from alicloud_device_certificates.gate.merge.files import read_documents, shown
from alicloud_device_certificates.gate.merge.restored import restored
from alicloud_device_certificates.gate.report import Report, worst_first
from alicloud_device_certificates.gate.rules.rules import Rule

_NAMED: Final = 3


def read_reports(files: Iterable[Path]) -> list[Report]:
    """Read the reports in JSON files. Raise MergeError, one line that names the file."""
    found: dict[str, tuple[Path, Report]] = {}
    for file in files:
        for document in read_documents(file):
            try:
                report = restored(document)
            except MergeError as error:
                raise MergeError(f"{shown(file)} is not a report of this version: {error}") from None
            if (other := found.get(report.title)) is not None:
                # Two backends or organizations can have such stacks; their URNs, and so the links, would be the same.
                raise MergeError(
                    f"{shown(other[0])} and {shown(file)} are both on the stack {report.title}: name each stack once"
                )
            found[report.title] = file, report
    return [report for _, report in found.values()]


def merged(reports: Sequence[Report], rule: Rule, now: datetime) -> Report:
    """Return the reports of different stacks as one, made at a time (UTC, to the second).

    ``rule`` has the severities of what only all of them together show.
    """
    complete, remarks = audited(reports, rule)
    runs = sorted(complete, key=_badness)
    operations: Counter[str] = Counter()
    for each in runs:
        operations.update(each.operations)
    whole = Report(
        project="",
        stack="",
        source="preview" if any(each.source == "preview" for each in runs) else "deployed",
        now=now,
        certificates=worst_first(chain.from_iterable(each.certificates for each in runs)),
        problems=tuple(f"{each.title}: {problem}" for each in runs for problem in each.problems),
        operations=dict(operations),
        outputs_change=any(each.outputs_change for each in runs),
        is_detailed=any(each.is_detailed for each in runs),
        reports=tuple(runs),
    )
    return replace(whole, notices=(*_stale(whole), *remarks, *_notices(runs)))


def _badness(report: Report) -> tuple[object, ...]:
    """Return a key by which the report of the worst stack comes first."""
    counts = report.counts()
    return not report.problems, -counts["fail"], -counts["warn"], -report.exit_code, report.title


def _stale(report: Report) -> Iterator[str]:
    if old := report.stale:
        age = humanize(report.now - old[0].now)
        what = f"this report is {age} old" if len(old) == 1 else f"these reports are up to {age} old"
        yield f"{_names([each.title for each in old])}: {what}; run the gate again"


def _notices(reports: Sequence[Report]) -> Iterator[str]:
    """Yield each notice once, with the stacks that have it."""
    stacks: dict[str, list[str]] = {}
    for report in reports:
        for notice in report.notices:
            stacks.setdefault(notice, []).append(report.title)
    for notice, names in stacks.items():
        yield f"{_names(names)}: {notice}"


def _names(stacks: Sequence[str]) -> str:
    more = f" and {len(stacks) - _NAMED:,} more" if len(stacks) > _NAMED else ""
    return f"{', '.join(stacks[:_NAMED])}{more}"
