"""The histogram of expiries by month."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import painted
from tests.browser.reports import lasting, report, report_of
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.gate.report import Report

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


def ending(days: list[int]) -> Report:
    """Return a report of certificates that end so many days from now."""
    return report(*(lasting(1000, after, f"pump-{index}") for index, after in enumerate(days)))


# The boxes of what is drawn: labels in a line, counts, and the pieces of columns.
DRAWN = """(selector) => [...document.querySelectorAll(`#histogram ${selector}`)]
    .map((it) => [it.getBoundingClientRect(), it.textContent])
    .map(([{ left, right, top, bottom }, text]) => [text, left, right, top, bottom])"""


def drawn(page: Page, selector: str) -> list[Any]:
    found: list[Any] = page.evaluate(DRAWN, selector)
    return found


def overlap(one: Any, other: Any) -> bool:
    (_, left, right, top, bottom), (_, left_2, right_2, top_2, bottom_2) = one, other
    return bool(left < right_2 and left_2 < right and top < bottom_2 and top_2 < bottom)


@pytest.mark.parametrize(
    "made",
    [
        ending([1]),
        ending([0, 0, 1]),
        ending([day * 30 for day in range(12)]),
        ending([day * 365 for day in range(30)]),
        ending([-900, -200, 20, 12000]),
        ending([*range(-360, 1500, 15), *[400] * 120]),
        report_of(12),
        report_of(500),
    ],
    ids=["1 day", "3 now", "12 months", "30 years", "far and near", "hundreds in a month", "12", "500"],
)
def test_labels_never_touch_and_never_leave_the_panel(open_page: OpenPage, made: Report) -> None:
    page = open_page(made)
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        painted(page)
        months, years, counts = (drawn(page, selector) for selector in (".month", ".year", ".stack b"))
        assert months, width
        assert counts, width
        for one, other in combinations([*months, *years, *counts], 2):
            assert not overlap(one, other), (width, one, other)
        columns = drawn(page, ".stack i")
        crossed = [(count, piece) for count in counts for piece in columns if overlap(count, piece)]
        assert crossed == [], width
        (panel,) = page.locator("section:has(> #histogram)").evaluate_all(
            "all => all.map(it => it.getBoundingClientRect()).map(({ left, right }) => [left, right])"
        )
        for text, left, right, _, _ in [*months, *years, *counts]:
            assert panel[0] < left < right < panel[1], (width, text)


def test_the_first_months_of_quarters_keep_their_labels_where_others_have_no_room(open_page: OpenPage) -> None:
    page = open_page(ending([day * 30 for day in range(36)]))
    painted(page)
    assert len(drawn(page, ".month")) == 36
    page.set_viewport_size({"width": 390, "height": 900})
    painted(page)
    assert {text for text, *_ in drawn(page, ".month")} == {"01", "04", "07", "10"}
    assert [text for text, *_ in drawn(page, ".year")] == ["2027", "2028", "2029"]


def test_the_highest_columns_keep_their_counts(open_page: OpenPage) -> None:
    page = open_page(report_of(500), viewport={"width": 390, "height": 844})
    columns = page.locator(".column").evaluate_all("all => all.map(it => Number(it.title.split(': ')[1]))")
    counts = [int(text) for text, *_ in drawn(page, ".stack b")]
    assert len(counts) < len(columns)
    assert max(counts) == max(columns)


def test_the_legend_shows_each_severity_as_it_is_drawn(page: Page) -> None:
    legend = page.get_by_role("list", name="Legend of the months").get_by_role("listitem")
    look = "it => [getComputedStyle(it).backgroundImage, getComputedStyle(it).backgroundColor]"
    patterns = set()
    for severity in ("fail", "warn", "info"):
        entry = legend.filter(has_text=severity)
        expect(entry).to_be_visible()
        assert entry.locator(".key").evaluate(look) == page.locator(f".stack .{severity}").first.evaluate(look)
        patterns.add(entry.locator(".key").evaluate(look)[0])
    assert len(patterns) == 3, "they differ without colour too"


def test_the_legend_leaves_out_what_is_not_drawn(open_page: OpenPage) -> None:
    page = open_page(ending([300]))
    legend = page.get_by_role("list", name="Legend of the months").get_by_role("listitem")
    assert legend.filter(visible=True).all_inner_texts() == ["info", "this month"]
    page = open_page(ending([-100, 300]))
    legend = page.get_by_role("list", name="Legend of the months").get_by_role("listitem")
    assert legend.filter(visible=True).all_inner_texts() == ["info", "past months", "this month"]
