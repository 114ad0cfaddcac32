"""The page in a real Chromium. Whatever a test does, it requests nothing but the file, and the console stays empty."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.browser.reading import painted
from tests.unit.gate.sample import sample_report
from tools.browser import ARGUMENTS, NoBrowserError, find_browser
from tools.processes import run

from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports.html import render

# How long a failing test waits until it fails. No test that passes depends on it, however busy the machine is.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)

OpenPage = Callable[..., Page]
"""Open a report in a new page: ``open_page(report, **options)``, with Playwright's options of a context."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        chromium = find_browser(os.environ, run=run)
        why = "no Chromium is here: `make browser-tests` tells how to get one"
    except NoBrowserError as error:
        chromium, why = None, str(error)
    if chromium is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[OpenPage]:
    told: list[str] = []
    asked: list[str] = []
    files: list[str] = []

    def open_one(report: Report | None = None, *, fragment: str = "", **options: Any) -> Page:
        file = tmp_path / f"report-{len(files)}.html"
        file.write_text(render(report or sample_report()), encoding="utf-8")
        files.append(file.as_uri())
        page = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: told.append(f"a dialog: {dialog.message}"))
        page.context.on("request", lambda request: asked.append(request.url.split("#")[0]))
        page.goto(file.as_uri() + fragment)
        if options.get("java_script_enabled", True):
            painted(page)
        return page

    yield open_one
    for context in browser.contexts:
        context.close()
    assert told == []
    assert set(asked) == set(files)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The sample: a certificate for each kind of finding."""
    return open_page()
