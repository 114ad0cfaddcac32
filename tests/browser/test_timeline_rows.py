"""The timeline's rows: none is cut, and where more follow, it shows and says so."""

from __future__ import annotations

from math import ceil, floor
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import is_shaded, painted, row_of
from tests.browser.reports import lasting, report, report_of

PHONE = {"viewport": {"width": 390, "height": 844}}

# The edges of the part in which rows are seen, and of each row that is drawn.
EDGES = """() => {
  const timeline = document.getElementById("timeline");
  const top = timeline.querySelector(".axis").getBoundingClientRect().bottom;
  const rows = [...timeline.querySelectorAll(".row")].map((it) => it.getBoundingClientRect());
  return [top, timeline.getBoundingClientRect().bottom, rows.map((it) => [it.top, it.bottom])];
}"""

# For each row: its edges, and those of the text of its name.
NAMES = """() => [...document.querySelectorAll(".row")].map((row) => {
  const text = document.createRange();
  text.selectNodeContents(row.querySelector(".name"));
  return [row, text].map((it) => it.getBoundingClientRect()).map((it) => [it.left, it.right, it.top, it.bottom]);
})"""


def cut_rows(page: Page) -> list[Any]:
    """The edges of rows that are seen in part."""
    painted(page)
    first, last, rows = page.evaluate(EDGES)
    return [(top, bottom) for top, bottom in rows for edge in (first, last) if top + 1 < edge < bottom - 1]


def shadows(page: Page) -> list[bool]:
    """Whether a shadow lies below the axis and at the end, where neither bar nor line is."""
    timeline = page.locator("#timeline")
    timeline.evaluate("it => it.scrollIntoView({ block: 'center', behavior: 'instant' })")
    painted(page)
    edges = timeline.bounding_box()
    assert edges
    top, bottom, _ = page.evaluate(EDGES)
    x = edges["x"] + edges["width"] - 30
    return [is_shaded(page, {"x": x, "y": y, "width": 10, "height": 8}) for y in (ceil(top), floor(bottom) - 8)]


def scroll(page: Page, pixels: int) -> None:
    page.locator("#timeline").evaluate("(it, pixels) => it.scrollTo(0, pixels)", pixels)


def scrolls_on_its_own(page: Page) -> bool:
    found: bool = page.locator("#timeline").evaluate("it => it.scrollHeight > it.clientHeight")
    return found


@pytest.mark.parametrize(("count", "height"), [(12, 844), (26, 700), (500, 844), (500, 901), (500, 560)])
def test_a_phone_cuts_no_row(open_page: OpenPage, count: int, height: int) -> None:
    page = open_page(report_of(count), viewport={"width": 390, "height": height})
    expect(page.locator(".row").first).to_be_visible()
    assert cut_rows(page) == []


def test_scrolling_comes_to_rest_at_a_whole_row(open_page: OpenPage) -> None:
    page = open_page(report_of(500), **PHONE)
    scroll(page, 44 * 30 + 13)
    page.wait_for_function("() => document.getElementById('timeline').scrollTop === 44 * 30")
    assert cut_rows(page) == []


def test_few_rows_never_scroll_on_their_own(open_page: OpenPage) -> None:
    page = open_page(report_of(25), viewport={"width": 390, "height": 1400})
    assert page.get_by_role("listbox", name="Validity").get_by_role("option").count() == 25
    assert not scrolls_on_its_own(page)
    assert shadows(page) == [False, False]
    expect(page.get_by_role("button", name="Show all")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_more_rows_follow_there_is_a_shadow(open_page: OpenPage, scheme: Literal["light", "dark"]) -> None:
    page = open_page(report_of(500), color_scheme=scheme, **PHONE)
    assert shadows(page) == [False, True]
    scroll(page, 2200)
    assert shadows(page) == [True, True]
    scroll(page, 500 * 44)
    assert shadows(page) == [True, False]


def test_it_says_which_of_how_many_rows_are_in_sight(open_page: OpenPage) -> None:
    page = open_page(report_of(500), **PHONE)
    told = page.locator("#in-sight")
    expect(told).to_have_text("Rows 1 to 10 of 500")
    scroll(page, 44 * 30)
    expect(told).to_have_text("Rows 31 to 40 of 500")
    page.get_by_role("listbox", name="Validity").press("End")
    expect(told).to_have_text("Rows 491 to 500 of 500")
    page.get_by_role("searchbox").fill("pump")
    count = page.get_by_role("status").inner_text().split()[0]
    expect(told).to_have_text(f"Rows 1 to 10 of {count}")


@pytest.mark.parametrize("width", [390, 1280])
def test_all_rows_can_be_shown_without_scrolling_of_their_own(open_page: OpenPage, width: int) -> None:
    fleet = report_of(500)
    page = open_page(fleet, viewport={"width": width, "height": 844})
    assert scrolls_on_its_own(page)
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#in-sight")).to_have_text("All 500 rows")
    assert not scrolls_on_its_own(page)
    rows = page.get_by_role("listbox", name="Validity")
    assert rows.get_by_role("option").count() < 60, "still only those in sight"
    rows.press("End")
    expect(row_of(page, fleet.certificates[-1].observed.name)).to_be_in_viewport(ratio=0.95)
    page.get_by_role("button", name="Show fewer").click()
    assert scrolls_on_its_own(page)
    expect(page.get_by_role("button", name="Show all")).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1280])
def test_neither_axis_nor_toolbar_covers_the_active_row(open_page: OpenPage, width: int) -> None:
    page = open_page(report_of(500), viewport={"width": width, "height": 844})
    page.get_by_role("button", name="Show all").click()
    rows = page.get_by_role("listbox", name="Validity")
    for key in ("PageDown", "PageDown", "PageUp", "PageUp", "ArrowUp"):
        rows.press(key)
        painted(page)
        first, _, _ = page.evaluate(EDGES)
        active = page.locator("[aria-selected=true]").bounding_box()
        assert active
        assert max(first, 0) <= active["y"] + 1, key
        assert active["y"] + active["height"] <= 844 + 1, key


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("length", [30, 90, 300])
def test_no_name_is_cut_however_long(open_page: OpenPage, width: int, length: int) -> None:
    names = ("x" * length, "pump")
    page = open_page(report(*(lasting(100, 200, name) for name in names)), viewport={"width": width, "height": 844})
    painted(page)
    found = page.evaluate(NAMES)
    for row, name in found:
        assert row[0] <= name[0] < name[1] <= row[1] + 1
        assert row[2] - 1 <= name[2] < name[3] <= row[3] + 1
    (first, _), (second, _) = sorted(found, key=lambda each: each[0][2])
    assert first[3] <= second[2] + 1, "no row lies over another"


def test_another_page_of_the_table_leaves_the_timeline_where_it_is(open_page: OpenPage) -> None:
    page = open_page(report_of(120))
    page.get_by_role("listbox", name="Validity").press("End")
    active = page.locator("[aria-selected=true]")
    expect(active).to_have_attribute("aria-posinset", "120")
    page.get_by_role("button", name="Next").click()
    painted(page)
    expect(active).to_have_attribute("aria-posinset", "120")
