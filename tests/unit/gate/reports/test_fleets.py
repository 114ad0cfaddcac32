"""Reports of fleets: in figures, grouped, the worst first, and within the limits of those who show them."""

from __future__ import annotations

import io
import json
from functools import cache
from xml.etree import ElementTree

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.unit.gate.collect.fleet_events import device, outputs, result, state, step
from tests.unit.gate.fleets import NOW, big_report, evaluated, lasting, report_on, text

from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Report, worst_first
from alicloud_device_certificates.gate.reports import render
from alicloud_device_certificates.gate.reports.fleets import Rest, fleet_figures, worst_of_each
from alicloud_device_certificates.gate.reports.markdown import MAX_CHARACTERS
from alicloud_device_certificates.gate.reports.metrics import MAX_OF_FLEET
from alicloud_device_certificates.gate.reports.page_data import MOST_WITH_PEMS, page_data
from alicloud_device_certificates.gate.reports.sarif import MAX_RESULTS
from alicloud_device_certificates.gate.reports.terminal import console_for, show
from alicloud_device_certificates.gate.rules.rules import Rules

BIG = 3000


@cache
def big() -> Report:
    return big_report(BIG)


def two_fleets() -> Report:
    """One fleet of which the worst fails, one that warns, and a single certificate that fails too."""
    pumps = state(outputs(lasting("01", 300), lasting("02", -4)), name="pumps")
    valves = state(outputs(lasting("11", 300), lasting("12", 12)), name="valves")
    type_ = "pulumi-python:dynamic/alicloud:MqttDeviceCertificate"
    single = state(
        {"certificate": lasting("21", -9)}, name="gateway", type_=type_, id_="mqtt/cn-hangzhou/post-cn-1/00f2/21"
    )
    steps = [step(each, each) for each in (valves, pumps, single)]
    return report_on(*evaluate_all(result(*steps).certificates, Rules(), NOW))


def shown(report: Report, *, width: int = 100, **options: bool) -> str:
    stream = io.StringIO()
    show(report, console_for(stream, {"COLUMNS": str(width)}), **options)
    return stream.getvalue()


def test_figures_of_fleets_begin_with_that_of_the_worst_certificate() -> None:
    figures = fleet_figures(two_fleets())
    assert [(each.name, each.certificates, each.counts) for each in figures] == [
        ("pumps", 2, "1 fail, 0 warn, 1 info"),
        ("valves", 2, "0 fail, 1 warn, 1 info"),
    ]
    ends = [each.first_end for each in figures]
    assert [end.strftime("%Y-%m-%dT%H:%M:%SZ") for end in ends if end is not None] == [text(-4), text(12)]


def test_who_is_gone_is_not_counted_as_one_of_the_fleet() -> None:
    (figures,) = fleet_figures(report_on(*evaluated(outputs(lasting("01", -9)), outputs(lasting("02", 90))).values()))
    assert (figures.certificates, figures.counts) == (1, "0 fail, 1 warn, 1 info")
    assert figures.first_end is not None
    assert figures.first_end.strftime("%Y-%m-%dT%H:%M:%SZ") == text(90)


def test_a_fleet_counts_those_that_it_does_not_keep() -> None:
    summary = {"count": 5000.0, "earliest_expiry": text(60)}
    fleet = outputs(device("01")) | {"summary": summary, "fields": "summary"}
    (figures,) = fleet_figures(report_on(*evaluated(fleet, fleet).values()))
    assert figures.certificates == 5000
    assert figures.first_end is not None


def test_a_fleet_that_was_not_read_has_no_figures() -> None:
    failed = state({"read_failure": {"category": "missing", "code": "x", "message": "no such instance"}})
    (whole,) = evaluate_all(result(step(None, failed)).certificates, Rules(), NOW)
    assert whole.severity == "fail"
    assert fleet_figures(report_on(whole)) == []


@pytest.mark.parametrize(("most", "expected"), [(2, [2, 3]), (4, [5, 0]), (5, [5, 0])])
def test_a_list_is_cut_where_that_saves_a_line(most: int, expected: list[int]) -> None:
    five = evaluated(None, outputs(*(device(f"0{number}") for number in range(5)))).values()
    listed = list(worst_of_each(five, most))
    rest = [each for each in listed if isinstance(each, Rest)]
    assert [len(listed) - len(rest), sum(len(each.certificates) for each in rest)] == expected


def test_single_certificates_are_never_cut() -> None:
    report = two_fleets()
    assert len(list(worst_of_each(report.certificates, 1))) == len(report.certificates)


def test_the_terminal_shows_each_fleet_in_a_line_and_its_worst_certificates() -> None:
    text = shown(big())
    assert text.startswith("fleet    meters: 2,727 certificates: 390 fail, 273 warn, 2,337 info; the first ends on ")
    assert len(text.splitlines()) < 100
    assert "380 more of meters" in text
    assert "inactive (380)" in text
    assert "2,327 more certificates that need no action; --all shows them." in text


def test_the_terminal_shows_all_if_that_is_wanted() -> None:
    report = big_report(200)
    text = shown(report, everything=True)
    assert all(each.observed.label in text for each in report.certificates)
    assert "more of" not in text


def test_without_its_table_the_terminal_counts_what_it_leaves_out() -> None:
    assert "380 more of meters: inactive (380), " in shown(big(), quiet=True, width=200)


def test_markdown_fits_into_a_comment_with_something_of_every_severity() -> None:
    text = render(big(), "markdown")
    assert len(text) <= MAX_CHARACTERS
    assert "| `meters` | 2,727 | 390 | 273 | 2,337 | " in text
    for expected in ("`380 more of meters`", "`263 more of meters`", "`2,327 more of meters`", "**gone**"):
        assert expected in text
    assert "left out here" not in text, "each fleet is in it"


def test_many_fleets_fit_into_a_comment_too() -> None:
    steps = []
    for number in range(300):
        members = outputs(*(lasting(f"{number}-{each}", -each) for each in range(1, 30)))
        steps.append(step(state(members, name=f"fleet-{number}"), state(members, name=f"fleet-{number}")))
    report = report_on(*evaluate_all(result(*steps).certificates, Rules(), NOW))
    text = render(report, "markdown")
    assert len(text) <= MAX_CHARACTERS
    assert "280 more fleets are left out here" in text
    assert "and 280 more fleets" in shown(report)
    assert "certificates that need attention are left out here; the JSON report has all." in text


def test_junit_has_a_suite_of_each_fleet() -> None:
    root = ElementTree.fromstring(render(two_fleets(), "junit"))
    suites = {suite.get("name"): [case.get("name") for case in suite] for suite in root}
    assert suites == {
        "device-certificates/prod": ["device-certificates/prod", "gateway"],
        "device-certificates/prod/pumps": ["pumps/02", "pumps/01"],
        "device-certificates/prod/valves": ["valves/12", "valves/11"],
    }
    assert (root.get("tests"), root.get("failures")) == ("6", "2")
    assert [suite.get("failures") for suite in root] == ["1", "1", "0"]


def test_sarif_has_one_result_for_what_needs_no_action_on_many_members() -> None:
    new = evaluated(None, outputs(*(device(f"{number:02d}") for number in range(30)))).values()
    (found,) = json.loads(render(report_on(*worst_first(new)), "sarif"))["runs"][0]["results"]
    assert found["message"]["text"].startswith("meters: new: 00, 01, 02")
    assert found["message"]["text"].endswith("19 and 10 more")


def test_sarif_tells_a_fleet_from_its_members() -> None:
    fleet = outputs(device("01")) | {"summary": {"count": 9.0}, "fields": "summary"}
    results = json.loads(render(report_on(*evaluated(None, fleet).values()), "sarif"))["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"new"}
    assert len({result["partialFingerprints"]["certificateAndKind/v1"] for result in results}) == 2


def test_sarif_keeps_the_worst_results_of_those_that_nobody_shows() -> None:
    report = big_report(15_000)
    run = json.loads(render(report, "sarif"))["runs"][0]
    results = run["results"]
    assert len(results) == MAX_RESULTS
    levels = [result["level"] for result in results]
    assert levels == sorted(levels)
    assert levels.count("error") == report.counts()["fail"], "all of them"
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].endswith("less severe results are left out here; the JSON report has all")
    prints = {result["partialFingerprints"]["certificateAndKind/v1"] for result in results}
    assert len(prints) == MAX_RESULTS, "members of a fleet have different fingerprints"


def test_metrics_describe_each_fleet_and_its_worst_members() -> None:
    families = {family.name: family.samples for family in text_string_to_metric_families(render(big(), "metrics"))}
    assert [sample.value for sample in families["device_certificates_fleet_certificates"]] == [2727]
    by_severity = {each.labels["severity"]: each.value for each in families["device_certificates_fleet_evaluated"]}
    assert by_severity == {"fail": 390, "warn": 273, "info": 2337}
    findings = {
        (each.labels["kind"], each.labels["severity"]): each.value
        for each in families["device_certificates_fleet_findings"]
    }
    assert findings["inactive", "fail"] == 390
    assert findings["gone", "warn"] == 273
    own = {sample.labels["name"] for sample in families["device_certificate_finding"]}
    assert len(own) == MAX_OF_FLEET
    assert own == {each.observed.name for each in big().certificates[:MAX_OF_FLEET]}


def test_json_names_the_fleet_and_the_key() -> None:
    fleet = outputs(device("01")) | {"summary": {"count": 9.0}, "fields": "summary"}
    found = json.loads(render(report_on(*evaluated(fleet, fleet).values()), "json"))["certificates"]
    assert [(each["name"], each["fleet"], each["key"]) for each in found] == [
        ("meters", "meters", None),
        ("meters/01", "meters", "01"),
    ]
    assert found[0]["fleet_summary"] == {
        "count": 9,
        "selected": None,
        "by_status": None,
        "by_ca": None,
        "by_expiry_month": None,
        "earliest_expiry": None,
        "latest_expiry": None,
    }
    assert found[1]["fleet_summary"] is None


def test_a_page_of_many_has_the_pems_of_those_that_need_attention() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    members = [lasting(f"{number:05d}", number - 3, certificate_pem=pem) for number in range(MOST_WITH_PEMS + 1)]
    fleet = outputs(*members)
    rows = page_data(report_on(*evaluated(fleet, fleet).values()))["report"]["certificates"]
    assert all(("certificate_pem" in row["certificate"]) == (row["severity"] != "info") for row in rows)
    assert all(row["has_pems"] == (row["severity"] != "info") for row in rows)
    few = outputs(*members[:-1])
    rows = page_data(report_on(*evaluated(few, few).values()))["report"]["certificates"]
    assert all("certificate_pem" in row["certificate"] for row in rows)


def test_a_page_lists_the_fleets_with_links_to_their_certificates() -> None:
    page = render(two_fleets(), "html")
    assert page.index('href="#fleet=pumps"') < page.index('href="#fleet=valves"')
