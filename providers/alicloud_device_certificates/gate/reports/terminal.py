"""The report in a terminal: a table, worst first, then the findings in full and the meaning of the exit code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from alicloud_device_certificates.contract.read_failure import REPEATED, cause_of
from alicloud_device_certificates.contract.text import inert, printable
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Evaluation, ExitCode, Finding, Report
from alicloud_device_certificates.gate.reports.fleets import FleetFigures, Rest, fleet_figures, worst_of_each
from alicloud_device_certificates.gate.reports.wording import counts, end_text, name, remaining_text, verdict
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_STYLES: dict[Severity, str] = {"fail": "bold red", "warn": "yellow", "info": "green"}
# A full cell, an empty cell and a line. Use all of them or none.
_BLOCKS = ("\u2588", "\u2591", "\u2500")
_PLAIN = ("#", ".", "-")
_BAR_CELLS = 10
_WORD_CELLS = 9
_WIDTH_FOR_BARS = 72
_WIDTH_WITHOUT_TERMINAL = 100
_MAX_WIDTH = 400
_MAX_ROWS = 50
_MAX_OF_FLEET = 10
_MAX_FLEETS = 20
_MAX_STACKS = 50


def console_for(stream: TextIO, environment: Mapping[str, str] | None = None) -> Console:
    """Return a console for a stream: with colours in a terminal, plain elsewhere or if ``NO_COLOR`` is set."""
    from rich.console import Console

    environment = os.environ if environment is None else environment
    is_terminal = stream.isatty()
    plain = not is_terminal or bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
    columns = environment.get("COLUMNS", "")
    width = min(int(columns), _MAX_WIDTH) if columns.isdecimal() and int(columns) else _WIDTH_WITHOUT_TERMINAL
    return Console(
        file=stream,
        color_system=None if plain else "auto",
        force_terminal=not plain,
        width=None if is_terminal else width,
        markup=False,
        highlight=False,
        emoji=False,
    )


def show(report: Report, console: Console, *, everything: bool = False, quiet: bool = False) -> None:
    """Print the report to a console; with ``quiet``, without the table.

    Everything that needs attention is listed, but of each fleet and severity only the worst 10. Certificates that need
    no action fill the table up to 50 rows and are only counted from then on. ``everything`` (``--all``) lists all.
    """
    view = _View(report, console)
    for text in report.problems:
        view.line("problem", text, "bold red")
    for text in report.notices:
        view.line("notice", text, "cyan")
    view.stacks_and_fleets()
    attention = [evaluation for evaluation in report.certificates if evaluation.severity != "info"]
    fine = [evaluation for evaluation in report.certificates if evaluation.severity == "info"]
    of_each = len(report.certificates) if everything else _MAX_OF_FLEET
    listed, calm = list(worst_of_each(attention, of_each)), list(worst_of_each(fine, of_each))
    shown = calm if everything else calm[: max(0, _MAX_ROWS - len(listed))]
    if (listed or shown) and not quiet:
        console.print(view.table([*listed, *shown]))
    left_out = len(fine) - sum(isinstance(each, Evaluation) for each in shown)
    if left_out and not quiet:
        certificates, need, them = ("certificate", "needs", "it") if left_out == 1 else ("certificates", "need", "them")
        view.say(f"{left_out:,} more {certificates} that {need} no action; --all shows {them}.")
        console.print()
    for each in listed:
        if isinstance(each, Evaluation):
            view.findings(each)
        elif quiet:
            view.line(each.severity, f"{each.label}: {each.found(report)}; --all shows them", _STYLES[each.severity])
    for kind in view.kinds(attention):
        if kind.about.advice:
            view.line("to do", f"{kind}: {kind.about.advice}", "dim")
    if attention:
        console.print()
    has_failed = report.exit_code in {ExitCode.INCOMPLETE, ExitCode.FINDINGS}
    style = _STYLES["fail" if has_failed else "warn" if report.counts()["warn"] else "info"]
    view.say(f"{counts(report)}; {verdict(report)}", style)


def _fleet_text(fleet: FleetFigures) -> str:
    number = f"{fleet.certificates:,} certificate{'' if fleet.certificates == 1 else 's'}"
    end = f"; the first ends on {fleet.first_end:%Y-%m-%d}" if fleet.first_end is not None else ""
    return f"{fleet.label}: {number}: {fleet.counts}{end}"


def _is_in_problems(finding: Finding, report: Report) -> bool:
    """Return whether a problem above has the same message, or counts it as one of several of the same cause."""
    return finding.message.startswith(REPEATED) or any(
        problem.endswith(cause_of(finding.message)) for problem in report.problems
    )


class _View:
    """Texts for one console, within its characters and its width."""

    def __init__(self, report: Report, console: Console) -> None:
        self._report = report
        self._console = console
        self._encoding = console.encoding
        self._has_blocks = all(self._shown(each) == each for each in _BLOCKS)

    def say(self, text: str, style: str = "") -> None:
        self._console.print(self._text(text, style), soft_wrap=False)

    def line(self, word: str, text: str, style: str) -> None:
        """Print a word and a text beside it, wrapped within its own column."""
        from rich.text import Text

        lines = self._text(text).wrap(self._console, max(self._console.width - _WORD_CELLS, 1))
        shown = Text.assemble(self._text(f"{word:{_WORD_CELLS}}", style), Text(f"\n{' ' * _WORD_CELLS}").join(lines))
        self._console.print(shown, soft_wrap=True)

    def stacks_and_fleets(self) -> None:
        """Print a line for each stack of a merged report, and for each fleet."""
        for each in self._report.reports[:_MAX_STACKS]:
            text = f"{each.title}: {counts(each)}; exit code {each.exit_code}; evaluated at {rfc3339(each.now)}"
            self.line("stack", text, "dim")
        if (more := len(self._report.reports) - _MAX_STACKS) > 0:
            self.line("stack", f"and {more:,} more stacks", "dim")
        fleets = fleet_figures(self._report)
        for fleet in fleets[:_MAX_FLEETS]:
            self.line("fleet", _fleet_text(fleet), "dim")
        if (more := len(fleets) - _MAX_FLEETS) > 0:
            self.line("fleet", f"and {more:,} more fleets", "dim")

    def findings(self, evaluation: Evaluation) -> None:
        """Print the findings of a certificate, except those that a problem above repeats."""
        for finding in evaluation.findings:
            if not _is_in_problems(finding, self._report):
                text = f"{evaluation.observed.label}: {finding.message}"
                self.line(finding.severity, text, _STYLES[finding.severity])

    @staticmethod
    def kinds(certificates: list[Evaluation]) -> list[FindingKind]:
        found = {
            finding.kind for evaluation in certificates for finding in evaluation.findings if finding.severity != "info"
        }
        return [kind for kind in FindingKind if kind in found]

    def table(self, certificates: list[Evaluation | Rest]) -> Table:
        from rich import box
        from rich.table import Table

        with_bars = self._console.width >= _WIDTH_FOR_BARS
        table = Table(box=box.SIMPLE_HEAD if self._has_blocks else box.ASCII2, show_edge=False, pad_edge=False)
        table.add_column("")
        table.add_column("certificate", overflow="fold", ratio=1)
        table.add_column("found", overflow="fold", ratio=1)
        table.add_column("not after", no_wrap=True)
        table.add_column("left", no_wrap=True, justify="right")
        if with_bars:
            table.add_column("", no_wrap=True)
        for each in certificates:
            cells = self._of_rest(each) if isinstance(each, Rest) else self._cells(each)
            table.add_row(*(cells if with_bars else cells[:-1]))
        return table

    def _cells(self, evaluation: Evaluation) -> list[Text]:
        style = _STYLES[evaluation.severity]
        names = dict.fromkeys(name(finding, self._report) for finding in evaluation.findings)
        return [
            self._text(evaluation.severity, style),
            self._text(evaluation.observed.label),
            self._text(", ".join(names), style),
            self._text(end_text(evaluation)),
            self._text(remaining_text(evaluation, self._report.now)),
            self._bar(evaluation, style),
        ]

    def _of_rest(self, rest: Rest) -> list[Text]:
        style = _STYLES[rest.severity]
        texts = (self._text(rest.severity, style), self._text(rest.label), self._text(rest.found(self._report), style))
        return [*texts, *[self._text("")] * 3]

    def _bar(self, evaluation: Evaluation, style: str) -> Text:
        """Draw the remaining share of the lifetime in whole cells; at least one until the certificate expires."""
        from rich.text import Text

        share = evaluation.remaining_share(self._report.now)
        if share is None:
            return Text()
        full, empty, _ = _BLOCKS if self._has_blocks else _PLAIN
        cells = max(round(share * _BAR_CELLS), 1 if share > 0 else 0)
        return Text.assemble((full * cells, style), (empty * (_BAR_CELLS - cells), "dim"))

    def _text(self, text: str, style: str = "") -> Text:
        """Return a text literally: without markup, and without anything that a terminal would execute."""
        from rich.text import Text

        return Text(self._shown(inert(printable(text))), style=style)

    def _shown(self, text: str) -> str:
        return text.encode(self._encoding, errors="replace").decode(self._encoding)
