"""5,000 certificates: the page creates elements for what it shows, not for what it knows."""

from __future__ import annotations

from playwright.sync_api import Page
from tests.browser.conftest import OpenPage
from tests.browser.reading import names
from tests.browser.reports import report_of

MOST_ELEMENTS = 3000

# Counts every element that a script creates from now on; returns the count of elements there are already.
COUNT = """() => {
  window.created = 0;
  for (const name of ["createElement", "createElementNS"]) {
    const create = Document.prototype[name];
    Document.prototype[name] = function (...words) {
      window.created += 1;
      return create.apply(this, words);
    };
  }
  return document.getElementsByTagName("*").length;
}"""

# What a person does to find certificates: two filters, a search and another order, then the page is painted.
USE = """async () => {
  const [fail, warn] = document.querySelectorAll("#severities input");
  fail.click();
  warn.click();
  const search = document.getElementById("search");
  search.value = "pump";
  search.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("[data-column=not_after] button").click();
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
}"""


def work(page: Page) -> tuple[int, int]:
    """Return the number of elements of the page, and of those that its scripts create while it is used."""
    elements: int = page.evaluate(COUNT)
    page.evaluate(USE)
    created: int = page.evaluate("window.created")
    return elements, created


def test_5000_certificates_are_searched_filtered_and_sorted(open_page: OpenPage) -> None:
    fleet = report_of(5000)
    wanted = [each for each in fleet.certificates if each.severity == "info" and "pump" in each.observed.name]
    page = open_page(fleet)
    page.evaluate(USE)
    assert names(page) == [each.observed.name for each in wanted[:50]]
    assert page.get_by_role("status").inner_text() == f"{len(wanted):,} of 5,000 certificates"


def test_the_work_of_the_page_is_bounded_by_what_it_shows(open_page: OpenPage) -> None:
    elements, created = work(open_page(report_of(5000)))
    assert 0 < elements < MOST_ELEMENTS
    assert 0 < created < MOST_ELEMENTS, "each control redraws at most once for each frame"
