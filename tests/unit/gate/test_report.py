from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.unit.gate.sample import NOW, sample_report

from alicloud_device_certificates.contract.timestamps import NO_EXPIRY
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.rules.kinds import FindingKind

EMPTY = replace(sample_report(), certificates=(), problems=(), operations={}, outputs_change=False)


def only(*kinds: FindingKind) -> Report:
    """The sample with the certificates alone whose worst finding is one of these."""
    chosen = [evaluation for evaluation in sample_report().certificates if evaluation.findings[0].kind in kinds]
    assert chosen
    return replace(EMPTY, certificates=tuple(chosen))


@pytest.mark.parametrize(
    ("report", "code", "detailed"),
    [
        (EMPTY, 0, 0),
        (only(FindingKind.UNCHANGED), 0, 0),
        (only(FindingKind.ROTATED), 0, 2),
        (only(FindingKind.NEW), 0, 2),
        (only(FindingKind.GONE), 0, 2),
        (only(FindingKind.EXPIRED), 3, 3),
        (only(FindingKind.EXPIRED, FindingKind.ROTATED), 3, 3),
        (replace(EMPTY, operations={"create": 1, "same": 2}), 0, 2),
        (replace(EMPTY, operations={"read": 3, "same": 2, "refresh": 1, "update": 0}), 0, 0),
        (replace(EMPTY, outputs_change=True), 0, 2),
        (replace(only(FindingKind.EXPIRED), problems=("the program failed",)), 1, 1),
    ],
)
def test_the_exit_code_is_1_before_3_before_2_before_0(report: Report, code: int, detailed: int) -> None:
    assert (report.exit_code, replace(report, is_detailed=True).exit_code) == (code, detailed)


def test_certificates_are_counted_once_by_their_worst_and_once_for_each_kind() -> None:
    report = sample_report()
    assert sum(report.counts().values()) == len(report.certificates)
    assert list(report.counts()) == ["fail", "warn", "info"]
    assert set(report.kinds()) == set(FindingKind) - {FindingKind.QUERY_FAILED}, "that one ends a preview"


def test_what_is_left_of_a_lifetime_is_a_span_and_a_share() -> None:
    (evaluation,) = only(FindingKind.UNCHANGED).certificates[:1]
    begun = replace(evaluation, not_before=NOW - timedelta(days=3), not_after=NOW + timedelta(days=1))
    assert (begun.remaining(NOW), begun.remaining_share(NOW)) == (timedelta(days=1), 0.25)
    assert begun.remaining_share(NOW + timedelta(days=2)) == 0.0
    assert begun.remaining_share(NOW - timedelta(days=9)) == 1.0
    assert replace(begun, not_before=begun.not_after).remaining_share(NOW) == 0.0
    endless = replace(evaluation, not_after=datetime.fromisoformat(NO_EXPIRY))
    assert (endless.remaining(NOW), endless.remaining_share(NOW)) == (None, 1.0)
    unknown = replace(evaluation, not_before=None, not_after=None)
    assert (unknown.remaining(NOW), unknown.remaining_share(NOW)) == (None, None)


def test_the_fields_of_a_certificate_are_todays_or_else_those_of_the_last_update() -> None:
    def fields_of(evaluation: Evaluation) -> set[str]:
        return set(evaluation.certificate)

    assert "serial_number" in fields_of(only(FindingKind.GONE).certificates[0])
    assert "serial_number" in fields_of(only(FindingKind.UNCHANGED).certificates[0])
    assert fields_of(only(FindingKind.KNOWN_AFTER_UPDATE).certificates[0]) == set()
