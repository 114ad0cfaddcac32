"""On paper, and in a PDF: all that is shown, in few pages, and nothing that only a screen can show."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.printed import fills, pages
from tests.browser.reading import box, boxes, names, open_details, painted, sort_by
from tests.browser.reports import report_of
from tests.unit.gate.sample import sample_report

LETTER_PX = 740  # what is left of its 816 beside Chromium's margins
BAR_PAST, BAR_LEFT, FAILS, PALE_TEXT, TEXT = "#ccd6e2", "#6c9bbf", "#cf3a31", "#e6e9ee", "#1b2330"


def pdf(page: Page) -> list[str]:
    painted(page)
    return pages(page.pdf(format="A4", margin={"top": "1cm", "right": "1cm", "bottom": "1cm", "left": "1cm"}))


def on_paper(page: Page) -> None:
    """Have the page as it is when printed, and kept so."""
    page.set_viewport_size({"width": LETTER_PX, "height": 900})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    painted(page)


def test_bars_zones_and_columns_are_printed(page: Page) -> None:
    assert set().union(*map(fills, pdf(page))) >= {BAR_PAST, BAR_LEFT, FAILS}


@pytest.mark.parametrize("chosen", ["by the system", "by the button"])
def test_paper_is_white_and_its_text_dark(open_page: OpenPage, chosen: str) -> None:
    page = open_page(color_scheme="dark" if chosen == "by the system" else "light")
    if chosen == "by the button":
        page.get_by_role("button", name="Dark colors").click()
    for printed in pdf(page):
        assert TEXT in fills(printed)
        assert PALE_TEXT not in fills(printed)
    on_paper(page)
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize(("count", "most_pages"), [(40, 5), (200, 9), (5000, 4)])
def test_pages_are_few_and_none_is_blank(open_page: OpenPage, count: int, most_pages: int) -> None:
    printed = pdf(open_page(report_of(count)))
    assert len(printed) <= most_pages
    assert all("Tj" in each or "TJ" in each for each in printed)


def test_no_bar_is_missing(open_page: OpenPage) -> None:
    # All of 40 certificates have begun, and each bar is drawn in two colours.
    painted = [colour for printed in pdf(open_page(report_of(40))) for colour in fills(printed)]
    assert painted.count(BAR_PAST) > 40, "and the legend's"


def test_every_row_of_the_timeline_is_printed_where_they_are_not_too_many(open_page: OpenPage) -> None:
    page = open_page(report_of(200))
    drawn = page.get_by_role("listbox", name="Validity").get_by_role("option")
    in_sight = drawn.count()
    assert in_sight < 60
    on_paper(page)
    expect(drawn).to_have_count(200)
    # Each below the one before, and all within the timeline.
    tops = drawn.evaluate_all("all => all.map(it => it.getBoundingClientRect().top)")
    assert tops == sorted(set(tops))
    assert page.locator("#timeline").evaluate("it => it.scrollHeight <= it.clientHeight")
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(drawn).not_to_have_count(200)


def test_of_more_the_timeline_is_left_out_and_the_page_says_so(open_page: OpenPage) -> None:
    page = open_page(report_of(201))
    note = page.get_by_text("The timeline prints up to 200 certificates")
    expect(note).to_be_hidden()
    on_paper(page)
    expect(page.get_by_role("listbox", name="Validity")).to_be_hidden()
    expect(page.get_by_role("list", name="Legend of the bars")).to_be_hidden()
    expect(note).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("searchbox").fill("pump")
    on_paper(page)
    expect(page.get_by_role("listbox", name="Validity")).to_be_visible()
    expect(note).to_be_hidden()


def test_the_labels_of_the_axis_have_room_on_paper_too(page: Page) -> None:
    on_paper(page)
    ticks = boxes(page.locator("time.tick"))
    assert len(ticks) > 2
    assert all(right < left for (_, right), (left, _) in pairwise(ticks))


def test_the_labels_of_the_months_have_room_on_paper_too(open_page: OpenPage) -> None:
    page = open_page(report_of(500))
    on_paper(page)
    for line in (".month", ".year", ".stack b"):
        labels = boxes(page.locator(f"#histogram {line}"))
        assert len(labels) > 2
        assert all(right < left for (_, right), (left, _) in pairwise(sorted(labels)))


def test_a_part_of_the_table_says_of_what_it_is_a_part(open_page: OpenPage) -> None:
    page = open_page(report_of(5000))
    told = page.locator("#part")
    on_paper(page)
    expect(told).to_have_text("Rows 1 to 50 of 5,000, by severity")
    expect(page.get_by_role("status")).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Next").click()
    sort_by(page, "Not after").get_by_role("button").click()
    page.get_by_role("searchbox").fill("pump")
    count = page.get_by_role("status").inner_text().split()[0]
    painted(page)
    on_paper(page)
    expect(told).to_have_text(f"Rows 1 to 50 of {count}, by not after, reversed")
    expect(page.get_by_role("status")).to_have_text(f"{count} of 5,000 certificates")


def test_a_whole_table_needs_no_such_word(page: Page) -> None:
    on_paper(page)
    expect(page.locator("#part")).to_be_hidden()
    assert len(names(page)) == len(sample_report().certificates)


def test_the_table_is_not_wider_than_the_paper(page: Page) -> None:
    on_paper(page)
    for column in ("Severity", "Certificate", "Findings", "Not after"):
        left, right = box(page.get_by_role("columnheader", name=column))
        assert 0 <= left < right <= LETTER_PX
    assert page.locator(".table").first.evaluate("it => it.scrollWidth <= it.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= LETTER_PX


def test_nothing_to_click_is_printed(page: Page) -> None:
    on_paper(page)
    expect(page.locator("select:visible, input:visible, .control:visible")).to_have_count(0)


def test_the_details_are_printed_alone_and_whole(page: Page) -> None:
    open_details(page, "valve-09")
    printed = pdf(page)
    assert 1 < len(printed) <= 4, "all fields and the PEM are more than one page"
    on_paper(page)
    expect(page.get_by_role("heading", name="valve-09")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    head, details = page.locator(".top").bounding_box(), page.get_by_role("dialog").bounding_box()
    assert head
    assert details
    assert head["y"] + head["height"] <= details["y"]
    for part in (".verdict", "#explore", ".steps"):
        expect(page.locator(part)).to_be_hidden()
