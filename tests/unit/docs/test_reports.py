"""docs/reports.md tells of what there is, and of nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

import alicloud_device_certificates.gate as package
from alicloud_device_certificates.gate.reports import FORMATS
from alicloud_device_certificates.gate.reports.markdown import LONGEST
from alicloud_device_certificates.gate.reports.metrics import HELP

PAGE = (Path(__file__).parents[3] / "docs" / "reports.md").read_text(encoding="utf-8")
SCHEMA = json.loads((Path(package.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))


def first_cells(heading: str) -> list[str]:
    """Give what is in code in the first cells of the table that begins with this cell."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return [name for line in table.splitlines()[2:] for name in re.findall("`([^`]+)`", line.split(" | ")[0])]


def test_every_format_is_told_of() -> None:
    assert [option.split()[0] for option in first_cells("option")] == [f"--{each}" for each in FORMATS]


def test_every_metric_is_told_of() -> None:
    assert first_cells("metric") == list(HELP)


def test_every_key_of_the_json_report_is_told_of() -> None:
    assert first_cells("key") == list(SCHEMA["properties"])
    assert first_cells("key of a certificate") == list(SCHEMA["$defs"]["CertificateDocument"]["properties"])


def test_the_alerts_are_yaml_and_ask_for_metrics_that_there_are() -> None:
    rules = yaml.safe_load(PAGE.partition("```yaml alerts\n")[2].partition("```")[0])
    (group,) = rules["groups"]
    asked = {name for rule in group["rules"] for name in re.findall(r"(?:x509|device)_\w+", rule["expr"])}
    assert asked
    assert asked <= set(HELP)


def test_the_limit_is_the_code_s() -> None:
    assert f"at most {LONGEST:,} characters" in PAGE
