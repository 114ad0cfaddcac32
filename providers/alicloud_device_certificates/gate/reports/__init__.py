"""The reports: each format is a module with a pure ``render(report) -> str``, imported only if it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from alicloud_device_certificates.gate.reports.formats import FORMATS, ReportFormat
from alicloud_device_certificates.gate.reports.writing import (
    ReportError,
    append,
    check_writable,
    make_folder,
    remove_earlier,
    write_whole,
)

if TYPE_CHECKING:
    from alicloud_device_certificates.gate.report import Report

__all__ = [
    "FORMATS",
    "ReportError",
    "ReportFormat",
    "append_step_summary",
    "check_writable",
    "prepare_folder",
    "remove_earlier",
    "render",
    "write_reports",
]


def render(report: Report, report_format: str) -> str:
    """Return a report in the format of this name."""
    text: str = _module(report_format).render(report)
    return text


def _module(report_format: str) -> ModuleType:
    modules = {each.name: each.module for each in FORMATS}
    return import_module(f"{__name__}.{modules[report_format]}")


def prepare_folder(folder: Path) -> list[tuple[str, Path]]:
    """Make a folder for a report in every format, and return the names and paths. Raise ReportError."""
    make_folder(folder)
    return [(each.name, folder / each.file_name) for each in FORMATS]


def write_reports(report: Report, files: Sequence[tuple[str, Path]], modes: Mapping[Path, int] | None = None) -> None:
    """Write a report to each of these files, in the format of the name beside it.

    All are rendered before the first is written, and each is replaced as a whole. A file that cannot be written does
    not stop the others; then ReportError is raised, one line for all of them. A merged report in a format that has
    ``pieces`` is rendered as it is written: it can be larger than the memory.
    ``modes`` has the modes of files that ``remove_earlier`` has removed.
    """
    in_pieces = {each.name for each in FORMATS if each.has_pieces and report.reports}
    texts = {name: render(report, name) for name, _ in files if name not in in_pieces}
    faults = []
    for report_format, path in files:
        text = texts[report_format] if report_format in texts else _module(report_format).pieces(report)
        try:
            write_whole(path, text, mode=(modes or {}).get(path))
        except ReportError as error:
            faults.append(str(error))
    if faults:
        raise ReportError("; ".join(faults))


def append_step_summary(report: Report, path: Path) -> None:
    """Append the Markdown report to the file that GitHub shows as a job's summary (``$GITHUB_STEP_SUMMARY``).

    GitHub accepts at most 1 MiB from each step; a Markdown report is far shorter. Raise ReportError.
    """
    append(path, render(report, "markdown"))
