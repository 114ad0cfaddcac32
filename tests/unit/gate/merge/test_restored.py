"""A report that is restored from its JSON shows what it showed before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.gate.fleets import big_report
from tests.unit.gate.merged_sample import fleet_report, reread
from tests.unit.gate.reports.test_snapshots import shown
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports import FORMATS, render

REPORTS = {
    "sample": sample_report(),
    "failed": failed_report(),
    "deployed": deployed_report(),
    "fleet": big_report(60),
    "changes": replace(fleet_report("a", "01"), outputs_change=True, is_detailed=True, project_file="x/Pulumi.yaml"),
}


def without_stack(report: Report) -> Report:
    """The report with its certificates named as in a report of its stack alone."""
    alone = (replace(each, observed=replace(each.observed, stack="")) for each in report.certificates)
    return replace(report, certificates=tuple(alone))


@pytest.mark.parametrize("name", REPORTS)
def test_each_format_is_the_same_after_json_and_back(name: str) -> None:
    again = without_stack(reread(REPORTS[name]))
    for each in FORMATS:
        assert render(again, each.name) == render(REPORTS[name], each.name), each.name
    assert shown(again) == shown(REPORTS[name])


@pytest.mark.parametrize("name", REPORTS)
def test_it_ends_with_the_same_exit_code(name: str) -> None:
    again = reread(REPORTS[name])
    assert (again.exit_code, again.has_changes) == (REPORTS[name].exit_code, REPORTS[name].has_changes)


def test_certificates_that_are_named_alike_keep_what_tells_them_apart() -> None:
    report = fleet_report("a", "01")
    (evaluation,) = report.certificates
    named = replace(evaluation, observed=replace(evaluation.observed, qualifier="a$b, fleet of mqtt"))
    (again,) = reread(replace(report, certificates=(named,))).certificates
    assert again.observed.label == "fleet/a: meters/01 (a$b, fleet of mqtt)"
