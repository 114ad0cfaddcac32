"""The report files that a command of the gate writes, and where it prints the report for people."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from alicloud_device_certificates.cli.streams import abandon
from alicloud_device_certificates.gate.reports import (
    append_step_summary,
    check_writable,
    prepare_folder,
    remove_earlier,
    write_reports,
)
from alicloud_device_certificates.gate.reports.formats import FORMATS
from alicloud_device_certificates.gate.reports.writing import STDOUT

if TYPE_CHECKING:
    from alicloud_device_certificates.gate.report import Report


@dataclass(slots=True)
class Targets:
    """The reports to write: formats, each with its file."""

    single: Sequence[tuple[str, Path]]
    """Each with an option of its own."""
    in_folder: Sequence[tuple[str, Path]]
    """Those of ``--reports``."""
    modes: dict[Path, int] = field(default_factory=dict)
    """The modes of the files that an earlier run had written."""

    @classmethod
    def of(cls, options: argparse.Namespace, folder: str | None) -> Self:
        """Return the targets of a command, and check that all can be written. Raise ReportError."""
        single = [(each.name, path) for each in FORMATS if (path := getattr(options, each.name)) is not None]
        targets = cls(single, prepare_folder(Path(folder)) if folder else [])
        check_writable(targets.paths)
        return targets

    @property
    def paths(self) -> Sequence[Path]:
        """The files; one can be stdout."""
        return [path for _, path in (*self.single, *self.in_folder)]

    @property
    def stream(self) -> TextIO | None:
        """Where everything for people goes: to stderr if a report goes to stdout."""
        return sys.stderr if STDOUT in self.paths else sys.stdout

    def clear(self) -> None:
        """Remove the reports of an earlier run. Raise ReportError."""
        self.modes |= remove_earlier(path for _, path in self.single)
        self.modes |= remove_earlier((path for _, path in self.in_folder), whatever_it_is=True)

    def write(self, report: Report) -> None:
        """Write the report to all of them, and to the summary of a GitHub job. Raise ReportError."""
        write_reports(report, [*self.single, *self.in_folder], self.modes)
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            append_step_summary(report, Path(summary))


def takes_stdout(options: argparse.Namespace) -> bool:
    """Return whether a report goes to stdout; then whatever is for people goes to stderr."""
    return any(getattr(options, each.name) == STDOUT for each in FORMATS)


def show_report(report: Report, stream: TextIO | None, *, everything: bool, quiet: bool) -> None:
    """Print a report for people; a reader that has left is no error."""
    from alicloud_device_certificates.gate.reports.terminal import console_for, show

    if stream is None:
        return
    try:
        show(report, console_for(stream), everything=everything, quiet=quiet)
        stream.flush()
    except OSError:
        abandon(stream)
