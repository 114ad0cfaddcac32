"""The last evaluation of a pack: its policies are all shown the same certificates, one after the other."""

from __future__ import annotations

from datetime import datetime

from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Evaluation
from alicloud_device_certificates.gate.rules.rules import Rules


class LastEvaluation:
    """Evaluates certificates for one time, UTC, unless they are those of the last time under the same rules."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._last: tuple[tuple[Observed, ...], Rules] | None = None
        self._evaluations: tuple[Evaluation, ...] = ()

    def of(self, observed: tuple[Observed, ...], rules: Rules) -> tuple[Evaluation, ...]:
        """Return the evaluations of certificates, worst first."""
        if self._last != (observed, rules):
            self._evaluations = evaluate_all(observed, rules, self._now)
            self._last = (observed, rules)
        return self._evaluations
