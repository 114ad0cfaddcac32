"""Draw the README's pictures of the HTML report, light and dark, from the tests' sample report."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.gate.reports.html import render
from tools.browser import ARGUMENTS, NoBrowserError, get_browser
from tools.processes import end_on_sigterm, log, run

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PICTURES: dict[str, Literal["light", "dark"]] = {"report.png": "light", "report-dark.png": "dark"}
WIDTH, HEIGHT = 1200, 900
LAST_PART = "section:has(#histogram)"
MARGIN = 14


def main() -> int:
    """Write the pictures and return 0; return 1 without a browser."""
    end_on_sigterm()
    try:
        browser = get_browser(os.environ, run=run, is_root=os.geteuid() == 0)
    except NoBrowserError as error:
        log(f"screenshots: {error}")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        page_file.write_text(render(sample_report()), encoding="utf-8")
        chromium = playwright.chromium.launch(executable_path=browser, args=ARGUMENTS)
        for name, scheme in PICTURES.items():
            page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
            page.goto(page_file.as_uri())
            page.get_by_label("Show", exact=True).select_option("1 year")
            picture(page, IMAGES / name)
            log(f"screenshots: {IMAGES / name}")
        chromium.close()
    return 0


def picture(page: Page, path: Path) -> None:
    """Capture the page from its top to the end of the charts."""
    box = page.locator(LAST_PART).bounding_box()
    assert box is not None
    height = box["y"] + box["height"] + MARGIN
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})


if __name__ == "__main__":
    sys.exit(main())
