"""A merged report: the stacks with their numbers and times, a filter by stack, and certificates named after theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import box, names, open_details, painted
from tests.unit.gate.fleets import report_on
from tests.unit.gate.merged_sample import fleet_report, merge, merged_report
from tests.unit.gate.sample import NOW

from alicloud_device_certificates.gate.report import worst_first
from alicloud_device_certificates.gate.reports import page_data

EAST = ["fleet/east: meters/02", "fleet/east: meters/01"]
WEST = ["fleet/west: meters/02", "fleet/west: meters/03"]


@pytest.fixture
def merged_page(open_page: OpenPage) -> Page:
    return open_page(merged_report())


def stack_rows(page: Page) -> list[list[str]]:
    """The cells of the table of stacks."""
    rows = page.get_by_role("table", name="Stacks").locator("tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def test_the_stacks_are_listed_with_their_numbers_and_times_the_worst_first(merged_page: Page) -> None:
    expect(merged_page.get_by_role("heading", level=1)).to_have_text("5 stacks")
    expect(merged_page.get_by_role("heading", level=2).first).to_have_text("1 of 5 reports is incomplete")
    assert stack_rows(merged_page) == [
        ["device-certificates/failed", "1", "2", "1", "0", "1", "2026-11-23 06:00"],
        ["device-certificates/prod", "3", "23", "7", "8", "8", "2026-11-23 06:00"],
        ["device-certificates/deployed", "3", "3", "1", "1", "1", "2026-11-20 06:00"],
        ["fleet/east", "3", "2", "1", "0", "1", "2026-11-23 06:00"],
        ["fleet/west", "3", "2", "1", "0", "1", "2026-11-23 06:00"],
    ]


def test_a_report_that_is_old_is_marked_and_remarked_on(merged_page: Page) -> None:
    expect(merged_page.locator(".stacks td.stale")).to_have_text("2026-11-20 06:00")
    expect(merged_page.locator("header")).to_contain_text(
        "Merged 2026-11-23 08:00:00 UTC; evaluated from 2026-11-20 06:00 to 2026-11-23 06:00"
    )
    expect(merged_page.get_by_role("list", name="Notices")).to_contain_text("deployed: this report is 3 days old")


def test_a_stack_is_shown_by_its_link_and_by_the_filter(merged_page: Page) -> None:
    merged_page.get_by_role("link", name="fleet/east", exact=True).click()
    painted(merged_page)
    assert names(merged_page) == EAST
    stack = merged_page.get_by_label("Stack", exact=True)
    expect(stack).to_have_value("fleet/east")
    stack.select_option("fleet/west (2)")
    painted(merged_page)
    assert names(merged_page) == WEST
    assert merged_page.url.endswith("#stack=fleet%2Fwest")
    merged_page.reload()
    assert names(merged_page) == WEST
    merged_page.get_by_role("button", name="Clear").click()
    painted(merged_page)
    assert len(names(merged_page)) == 32


def test_equal_fleets_of_two_stacks_stay_apart(merged_page: Page) -> None:
    merged_page.get_by_role("link", name="fleet/west: meters").click()
    painted(merged_page)
    assert names(merged_page) == WEST
    merged_page.get_by_label("Stack", exact=True).select_option("")
    painted(merged_page)
    assert set(names(merged_page)) == {*EAST, *WEST}, "the fleet's name alone stands for both"


def test_the_details_name_the_stack_and_the_other_one_with_the_key(merged_page: Page) -> None:
    details = open_details(merged_page, "fleet/east: meters/02")
    expect(details).to_contain_text("it has the same public key as fleet/west: meters/02")
    expect(details).to_contain_text("the project and its stack")


def test_a_report_on_one_stack_has_neither_the_table_nor_the_filter(page: Page) -> None:
    expect(page.get_by_role("table", name="Stacks")).to_have_count(0)
    expect(page.get_by_label("Stack", exact=True)).to_be_hidden()


def test_stacks_without_certificates_are_listed_too(open_page: OpenPage) -> None:
    page = open_page(merge(replace(report_on(), stack="a"), replace(report_on(), stack="b")))
    assert [row[0] for row in stack_rows(page)] == ["device-certificates/a", "device-certificates/b"]
    expect(page.get_by_role("heading", level=2)).to_have_text("These stacks have no device certificates")


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_is_wider_than_the_window(open_page: OpenPage, width: int) -> None:
    page = open_page(merged_report(), viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in ("Stack", "Fleet", "Finding"):
        left, right = box(page.get_by_label(control, exact=True))
        assert 0 <= left < right <= width


def test_what_the_page_leaves_out_is_said_and_the_numbers_are_of_all(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_data, "MOST_CERTIFICATES", 3)
    monkeypatch.setattr("alicloud_device_certificates.gate.reports.html.MOST_CERTIFICATES", 3)
    report = merge(fleet_report("east", "01", "02"), replace(fleet_report("west", "02", "03"), now=NOW - timedelta(1)))
    page = open_page(report)
    assert names(page) == [each.observed.label for each in worst_first(report.certificates)[:3]]
    expect(page.get_by_text("This page has the worst 3 certificates. The other 1")).to_be_visible()
    expect(page.get_by_role("list", name="Certificates by severity")).to_contain_text("2 info")
