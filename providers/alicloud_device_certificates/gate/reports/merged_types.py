"""The type of the merged JSON report. ``merged-report.schema.json`` is made from it by ``make docs``."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from alicloud_device_certificates.gate.report import ExitCode
from alicloud_device_certificates.gate.reports.json_types import ReportDocument, SummaryDocument, Timestamp

MERGED_SCHEMA: Final = "urn:device-certificates:merged-report:1"
"""The schema's identifier; it changes together with the ``SCHEMA_VERSION`` of a single report."""


class MergedDocument(Struct, forbid_unknown_fields=True, kw_only=True, rename={"schema": "$schema"}):
    """The reports on several stacks: each as it was, with what only all of them together show."""

    schema: Annotated[
        Literal["urn:device-certificates:merged-report:1"], Meta(description="The identifier of this schema.")
    ]
    schema_version: Annotated[
        Literal[1], Meta(description="A reader of this version can read every report that has the same number.")
    ]
    now: Annotated[Timestamp, Meta(description="The time of the merge, RFC 3339 in UTC.")]
    problems: Annotated[
        list[str], Meta(description="The problems of all reports, one line each, after the name of the stack.")
    ]
    notices: Annotated[
        list[str], Meta(description="The remarks of all reports, and those on the merge, one line each.")
    ]
    exit_code: Annotated[ExitCode, Meta(description=f"The worst exit code: {ExitCode.summary()}.")]
    has_changes: Annotated[bool, Meta(description="Whether an update of one of the stacks would change something.")]
    summary: SummaryDocument
    reports: Annotated[
        list[ReportDocument], Meta(description="The report of each stack, that of the worst stack first.")
    ]
