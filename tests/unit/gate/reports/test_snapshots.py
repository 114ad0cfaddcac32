"""The whole of each report, as it was looked at once.

If one is meant to change, write it again with DEVICE_CERTIFICATES_SNAPSHOTS=write, and review the diff.
"""

from __future__ import annotations

import io
import os
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.unit.gate.merged_sample import merged_report
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports import render
from alicloud_device_certificates.gate.reports.terminal import console_for, show

SNAPSHOTS = Path(__file__).parent / "snapshots"
REPORTS = {
    "sample": sample_report(),
    "failed": failed_report(),
    "deployed": deployed_report(),
    "merged": merged_report(),
}
ENDINGS = {"markdown": "md", "json": "json", "junit": "xml", "sarif": "sarif", "metrics": "prom"}


def shown(report: Report) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    show(report, console_for(stream, {"COLUMNS": "80"}))
    stream.seek(0)
    return "".join(f"{line.rstrip()}\n" for line in stream)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("report_format", [*ENDINGS, "terminal"])
def test_a_report_is_as_it_was_looked_at(name: str, report_format: str) -> None:
    if report_format == "terminal":
        path, text = SNAPSHOTS / f"{name}.txt", shown(REPORTS[name])
    else:
        path, text = SNAPSHOTS / f"{name}.{ENDINGS[report_format]}", render(REPORTS[name], report_format)
    text = text.replace(f'"version": "{version("pulumi-alicloud-device-certificates")}"', '"version": "0.0.0"')
    if os.environ.get("DEVICE_CERTIFICATES_SNAPSHOTS") == "write":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_bytes().decode(), "see the top of this file"
