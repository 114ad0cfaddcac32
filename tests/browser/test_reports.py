"""What the other tests look at is what the gate would make of such certificates."""

from __future__ import annotations

from typing import Any

from tests.browser.reports import report_of
from tests.unit.gate.sample import NOW

from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Evaluation
from alicloud_device_certificates.gate.rules.rules import Rules, rule_of


def test_the_gate_would_find_the_same() -> None:
    fleet = report_of(500).certificates
    rules = Rules(general=rule_of({"warn_within": "30d", "fail_within": "7d"}))
    assert found(evaluate_all([each.observed for each in fleet], rules, NOW)) == found(fleet)


def found(certificates: tuple[Evaluation, ...]) -> list[Any]:
    return [
        (
            evaluation.observed.name,
            [(finding.kind, finding.severity) for finding in evaluation.findings],
            (evaluation.not_before, evaluation.not_after, evaluation.warn_from, evaluation.fail_from),
        )
        for evaluation in certificates
    ]
