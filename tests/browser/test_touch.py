"""Fingers: whatever can be touched is large enough."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import OpenPage
from tests.browser.reading import open_details
from tests.browser.reports import report_of
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.gate.report import Report

LEAST_PX = 40
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TABLET = {"viewport": {"width": 1180, "height": 820}, "has_touch": True, "is_mobile": True}
WINDOW = {"viewport": {"width": 390, "height": 844}}

# A box is as large as its label; the skip link is there once it has the focus.
SIZES = """() => {
  document.querySelector(".skip").focus();
  const all = document.querySelectorAll("a, button, select, input, summary, [role=option]");
  const root = document.querySelector("dialog[open]") ?? document.body;
  return [...all]
    .filter((it) => root.contains(it) && it.checkVisibility())
    .map((it) => it.closest("label") ?? it)
    .map((it) => [it.getBoundingClientRect(), it.textContent.trim() || it.id])
    .map(([{ width, height }, name]) => [name, width, height]);
}"""


def too_small(page: Page) -> list[Any]:
    found = page.evaluate(SIZES)
    assert len(found) > 3
    return [(name, width, height) for name, width, height in found if min(width, height) < LEAST_PX]


@pytest.mark.parametrize("device", [PHONE, TABLET, WINDOW], ids=["phone", "tablet", "narrow window"])
@pytest.mark.parametrize("report", [sample_report(), report_of(120)], ids=["sample", "many"])
def test_every_target_is_large_enough_for_a_finger(open_page: OpenPage, device: dict[str, Any], report: Report) -> None:
    page = open_page(report, **device)
    assert too_small(page) == []
    open_details(page, page.locator("#table .open").nth(12).inner_text())
    assert too_small(page) == []


def test_what_changed_opens_under_a_finger(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    details = open_details(page, "valve-09")
    assert details.locator("summary").count() == 2
    assert too_small(page) == []


def test_with_a_mouse_the_page_is_denser(page: Page) -> None:
    assert too_small(page) != []
