"""10,000 certificates of a fleet: the page is usable at once, and finds, filters and opens one of them."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import names, painted
from tests.browser.test_many import MOST_ELEMENTS, work
from tests.unit.gate.collect.fleet_events import outputs, result, state, step
from tests.unit.gate.fleets import NOW, big_report, evaluated, lasting, report_on, text

from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.rules.rules import Rules

COUNT = 10_000


@cache
def big() -> Report:
    return big_report(COUNT)


@pytest.fixture
def two(open_page: OpenPage) -> Page:
    """Two fleets that have a key in common."""
    pumps = state(outputs(lasting("01", 300), lasting("02", -4)), name="pumps")
    meters = state(outputs(lasting("01", 12), lasting("03", 400)), name="meters", id_="mqtt-fleet/cn-hangzhou/b/-")
    steps = [step(each, each) for each in (pumps, meters)]
    return open_page(report_on(*evaluate_all(result(*steps).certificates, Rules(), NOW)))


def test_the_work_of_the_page_is_bounded_by_what_it_shows(open_page: OpenPage) -> None:
    elements, created = work(open_page(big()))
    assert 0 < elements < MOST_ELEMENTS
    assert 0 < created < MOST_ELEMENTS


def test_one_of_10000_is_found_opened_and_linked(open_page: OpenPage) -> None:
    page = open_page(big())
    page.get_by_role("searchbox").fill("meters/09998")
    painted(page)
    assert names(page) == ["meters/09998"]
    page.get_by_role("button", name="meters/09998").click()
    details = page.get_by_role("dialog")
    expect(details).to_contain_text("the key within the fleet")
    page.reload()
    expect(page.get_by_role("dialog")).to_contain_text("meters/09998")


def test_the_worst_members_come_first(open_page: OpenPage) -> None:
    assert names(open_page(big())) == [each.observed.label for each in big().certificates[:50]]


def test_a_fleet_is_shown_by_the_link_in_the_summary_and_by_the_filter(two: Page) -> None:
    two.get_by_role("link", name="meters").click()
    painted(two)
    assert names(two) == ["meters/01", "meters/03"]
    expect(two.get_by_label("Fleet", exact=True)).to_have_value("meters")
    two.get_by_label("Fleet", exact=True).select_option("pumps (2)")
    painted(two)
    assert names(two) == ["pumps/02", "pumps/01"]
    assert two.url.endswith("#fleet=pumps")


def test_members_of_two_fleets_with_one_key_have_links_of_their_own(two: Page) -> None:
    two.get_by_role("button", name="pumps/01").click()
    expect(two.get_by_role("dialog").get_by_role("heading", level=2)).to_contain_text("pumps/01")
    two.reload()
    expect(two.get_by_role("dialog").get_by_role("heading", level=2)).to_contain_text("pumps/01")


def test_a_page_without_fleets_has_no_filter_for_them(page: Page) -> None:
    expect(page.get_by_label("Fleet", exact=True)).to_be_hidden()
    expect(page.get_by_label("Service", exact=True)).to_be_visible()


def test_a_fleet_as_a_whole_shows_its_figures(open_page: OpenPage) -> None:
    summary = {"count": 5000.0, "by_status": {"active": 5000.0}, "earliest_expiry": text(60)}
    fleet = outputs() | {"summary": summary, "fields": "summary"}
    page = open_page(report_on(*evaluated(fleet, fleet).values()))
    page.get_by_role("button", name="meters").click()
    expect(page.get_by_role("dialog")).to_contain_text("active: 5,000")
