"""What docs/gate.md says is what holds. Its commands are run in tests/engine/test_gate_command.py."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from alicloud_device_certificates.contract.config import GATE
from alicloud_device_certificates.gate.rules.rules import rules_of

DOCS = (Path(__file__).parents[3] / "docs" / "gate.md").read_text(encoding="utf-8")


def test_the_rules_that_it_shows_can_be_used_and_mean_what_it_says() -> None:
    (block,) = re.findall(r"^```yaml gate\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)
    rules = rules_of(yaml.safe_load(block)["config"][GATE.full_name])
    thresholds = {
        name: (rule.warn_within and rule.warn_within.text, rule.fail_within and rule.fail_within.text)
        for name in ("gateway", "short-lived-01", "gateway-test")
        for rule in [rules.of(name)]
    }
    assert thresholds == {
        "gateway": ("45d", "7d"),
        "short-lived-01": ("30%", "10%"),
        "gateway-test": ("45d", "7d"),
    }
