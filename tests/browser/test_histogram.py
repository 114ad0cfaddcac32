"""The histogram of expiries by month."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import painted
from tests.browser.reports import report_of
from tests.unit.gate.sample import sample_report

ENDS = [
    each.not_after.strftime("%Y-%m")
    for each in sample_report().certificates
    if each.not_after and not each.has_no_expiry
]


def table(page: Page) -> dict[str, list[int]]:
    """What a screen reader reads: for each month, how many fail, warn and are fine."""
    painted(page)
    rows = page.get_by_role("table", name="Certificates by the month in which they expire").locator("tbody tr")
    return {
        row.locator("th").inner_text(): [int(text) for text in row.locator("td").all_inner_texts()]
        for row in rows.all()
    }


def test_each_month_has_as_many_as_end_in_it(page: Page) -> None:
    assert {month: sum(numbers) for month, numbers in table(page).items()} == dict(sorted(Counter(ENDS).items()))
    assert table(page)["2026-11"] == [2, 1, 0]


def test_the_columns_are_as_high_as_the_counts(page: Page) -> None:
    heights = {}
    for column in page.locator(".column").all():
        title = column.get_attribute("title") or ""
        pieces = column.locator("i").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
        heights[title.split(":")[0]] = sum(pieces)
    unit = heights["2026-11"] / 3
    for month, height in heights.items():
        assert height == pytest.approx(unit * ENDS.count(month), abs=1), month
    assert list(heights) == sorted(heights)


def test_it_counts_what_the_filters_leave(page: Page) -> None:
    page.get_by_role("searchbox").fill("gateway-20")
    assert table(page) == {"2027-03": [0, 0, 1]}


def test_what_has_no_end_is_counted_apart(page: Page) -> None:
    expect(page.get_by_text("No expiry: 1.")).to_be_visible()
    expect(page.get_by_text("Expiry not known: 3.")).to_be_visible()


def test_what_lies_far_off_is_counted_together(open_page: OpenPage) -> None:
    fleet = report_of(300)
    page = open_page(fleet)
    months = table(page)
    assert sum(map(sum, months.values())) == 300
    assert page.locator(".column").count() <= 38
