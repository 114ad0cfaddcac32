"""The report in Markdown, for a pull or merge request and for a job's summary.

It never exceeds the limit of such a comment: tables are cut between two rows, with a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Change, Evaluation, Report
from alicloud_device_certificates.gate.reports.fleets import FleetFigures, Rest, fleet_figures, worst_of_each
from alicloud_device_certificates.gate.reports.markdown_escape import code, comment, prose, row
from alicloud_device_certificates.gate.reports.wording import counts, end_text, name, remaining_text, verdict
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, FindingKind

MAX_CHARACTERS = 64_000
"""The maximum number of characters of a report; GitHub rejects comments of more than 65,536."""

_MAX_LINES = 10
_MAX_OF_FLEET = 10
_MAX_FLEETS = 20
_MAX_STACKS = 50
_ROOM_FOR_NOTES = 500  # Reserved for the notes on tables that were cut.
_MARKS = {"fail": "\u274c fail", "warn": "\u26a0\ufe0f warn", "info": "info"}
_PEMS = {field.name for field in FIELDS if field.unit == "PEM"}


def marker(project: str, stack: str) -> str:
    """Return the hidden first line of a stack's reports, by which its comment is found again."""
    return comment("device-certificates", project, stack)


def _marker(report: Report) -> str:
    return comment("device-certificates", "merged") if report.reports else marker(report.project, report.stack)


def render(report: Report) -> str:
    """Return the report: verdict, problems, what needs attention, and collapsed below it everything else."""
    attention, meanings, *others = _tables(report)
    text = "\n".join(_head(report))
    # This table has as many rows as there are kinds, so it always fits.
    meant = meanings.within(MAX_CHARACTERS)
    text += attention.within(MAX_CHARACTERS - _ROOM_FOR_NOTES - len(text) - len(meant)) + meant
    for table in others:
        text += table.within(MAX_CHARACTERS - _ROOM_FOR_NOTES - len(text))
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table of as many rows as there is room for; collapsed if it has a summary.

    ``nouns`` names the rows that are left out, in the singular and the plural.
    """

    columns: Sequence[str]
    rows: Iterator[tuple[Sequence[str], int]]
    """The cells of each row, and how many of ``number`` it stands for."""
    number: int
    nouns: tuple[str, str]
    summary: str = ""

    def within(self, room: int) -> str:
        """Return the table, or a note instead of it, within this number of characters."""
        begin = f"\n{row(self.columns)}{row(['---'] * len(self.columns))}"
        end = ""
        if self.summary:
            begin, end = f"\n<details><summary>{self.summary}</summary>\n{begin}", "\n</details>\n"
        rows: list[str] = []
        left_out = self.number
        room -= len(begin) + len(end)
        for cells, stands_for in self.rows:
            made = row(cells)
            room -= len(made)
            if room < 0:
                break
            rows.append(made)
            left_out -= stands_for
        note = self._note(left_out)
        return f"{begin}{''.join(rows)}{note}{end}" if rows else note

    def _note(self, left_out: int) -> str:
        if not left_out:
            return ""
        one, more = self.nouns
        return f"\n{left_out:,} more {one if left_out == 1 else more} left out here; the JSON report has all.\n"


def _head(report: Report) -> Iterator[str]:
    yield _marker(report)
    yield f"### Device certificates of {report.title if report.reports else code(report.title)}\n"
    yield f"**{counts(report)}** ({verdict(report)})\n"
    for word, texts in (("problem", report.problems), ("notice", report.notices)):
        lines = [f"* **{word}**: {prose(text)}" for text in texts[:_MAX_LINES]]
        if len(texts) > _MAX_LINES:
            more = len(texts) - _MAX_LINES
            lines.append(f"* {more:,} more {word}{'' if more == 1 else 's'}; the JSON report has all.")
        if lines:
            yield "\n".join([*lines, ""])
    yield f"{_of_the_run(report)}\n"
    if report.reports:
        columns = ("stack", "exit code", "certificates", *SEVERITIES, "evaluated")
        yield "".join([row(columns), row(["---"] * len(columns)), *map(_stack_row, report.reports[:_MAX_STACKS])])
        if len(report.reports) > _MAX_STACKS:
            yield f"{len(report.reports) - _MAX_STACKS:,} more stacks are left out here; the JSON report has all.\n"
    if fleets := fleet_figures(report):
        columns = ("fleet", "certificates", *SEVERITIES, "first end")
        yield "".join([row(columns), row(["---"] * len(columns)), *map(_fleet_row, fleets[:_MAX_FLEETS])])
        if len(fleets) > _MAX_FLEETS:
            yield f"{len(fleets) - _MAX_FLEETS:,} more fleets are left out here; the JSON report has all.\n"


def _stack_row(report: Report) -> str:
    numbers = (f"{count:,}" for count in (len(report.certificates), *report.counts().values()))
    return row([code(report.title), str(report.exit_code.value), *numbers, rfc3339(report.now)])


def _fleet_row(fleet: FleetFigures) -> str:
    end = "" if fleet.first_end is None else fleet.first_end.strftime("%Y-%m-%d")
    numbers = (f"{count:,}" for count in (fleet.certificates, *fleet.severities.values()))
    return row([code(fleet.label), *numbers, end])


def _of_the_run(report: Report) -> str:
    if report.reports:
        times = [each.now for each in report.reports]
        return f"Merged at {rfc3339(report.now)}; evaluated from {rfc3339(min(times))} to {rfc3339(max(times))}."
    if report.source == "deployed":
        return f"As last deployed, evaluated at {rfc3339(report.now)}."
    steps = ", ".join(f"{count} {prose(step)}" for step, count in report.operations.items())
    return " ".join(
        [
            f"Previewed at {rfc3339(report.now)}.",
            *([f"The engine's steps: {steps}."] if steps else []),
            *(["The stack's outputs change."] if report.outputs_change else []),
        ]
    )


def _tables(report: Report) -> Iterator[_Table]:
    attention = [evaluation for evaluation in report.certificates if evaluation.severity != "info"]
    fine = [evaluation for evaluation in report.certificates if evaluation.severity == "info"]
    yield _Table(
        columns=("", "certificate", "found", "not after", "left"),
        rows=(((_MARKS[each.severity], *_cells(each, report)), _number_of(each)) for each in _listed(attention)),
        number=len(attention),
        nouns=("certificate that needs attention is", "certificates that need attention are"),
    )
    found = {finding.kind for evaluation in attention for finding in evaluation.findings}
    yield _Table(
        summary="What this means and what to do",
        columns=("found", "meaning", "what to do"),
        rows=(((code(kind), kind.about.meaning, kind.about.advice), 1) for kind in FindingKind if kind in found),
        number=len(found),
        nouns=("explanation is", "explanations are"),
    )
    changed = [evaluation for evaluation in report.certificates if evaluation.changes]
    yield _Table(
        summary=f"What changes ({_number(changed)})",
        columns=("certificate", "field", "at the last update", "now"),
        rows=(each for evaluation in _listed(changed) for each in _changed(evaluation)),
        number=sum(len(evaluation.changes) for evaluation in changed),
        nouns=("change is", "changes are"),
    )
    yield _Table(
        summary=f"No action needed ({_number(fine)})",
        columns=("certificate", "found", "not after", "left"),
        rows=((_cells(each, report), _number_of(each)) for each in _listed(fine)),
        number=len(fine),
        nouns=("certificate that needs no action is", "certificates that need no action are"),
    )


def _listed(evaluations: Sequence[Evaluation]) -> Iterator[Evaluation | Rest]:
    return worst_of_each(evaluations, _MAX_OF_FLEET)


def _number_of(each: Evaluation | Rest) -> int:
    return len(each.certificates) if isinstance(each, Rest) else 1


def _cells(each: Evaluation | Rest, report: Report) -> tuple[str, ...]:
    if isinstance(each, Rest):
        return code(each.label), each.found(report), "", ""
    found = "<br>".join(f"**{name(finding, report)}**: {prose(finding.message)}" for finding in each.findings)
    return code(each.observed.label), found, end_text(each), remaining_text(each, report.now)


def _changed(each: Evaluation | Rest) -> Iterator[tuple[Sequence[str], int]]:
    if isinstance(each, Rest):
        number = sum(len(evaluation.changes) for evaluation in each.certificates)
        fields = dict.fromkeys(change.field for evaluation in each.certificates for change in evaluation.changes)
        yield (code(each.label), ", ".join(fields), "", ""), number
        return
    for change in each.changes:
        cells = (code(each.observed.label), change.field, _value(change, change.old), _value(change, change.new))
        yield cells, 1


def _value(change: Change, value: object) -> str:
    if value is None:
        return "none"
    if change.field in _PEMS:
        return "a PEM"
    return code(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def _number(certificates: Sequence[Evaluation]) -> str:
    return f"{len(certificates):,} certificate{'' if len(certificates) == 1 else 's'}"
