"""Search, filters and order are in the address: a reload or a link shows the same, and nothing in it can do harm."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import names, open_details, painted, sort_by
from tests.unit.gate.sample import sample_report

EVERY = [evaluation.observed.name for evaluation in sample_report().certificates]


def narrow(page: Page) -> list[str]:
    """Use every control, and return the names that are left."""
    page.get_by_role("searchbox").fill("gateway")
    page.get_by_role("checkbox", name="info").uncheck()
    page.get_by_label("Service", exact=True).select_option("MQTT device")
    page.get_by_label("Finding", exact=True).select_option("expires_within (2)")
    page.get_by_label("Sort by").select_option("Not after, reversed")
    return names(page)


def address(page: Page) -> str:
    """What the address has after its file."""
    painted(page)
    return page.url.partition("#")[2]


def test_a_reload_keeps_search_filters_and_order(page: Page) -> None:
    left = narrow(page)
    assert left == ["gateway-08", "gateway-07"]
    page.reload()
    assert names(page) == left
    expect(page.get_by_role("searchbox")).to_have_value("gateway")
    expect(page.get_by_role("checkbox", name="info")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="warn")).to_be_checked()
    expect(page.get_by_label("Service", exact=True)).to_have_value("mqtt")
    expect(page.get_by_label("Finding", exact=True)).to_have_value("expires_within")
    expect(page.get_by_label("Sort by")).to_have_value("-not_after")
    expect(page.get_by_role("columnheader", name="Not after")).to_have_attribute("aria-sort", "descending")


def test_a_link_shows_the_same_to_others(open_page: OpenPage) -> None:
    page = open_page()
    left = narrow(page)
    assert names(open_page(fragment=f"#{address(page)}")) == left


def test_the_first_view_needs_nothing_in_the_address_and_clear_leaves_only_the_order(page: Page) -> None:
    assert address(page) == ""
    narrow(page)
    assert address(page) != ""
    page.get_by_role("button", name="Clear").click()
    assert address(page) == "sort=-not_after"
    sort_by(page, "Severity")
    assert address(page) == ""
    assert "#" not in page.url


def test_no_severity_at_all_is_kept_too(page: Page) -> None:
    for severity in ("fail", "warn", "info"):
        page.get_by_role("checkbox", name=severity).uncheck()
    assert names(page) == []
    page.reload()
    expect(page.get_by_text("No certificate matches.")).to_be_visible()


def test_a_search_is_kept_letter_by_letter(page: Page) -> None:
    text = "a+b &c=d #e %41 ü 💡 \u202e"
    page.get_by_role("searchbox").fill(text)
    painted(page)
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value(text)


def test_the_open_details_are_kept_beside_the_filters(page: Page) -> None:
    page.get_by_role("checkbox", name="info").uncheck()
    open_details(page, "valve-09")
    page.reload()
    dialog = page.get_by_role("dialog", name="valve-09")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    assert address(page) == "severity=fail&severity=warn"


def test_the_summarys_links_can_be_left_again(page: Page) -> None:
    page.get_by_role("list", name="Certificates by severity").get_by_role("link", name="warn").click()
    expect(page.get_by_role("region", name="Certificates", exact=True)).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("8 of 23 certificates")
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("23 certificates")


def test_a_jump_to_the_table_changes_no_filter(page: Page) -> None:
    page.get_by_role("searchbox").fill("gateway")
    left = names(page)
    page.get_by_role("link", name="Skip to the certificates").press("Enter")
    expect(page.get_by_role("region", name="Certificates", exact=True)).to_be_focused()
    assert names(page) == left
    assert address(page) == "search=gateway"


@pytest.mark.parametrize(
    "fragment",
    [
        "kind=__proto__",
        "kind=query_failed",
        "service=constructor",
        "sort=toString",
        "sort=--name",
        "sort=-",
        "severity=toString",
        "severity=fail&severity=other",
        "certificate=urn:nobody",
        "certificate=<img src=x onerror='window.hit=1'>",
        "kind='><script>window.hit=1</script>",
        "%E0%A4%A",
        "=&&=",
        "javascript:window.hit=1",
    ],
)
def test_what_the_report_does_not_know_is_ignored(open_page: OpenPage, fragment: str) -> None:
    page = open_page(fragment=f"#{quote(fragment, safe='=&%')}")
    assert names(page) == EVERY
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert address(page) == ""
    assert page.evaluate("window.hit") is None


def test_a_wrong_part_of_an_address_leaves_the_others_valid(open_page: OpenPage) -> None:
    page = open_page(fragment="#kind=nothing&search=gateway&sort=-name")
    left = names(page)
    assert left == sorted((name for name in EVERY if "gateway" in name), reverse=True)
    assert address(page) == "search=gateway&sort=-name"


@pytest.mark.parametrize("text", ["<img src=x onerror='window.hit=1'>", "</script><script>window.hit=1</script>"])
def test_a_search_in_the_address_stays_text(open_page: OpenPage, text: str) -> None:
    page = open_page(fragment=f"#search={quote(text)}")
    expect(page.get_by_role("searchbox")).to_have_value(text)
    expect(page.get_by_text("No certificate matches.")).to_be_visible()
    assert page.locator("img, iframe, script:not(#data)").count() == 1
    assert page.evaluate("window.hit") is None


def test_filters_work_where_the_address_may_not_change(page: Page) -> None:
    page.evaluate("() => { history.replaceState = () => { throw new DOMException('no', 'SecurityError'); }; }")
    assert narrow(page) == ["gateway-08", "gateway-07"]
    open_details(page, "gateway-08").get_by_role("button", name="Close").click()
    assert address(page) == ""
