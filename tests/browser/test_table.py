"""The table: search, sort and filter."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import column, is_shaded, names, painted, sort_by
from tests.browser.reports import certificate, report, report_of
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.gate.report import Evaluation
from alicloud_device_certificates.gate.rules.kinds import FindingKind

SAMPLE = sample_report().certificates


def named(*found: Evaluation) -> list[str]:
    return [evaluation.observed.name for evaluation in found]


def test_all_certificates_are_shown_the_worst_first(page: Page) -> None:
    assert names(page) == named(*SAMPLE)
    expect(page.get_by_role("columnheader", name="Severity")).to_have_attribute("aria-sort", "ascending")


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Certificate", "name"),
        ("Findings", "finding"),
        ("Service", "service"),
        ("Status", "status"),
        ("Serial number", "serial"),
        ("Not before", "not_before"),
        ("Not after", "not_after"),
        ("Severity", "severity"),
    ],
)
def test_each_column_sorts_both_ways_and_what_is_not_known_comes_last(page: Page, heading: str, key: str) -> None:
    if key == "severity":
        sort_by(page, "Certificate")
    head = sort_by(page, heading)
    expect(head).to_have_attribute("aria-sort", "ascending")
    up = column(page, key)
    sort_by(page, heading)
    expect(head).to_have_attribute("aria-sort", "descending")
    down = column(page, key)

    assert page.locator("th[aria-sort]").count() == 1
    order = {"fail": "0", "warn": "1", "info": "2"} if key == "severity" else {}
    known = [order.get(text, text.splitlines()[0]) for text in up if text]
    assert known == sorted(known, key=lambda text: text.zfill(40) if key == "serial" else text.casefold())
    assert all(up[: len(known)])
    assert all(down[: len(known)])
    assert sorted(down) == sorted(up)
    assert [text.splitlines()[0] for text in down if text] == [text.splitlines()[0] for text in up if text][::-1]


def test_numbers_in_names_sort_as_numbers(open_page: OpenPage) -> None:
    report = report_of(3)
    first, second, third = (
        replace(evaluation, observed=replace(evaluation.observed, name=name))
        for evaluation, name in zip(report.certificates, ("pump-10", "pump-9", "pump-100"), strict=True)
    )
    page = open_page(replace(report, certificates=(first, second, third)))
    sort_by(page, "Certificate")
    assert names(page) == ["pump-9", "pump-10", "pump-100"]


def test_sorting_works_from_the_keyboard_and_from_the_menu(page: Page) -> None:
    page.get_by_role("columnheader", name="Not after").get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Not after")).to_have_attribute("aria-sort", "ascending")
    page.get_by_label("Sort by").select_option("Not after, reversed")
    expect(page.get_by_role("columnheader", name="Not after")).to_have_attribute("aria-sort", "descending")
    ends = sorted((j for j in SAMPLE if j.not_after), key=lambda j: j.not_after, reverse=True)  # type: ignore[arg-type,return-value]
    assert names(page)[:3] == named(*ends[:3])


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("name", "VALVE-09"),
        ("subject", "cn=valve-09,o=example"),
        ("alternative name", "valve-09.devices.example.com"),
        ("serial number", "6861957246759471625"),
        ("serial number in hex", "5f3a91c27d040a09"),
        ("serial number with colons", "5F:3A:91:C2:7D:04:0A:09"),
        ("serial number of before", "5f3a91c27d040109"),
        ("the service's name for it", "3562173744330109"),
        ("two words", "3562173744330109 example"),
    ],
)
def test_search_finds_by(page: Page, what: str, text: str) -> None:
    page.get_by_role("searchbox").fill(text)
    assert names(page) == ["valve-09"], what
    expect(page.get_by_role("status")).to_have_text("1 of 23 certificates")


def test_search_finds_by_fingerprint_as_openssl_writes_it(page: Page) -> None:
    wanted = next(evaluation for evaluation in SAMPLE if evaluation.observed.name == "camera-14")
    fingerprint = wanted.certificate["sha256_fingerprint"].upper()
    page.get_by_role("searchbox").fill(":".join(fingerprint[i : i + 2] for i in range(0, 64, 2)))
    assert names(page) == ["camera-14"]


def test_what_is_not_there_is_said_and_clear_brings_all_back(page: Page) -> None:
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.get_by_text("No certificate matches.")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("0 of 23 certificates")
    page.get_by_role("button", name="Clear").click()
    assert names(page) == named(*SAMPLE)
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_severities_are_filtered_by_their_boxes(page: Page) -> None:
    page.get_by_role("checkbox", name="info").uncheck()
    page.get_by_role("checkbox", name="warn").uncheck()
    assert names(page) == named(*(evaluation for evaluation in SAMPLE if evaluation.severity == "fail"))


@pytest.mark.parametrize("kind", [FindingKind.EXPIRES_WITHIN, FindingKind.NEW, FindingKind.MISSING])
def test_findings_are_filtered_by_kind(page: Page, kind: FindingKind) -> None:
    wanted = [evaluation for evaluation in SAMPLE if kind in {finding.kind for finding in evaluation.findings}]
    page.get_by_label("Finding", exact=True).select_option(f"{kind} ({len(wanted)})")
    assert names(page) == named(*wanted)


def test_services_are_filtered(page: Page) -> None:
    page.get_by_label("Service", exact=True).select_option("IoT device")
    assert names(page) == named(*(evaluation for evaluation in SAMPLE if evaluation.observed.service == "iot"))


def test_the_summarys_counts_filter(page: Page) -> None:
    page.get_by_role("list", name="Certificates by severity").get_by_role("link", name="warn").click()
    assert names(page) == named(*(evaluation for evaluation in SAMPLE if evaluation.severity == "warn"))
    expect(page.get_by_role("checkbox", name="fail")).not_to_be_checked()
    page.get_by_role("list", name="Certificates by finding").get_by_role("link", name="rotated").click()
    assert names(page) == ["valve-09"]


def test_filters_search_and_order_hold_together(page: Page) -> None:
    sort_by(page, "Certificate")
    page.get_by_label("Service", exact=True).select_option("MQTT device")
    page.get_by_role("checkbox", name="info").uncheck()
    page.get_by_role("searchbox").fill("gateway")
    assert names(page) == ["gateway-01", "gateway-02", "gateway-07", "gateway-08"]


def test_many_certificates_come_in_pages(open_page: OpenPage) -> None:
    fleet = report_of(120)
    page = open_page(fleet)
    every = named(*fleet.certificates)
    pages = page.get_by_role("navigation", name="Pages of the table")
    assert names(page) == every[:50]
    pages.get_by_role("button", name="Next").click()
    assert names(page) == every[50:100]
    expect(pages).to_contain_text("Page 2 of 3")
    pages.get_by_role("button", name="Next").click()
    assert names(page) == every[100:]
    expect(pages.get_by_role("button", name="Next")).to_be_disabled()
    # Whatever changes what is shown begins at the first page.
    pages.get_by_label("Rows").select_option("25")
    assert names(page) == every[:25]


def test_a_certificate_without_an_end_says_so_in_the_table_and_its_details(page: Page) -> None:
    row = page.get_by_role("row").filter(has_text="tpm-22")
    expect(row).to_contain_text("no expiry")
    expect(row).not_to_contain_text("9999")
    row.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("Not afterno expiry")


def test_a_part_of_the_rows_says_of_how_many_and_all_can_be_shown(open_page: OpenPage) -> None:
    fleet = report_of(120)
    page = open_page(fleet)
    part = page.locator("#part")
    expect(part).to_have_text("Rows 1 to 50 of 120, by severity")
    page.get_by_role("button", name="Next").click()
    expect(part).to_have_text("Rows 51 to 100 of 120, by severity")
    page.get_by_label("Rows").select_option("all")
    assert names(page) == named(*fleet.certificates)
    expect(part).to_be_hidden()
    page.get_by_label("Rows").select_option("25")
    expect(part).to_have_text("Rows 1 to 25 of 120, by severity")


def test_the_size_that_is_chosen_is_the_one_that_is_shown(open_page: OpenPage) -> None:
    page = open_page(report_of(40))
    assert len(names(page)) == 40
    expect(page.get_by_label("Rows").locator("option:checked")).to_have_text("all")


def test_a_table_that_scrolls_sideways_shows_it_and_can_be_reached_by_key(open_page: OpenPage) -> None:
    wide = certificate("pump", Random(1), status="x" * 200)
    page = open_page(report(wide), viewport={"width": 1000, "height": 900})
    part = page.get_by_role("region", name="Certificates, scrolls sideways")
    expect(part).to_have_attribute("tabindex", "0")
    assert shadows(page, part) == [False, True]
    part.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.table').scrollLeft > 0")
    part.evaluate("it => it.scrollTo(100, 0)")
    assert shadows(page, part) == [True, True]
    part.evaluate("it => it.scrollTo(it.scrollWidth, 0)")
    assert shadows(page, part) == [True, False]


def test_a_table_that_fits_is_no_stop_of_the_tab_key(page: Page) -> None:
    expect(page.locator(".table").first).not_to_have_attribute("tabindex", "0")
    expect(page.get_by_role("region", name="Certificates, scrolls sideways")).to_have_count(0)


def shadows(page: Page, part: Locator) -> list[bool]:
    """Whether a shadow lies at the left and at the right end of a part, where nothing is written."""
    part.scroll_into_view_if_needed()
    painted(page)
    edges = part.bounding_box()
    assert edges
    y = edges["y"] + edges["height"] - 8
    ends = (edges["x"], edges["x"] + edges["width"] - 10)
    return [is_shaded(page, {"x": x, "y": y, "width": 10, "height": 3}) for x in ends]
