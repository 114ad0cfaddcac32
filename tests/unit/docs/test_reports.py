"""docs/reports.md describes what exists, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from alicloud_device_certificates.gate.reports.metrics import HELP

PAGE = (Path(__file__).parents[3] / "docs" / "reports.md").read_text(encoding="utf-8")


def test_the_alerts_are_yaml_and_ask_for_metrics_that_there_are() -> None:
    rules = yaml.safe_load(PAGE.partition("```yaml alerts\n")[2].partition("```")[0])
    (group,) = rules["groups"]
    requested = {name for rule in group["rules"] for name in re.findall(r"(?:x509|device)_\w+", rule["expr"])}
    assert requested
    assert requested <= set(HELP)
