"""What the other tests look at is what the gate would make of such certificates."""

from __future__ import annotations

from typing import Any

from tests.browser.reports import report_of
from tests.unit.gate.sample import NOW

from alicloud_device_certificates.gate.evaluate.evaluate import judge_all
from alicloud_device_certificates.gate.report import Judged
from alicloud_device_certificates.gate.rules.rules import Rules, rule_of


def test_the_gate_would_find_the_same() -> None:
    fleet = report_of(500).certificates
    rules = Rules(general=rule_of(warn_within="30d", fail_within="7d"))
    assert found(judge_all([each.observed for each in fleet], rules, NOW)) == found(fleet)


def found(certificates: tuple[Judged, ...]) -> list[Any]:
    return [
        (
            judged.observed.name,
            [(finding.kind, finding.severity) for finding in judged.findings],
            (judged.not_before, judged.not_after, judged.warn_from, judged.fail_from),
        )
        for judged in certificates
    ]
