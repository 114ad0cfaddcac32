"""The formats of reports: one entry for each makes its option, its file name, its documentation and its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """One format of report files."""

    name: str
    """The option that writes it, without hyphens."""
    module: str
    """The module of this package with its ``render(report) -> str``."""
    file_name: str
    """The file's name in the folder that ``--reports`` names."""
    help: str
    """What it is, without a full stop."""
    audience: str
    """Who reads it."""
    has_pieces: bool = False
    """Whether the module can also yield the text in ``pieces(report)``, so that memory is not what bounds it."""


FORMATS: Final = (
    ReportFormat(
        name="markdown",
        module="markdown",
        file_name="report.md",
        help="Markdown: a summary and what needs attention",
        audience="a pull or merge request, a job's summary",
    ),
    ReportFormat(
        name="html",
        module="html",
        file_name="report.html",
        help="HTML: one self-contained page with timeline, table and details",
        audience="people who want a closer look",
    ),
    ReportFormat(
        name="json",
        module="json_document",
        file_name="report.json",
        help="JSON: everything, in the shape of a schema",
        audience="programs",
        has_pieces=True,
    ),
    ReportFormat(
        name="junit",
        module="junit",
        file_name="junit.xml",
        help="JUnit XML: a test case for each certificate",
        audience="GitLab, Jenkins and others that show test results",
    ),
    ReportFormat(
        name="sarif",
        module="sarif",
        file_name="report.sarif",
        help="SARIF: a result for each finding",
        audience="GitHub code scanning",
    ),
    ReportFormat(
        name="metrics",
        module="metrics",
        file_name="metrics.prom",
        help="Prometheus text: validity and findings",
        audience="the textfile collector of node_exporter",
    ),
)
