"""What a screen reader and a keyboard find."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reports import report_of


def test_the_page_has_landmarks_and_one_heading_of_each_part(page: Page) -> None:
    expect(page.locator("body")).to_match_aria_snapshot("""
        - banner:
          - heading "device-certificates , stack prod" [level=1]
          - button "Dark colors"
        - main:
          - region "7 of 23 certificates fail":
            - list "Certificates by severity":
              - listitem:
                - link "7 fail"
              - listitem:
                - link "8 warn"
              - listitem:
                - link "8 info"
          - search "Search and filter":
            - searchbox "Search name, subject, serial number, fingerprint, alternative name or ID"
            - group "Severity":
              - checkbox "fail" [checked]
              - checkbox "warn" [checked]
              - checkbox "info" [checked]
            - combobox "Finding"
            - combobox "Service"
            - button "Clear" [disabled]
            - status: 23 certificates
          - region "Validity":
            - heading "Validity" [level=2]
            - combobox "Show"
            - listbox "Validity"
          - region "Expiries by month":
            - table "Certificates by the month in which they expire"
          - region "Certificates":
            - combobox "Sort by"
            - table "Certificates"
    """)


def test_a_row_of_the_table_reads_as_a_sentence(open_page: OpenPage) -> None:
    page = open_page(report_of(1))
    expect(page.get_by_role("table", name="Certificates", exact=True).locator("tbody")).to_match_aria_snapshot("""
        - rowgroup:
          - row:
            - cell "info"
            - rowheader /.+-0000/
            - cell "unchanged"
            - cell "MQTT device"
            - cell "active"
            - cell /[0-9a-f]{16}/
            - cell /\\d{4}-\\d{2}-\\d{2}/
            - cell /\\d{4}-\\d{2}-\\d{2} in \\d+ days/
    """)


def test_severity_is_told_by_word_and_shape(page: Page) -> None:
    shapes = {
        severity: page.locator(f"#table .icon.{severity} use").first.get_attribute("href")
        for severity in ("fail", "warn", "info")
    }
    assert len(set(shapes.values())) == 3
    assert "fail" in page.locator("#table tbody tr").first.inner_text()


def test_everything_can_be_reached_by_the_tab_key_with_a_visible_focus(page: Page) -> None:
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate("""() => {
            const it = document.activeElement;
            const outline = (each) => each && getComputedStyle(each).outlineStyle !== "none";
            const name = it.id || it.textContent.trim().slice(0, 40);
            return [name, outline(it) || outline(it.querySelector("[aria-selected=true]"))];
        }""")
        reached.append(seen[0])
        assert seen[1], f"no focus is seen on {seen[0]}"
    assert reached[0] == "Skip to the certificates"
    controls = ["theme", "search", "kind", "service", "range", "timeline-rows", "sort"]
    assert [each for each in reached if each in controls] == controls
    assert {"Severity", "Not after", "gateway-01"} <= set(reached)


def test_the_skip_link_leads_to_the_table(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Certificates", exact=True)).to_be_focused()


def test_the_open_details_hold_the_focus(page: Page) -> None:
    page.get_by_role("table", name="Certificates", exact=True).get_by_role("button", name="gateway-20").press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")


def test_every_control_has_a_name(page: Page) -> None:
    unnamed = page.locator("button, select, input").evaluate_all("""all => all
        .filter((it) => it.checkVisibility())
        .filter((it) => !(it.ariaLabel || it.textContent.trim() && it.tagName === "BUTTON" || it.labels?.length))
        .map((it) => it.outerHTML)""")
    assert unnamed == []
