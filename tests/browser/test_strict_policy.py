"""The page as servers show it that allow no inline script, such as Jenkins' HTML publisher."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.gate.reports.html import render

ADDRESS = "http://jenkins.example/report.html"


@pytest.mark.parametrize(
    "policy",
    [
        "script-src 'self'",
        "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';",
    ],
)
def test_a_page_whose_script_is_blocked_still_names_what_fails(browser: Browser, policy: str) -> None:
    report = sample_report()
    context = browser.new_context()
    try:
        page = context.new_page()
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
        page.route(ADDRESS, lambda route: route.fulfill(body=render(report), headers=headers))
        page.goto(ADDRESS)
        expect(page.get_by_role("heading", name="7 of 23 certificates fail")).to_be_visible()
        failing = [each for each in report.certificates if each.severity == "fail"]
        for evaluation in failing:
            item = page.get_by_role("listitem").filter(has_text=evaluation.observed.label).last
            expect(item).to_contain_text(evaluation.findings[0].message)
            expect(item).to_be_visible()
        expect(page.get_by_text("need JavaScript, which is disabled here")).to_be_visible()
        expect(page.locator("#explore")).to_be_hidden()
    finally:
        context.close()


def test_a_page_whose_script_runs_hides_what_is_shown_without_it(browser: Browser) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.route(ADDRESS, lambda route: route.fulfill(body=render(sample_report()), content_type="text/html"))
        page.goto(ADDRESS)
        expect(page.locator("#explore")).to_be_visible()
        expect(page.locator("#without-script")).to_be_hidden()
    finally:
        context.close()
