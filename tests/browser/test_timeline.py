"""The timeline: bars, zones and lines are at their dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import box, boxes, names, painted, row_of, sort_by
from tests.browser.reports import lasting, report, report_of
from tests.unit.gate.sample import NOW, deployed_report, sample_report

from alicloud_device_certificates.gate.report import Report

PIXEL = 1.01
Place = Callable[[datetime], float]


def scale(page: Page) -> Place:
    """The x of a time, computed from the first and the last tick: x is linear in time."""
    ticks = page.locator("time.tick").evaluate_all(
        "all => all.map(each => [each.dateTime, each.getBoundingClientRect()]).map(([t, b]) => [t, b.x + b.width / 2])"
    )
    assert len(ticks) >= 2
    (first, x), (last, end) = ((datetime.fromisoformat(time), place) for time, place in (ticks[0], ticks[-1]))
    return lambda moment: x + (moment - first) / (last - first) * (end - x)


def close(found: tuple[float, float], begin: float, end: float) -> bool:
    return found == pytest.approx((begin, end), abs=PIXEL)


def test_each_bar_reaches_from_not_before_to_not_after(page: Page) -> None:
    x = scale(page)
    checked = 0
    for evaluation in sample_report().certificates:
        if evaluation.not_before is None or evaluation.not_after is None:
            continue
        found = box(row_of(page, evaluation.observed.name).locator(".bar"))
        begin, end = x(evaluation.not_before), x(evaluation.not_after)
        if evaluation.has_no_expiry:
            # It is cut where the axis ends.
            end = box(row_of(page, evaluation.observed.name).locator(".track"))[1]
        # One that is shorter than three pixels is drawn so wide that it is seen.
        assert close(found, begin, max(end, begin + 3)), evaluation.observed.name
        checked += 1
    assert checked == 20


def test_the_thresholds_are_shaded_up_to_the_end(page: Page) -> None:
    page.get_by_label("Show", exact=True).select_option("1 year")
    x = scale(page)
    evaluation = next(each for each in sample_report().certificates if each.observed.name == "gateway-08")
    assert evaluation.warn_from and evaluation.fail_from and evaluation.not_after
    row = row_of(page, "gateway-08")
    assert close(box(row.locator(".zone.warn")), x(evaluation.warn_from), x(evaluation.not_after))
    assert close(box(row.locator(".zone.fail")), x(evaluation.fail_from), x(evaluation.not_after))


def test_a_threshold_that_is_longer_than_the_lifetime_does_not_leave_the_bar(open_page: OpenPage) -> None:
    page = open_page(report(lasting(5, 10)))
    row = row_of(page, "pump")
    assert box(row.locator(".zone.warn")) == pytest.approx(box(row.locator(".bar")), abs=PIXEL)


@pytest.mark.parametrize(
    ("warn_days", "fail_days"),
    [(30, 7), (7, 30), (30, None), (None, 30), (30, 0), (30, 30)],
    ids=["usual", "fails first", "never fails", "never warns", "fails at the end", "both at once"],
)
def test_each_zone_begins_where_the_gate_begins_to_say_so(
    open_page: OpenPage, warn_days: int | None, fail_days: int | None
) -> None:
    evaluation = lasting(200, 60)
    end = evaluation.not_after
    assert end
    begins = {
        zone: None if days is None else end - timedelta(days=days)
        for zone, days in (("warn", warn_days), ("fail", fail_days))
    }
    page = open_page(report(replace(evaluation, warn_from=begins["warn"], fail_from=begins["fail"])))
    x, row = scale(page), row_of(page, "pump")
    for zone, begin in begins.items():
        found = row.locator(f".zone.{zone}")
        if begin is None or begin == end:
            expect(found).to_have_count(0)
        else:
            assert close(box(found), x(begin), x(end))
    # What fails does not look like what is only warned of.
    zones = row.locator(".zone").evaluate_all("all => all.map(it => it.className)")
    assert zones == sorted(zones, reverse=True), "fail is drawn over warn"


def test_the_legend_tells_only_of_zones_that_there_are(open_page: OpenPage) -> None:
    evaluation = lasting(200, 60)
    page = open_page(report(replace(evaluation, fail_from=evaluation.not_after)))
    legend = page.get_by_role("list", name="Legend of the bars").get_by_role("listitem")
    expect(legend.filter(has_text="warn threshold")).to_be_visible()
    expect(legend.filter(has_text="fail threshold")).to_be_hidden()


def test_without_a_threshold_nothing_is_shaded(open_page: OpenPage) -> None:
    page = open_page(report(replace(lasting(100, 200), warn_from=None, fail_from=None)))
    expect(row_of(page, "pump").locator(".bar")).to_be_visible()
    expect(page.locator(".row .zone")).to_have_count(0)


def test_the_line_of_now_is_where_now_is_and_the_bar_divided_there(page: Page) -> None:
    x = scale(page)
    left, right = box(page.locator(".backdrop .today"))
    assert (left + right) / 2 == pytest.approx(x(NOW), abs=PIXEL)
    expect(page.locator(".now")).to_have_text("now, 2026-11-23")
    assert box(row_of(page, "gateway-20").locator(".left"))[0] == pytest.approx(x(NOW), abs=PIXEL)
    # What is over has nothing left, and what has not begun has all.
    expect(row_of(page, "gateway-01").locator(".left")).to_have_count(0)
    later = row_of(page, "sensor-12")
    assert box(later.locator(".left")) == pytest.approx(box(later.locator(".bar")), abs=PIXEL)


def test_a_renewed_certificate_shows_its_old_validity_too(page: Page) -> None:
    x = scale(page)
    old = next(each for each in sample_report().certificates if each.observed.name == "valve-09").observed.old
    assert old is not None
    begin, end = (x(datetime.fromisoformat(old[name])) for name in ("not_before", "not_after"))
    assert close(box(row_of(page, "valve-09").locator(".old")), begin, end)
    legend = page.get_by_role("list", name="Legend of the bars").get_by_role("listitem")
    expect(legend.filter(has_text="at the last update")).to_be_visible()


def test_a_deployed_stack_has_nothing_old(open_page: OpenPage) -> None:
    page = open_page(deployed_report())
    legend = page.get_by_role("list", name="Legend of the bars").get_by_role("listitem")
    expect(legend.filter(has_text="remaining")).to_be_visible()
    expect(legend.filter(has_text="at the last update")).to_be_hidden()
    expect(page.locator(".row .old")).to_have_count(0)


def test_without_dates_it_says_so(page: Page) -> None:
    expect(page.get_by_role("option", name="light-13: warn, validity not known")).to_contain_text("no validity known")


@pytest.mark.parametrize(("days", "text"), [((400, 3000), "2035-02-09 ▸"), ((3000, -400), "◂ 2025-10-19")])
def test_what_lies_outside_the_span_that_is_shown_is_told_with_its_end(
    open_page: OpenPage, days: tuple[int, int], text: str
) -> None:
    page = open_page(report(lasting(*days)))
    page.get_by_label("Show", exact=True).select_option("90 days")
    expect(row_of(page, "pump")).to_contain_text(text)
    assert (row_of(page, "pump").locator(".bar").count() == 0) is (days[1] < 0)


def test_an_end_in_the_year_9999_leaves_the_others_readable(open_page: OpenPage) -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    forever = replace(lasting(100, 300, "ca"), not_after=end)
    fields = {**forever.certificate, "not_after": "9999-12-31T23:59:59Z"}
    forever = replace(forever, observed=replace(forever.observed, new=fields, old=fields))
    page = open_page(report(forever, lasting(100, 300, "leaf")))
    left, right = box(row_of(page, "leaf").locator(".bar"))
    assert right - left > 100
    expect(row_of(page, "ca")).to_contain_text("no expiry ▸")


def test_the_axis_fits_the_width_at_every_width(open_page: OpenPage) -> None:
    page = open_page()
    for width in (1280, 800, 360):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator("time.tick").nth(1)).to_be_visible()
        page.wait_for_function(
            "() => document.querySelector('.backdrop').clientWidth === document.querySelector('.scale').clientWidth"
        )
        painted(page)
        ticks = boxes(page.locator("time.tick"))
        assert all(right < left for (_, right), (left, _) in pairwise(ticks))
        assert ticks[-1][1] <= width
        x = scale(page)
        evaluation = next(each for each in sample_report().certificates if each.observed.name == "gateway-20")
        assert evaluation.not_before and evaluation.not_after
        assert close(box(row_of(page, "gateway-20").locator(".bar")), x(evaluation.not_before), x(evaluation.not_after))


def test_it_shows_what_the_table_shows_in_the_same_order(page: Page) -> None:
    sort_by(page, "Not after")
    page.get_by_role("checkbox", name="fail").uncheck()
    rows = page.get_by_role("listbox", name="Validity").locator(".name")
    assert names(page) == rows.all_inner_texts()


def first_and_last(fleet: Report) -> tuple[str, str]:
    return fleet.certificates[0].observed.name, fleet.certificates[-1].observed.name


def test_only_what_is_in_sight_is_drawn_and_all_can_be_reached_by_key(open_page: OpenPage) -> None:
    fleet = report_of(1000)
    first, last = first_and_last(fleet)
    page = open_page(fleet)
    assert page.get_by_role("listbox", name="Validity").get_by_role("option").count() < 60
    rows = page.get_by_role("listbox", name="Validity")
    rows.focus()
    page.keyboard.press("End")
    expect(row_of(page, last)).to_be_in_viewport()
    expect(row_of(page, last)).to_have_attribute("aria-selected", "true")
    expect(row_of(page, last)).to_have_attribute("aria-posinset", "1000")
    assert rows.get_attribute("aria-activedescendant") == row_of(page, last).get_attribute("id")
    page.keyboard.press("Home")
    expect(row_of(page, first)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    second = fleet.certificates[1].observed.name
    expect(page.get_by_role("dialog", name=second)).to_be_visible()
    page.keyboard.press("Escape")
    expect(rows).to_be_focused()


def test_scrolling_brings_the_others_into_sight(open_page: OpenPage) -> None:
    fleet = report_of(500)
    page = open_page(fleet)
    page.locator("#timeline").evaluate("it => it.scrollTo(0, it.scrollHeight)")
    page.get_by_role("heading", name="Expiries by month").scroll_into_view_if_needed()
    expect(row_of(page, first_and_last(fleet)[1])).to_be_in_viewport()


def test_a_click_on_a_row_opens_its_details(page: Page) -> None:
    row_of(page, "pump-04").click()
    expect(page.get_by_role("dialog", name="pump-04")).to_be_visible()


def test_the_legend_names_the_marks_of_severities_that_there_are(open_page: OpenPage) -> None:
    page = open_page(report(lasting(100, 200)))
    legend = page.get_by_role("list", name="Legend of the bars").get_by_role("listitem")
    assert legend.filter(visible=True).all_inner_texts()[0] == "info"
    expect(legend.filter(has_text="info").locator("use")).to_have_attribute("href", "#icon-info")


@pytest.mark.parametrize("days", [(0, 1), (1, 3), (3, 7), (10, 30), (100, 300), (1000, 4000), (11000, 11000)])
def test_every_span_has_dates_on_its_axis_that_never_touch(open_page: OpenPage, days: tuple[int, int]) -> None:
    page = open_page(report(lasting(*days)))
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        painted(page)
        ticks = boxes(page.locator("time.tick"))
        assert all(right < left for (_, right), (left, _) in pairwise(ticks)), width
