"""docs/policies.md: its table is of the policies that there are, and its rules, config and pack can be used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pulumi_policy
import pytest
import yaml
from tests.unit.policy.conftest import Run, stack

from alicloud_device_certificates.contract.config import GATE
from alicloud_device_certificates.gate.rules.rules import rules_of
from alicloud_device_certificates.policy import device_certificate_policies

DOCUMENT = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_rules_can_be_used() -> None:
    assert rules_of(yaml.safe_load(block("yaml"))["config"][GATE.full_name]).by_name


def test_the_config_is_for_policies_that_there_are_and_can_be_used(violations: Run) -> None:
    config = json.loads(block("json policies.json"))
    levels = {level.value for level in pulumi_policy.EnforcementLevel}
    assert set(config) <= {policy.name for policy in device_certificate_policies()}
    assert {
        each if isinstance(each, str) else each.get("enforcementLevel", "advisory") for each in config.values()
    } <= levels
    own = {name: each for name, each in config.items() if isinstance(each, dict)}
    assert violations(stack({}), config=own) == []


def test_the_pack_of_ones_own_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Any, ...]] = []
    monkeypatch.setattr(pulumi_policy, "PolicyPack", lambda *arguments: made.append(arguments))
    exec(compile(block("python"), "docs/policies.md", "exec"), {})
    ((name, policies),) = made
    assert name == "device-certificates"
    assert len(policies) == len(device_certificate_policies())
