"""The reports: each format is a module with a pure ``render(report) -> str``, imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from alicloud_device_certificates.gate.reports.writing import ReportError, append, check_writable, write_whole

if TYPE_CHECKING:
    from alicloud_device_certificates.gate.report import Report

__all__ = ["FORMATS", "ReportError", "append_step_summary", "check_writable", "render", "write_reports"]

FORMATS: Mapping[str, str] = {
    "markdown": "markdown",
    "html": "html",
    "json": "json_document",
    "junit": "junit",
    "sarif": "sarif",
    "metrics": "metrics",
}
"""The formats of files, each with the module in this package that makes it."""


def render(report: Report, report_format: str) -> str:
    """Make a report in one of `FORMATS`."""
    text: str = import_module(f"{__name__}.{FORMATS[report_format]}").render(report)
    return text


def write_reports(report: Report, paths: Mapping[str, Path]) -> None:
    """Write a report in each of these formats to its file, each whole or not at all.

    All are made before the first is written. One that cannot be written holds up no other; raises ReportError, one line
    for all of them.
    """
    texts = {report_format: render(report, report_format) for report_format in paths}
    faults = []
    for report_format, text in texts.items():
        try:
            write_whole(paths[report_format], text)
        except ReportError as error:
            faults.append(str(error))
    if faults:
        raise ReportError("; ".join(faults))


def append_step_summary(report: Report, path: Path) -> None:
    """Add the Markdown report to the file that GitHub shows as a job's summary (``$GITHUB_STEP_SUMMARY``).

    GitHub takes at most 1 MiB from each step, which is far more than a report in Markdown has. Raises ReportError.
    """
    append(path, render(report, "markdown"))
