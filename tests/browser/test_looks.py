"""How it looks: light and dark, wide and narrow, with little and with nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import box, colours, names, open_details
from tests.browser.reports import report, report_of
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

# The contrast (WCAG 2) of every text that is seen with what is behind it; colours through a canvas, as sRGB.
CONTRASTS = """() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = color.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = rgba(getComputedStyle(node).backgroundColor);
      if (color[3] === 255) return color;
    }
  };
  const found = [];
  const root = document.querySelector("dialog[open]") ?? document.body;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: parent, textContent } = walker.currentNode;
    const style = getComputedStyle(parent);
    const isSeen = parent.checkVisibility({ checkVisibilityCSS: true }) && !parent.closest(".hidden, .skip, :disabled");
    if (!textContent.trim() || !isSeen) continue;
    const [a, b] = [luminance(rgba(style.color)), luminance(behind(parent))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), textContent.trim()]);
  }
  return found;
}"""


def grounds(page: Page) -> list[str]:
    return [
        page.locator(part).first.evaluate("it => getComputedStyle(it).backgroundColor") for part in (":root", ".panel")
    ]


def hardly_readable(page: Page) -> list[Any]:
    found = page.evaluate(CONTRASTS)
    assert len(found) > 20
    return [(text, ratio) for ratio, text in found if ratio < 4.5]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable(open_page: OpenPage, scheme: Literal["light", "dark"]) -> None:
    page = open_page(replace(sample_report(), problems=("a problem",)), color_scheme=scheme)
    assert hardly_readable(page) == []
    open_details(page, "valve-09")
    assert hardly_readable(page) == []


def test_it_is_light_or_dark_as_the_system_is_until_one_says_otherwise(open_page: OpenPage) -> None:
    light, dark = open_page(color_scheme="light"), open_page(color_scheme="dark")
    assert all(one != other for one, other in zip(grounds(light), grounds(dark), strict=True))
    light.get_by_role("button", name="Dark colors").click()
    assert grounds(light) == grounds(dark)
    light.get_by_role("button", name="Light colors").click()
    assert grounds(light) != grounds(dark)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_is_never_wider_than_its_window(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Nothing that is cut off either, but for what has its own way to be scrolled or shortened.
    for part in ("header", "main", ".verdict", ".toolbar", ".panel", "#histogram", ".pager"):
        for found in page.locator(part).all():
            if found.is_visible():
                assert found.evaluate("it => it.scrollWidth <= it.clientWidth + 1"), part
    open_details(page, "valve-09")
    assert page.get_by_role("dialog").evaluate("it => it.scrollWidth <= it.clientWidth")


def test_long_names_do_not_widen_a_phones_page(open_page: OpenPage) -> None:
    made = report_of(3)
    long = "x" * 300
    evaluation = replace(made.certificates[0], observed=replace(made.certificates[0].observed, name=long, id=long))
    page = open_page(
        replace(report(evaluation), stack=long, notices=(long,), problems=(long,)),
        viewport={"width": 360, "height": 780},
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    open_details(page, long)
    assert page.get_by_role("dialog").evaluate("it => it.scrollWidth <= it.clientWidth")


def test_a_phone_shows_of_each_certificate_name_findings_and_end(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 780})
    row = page.get_by_role("row").filter(has_text="gateway-08")
    expect(row.get_by_role("rowheader")).to_contain_text("gateway-08")
    for text in ("expires_within", "2026-12-14", "in 21 days"):
        expect(row.get_by_role("cell").filter(has_text=text)).to_be_visible()
    page.get_by_label("Sort by").select_option("Certificate")
    assert names(page)[0] == "camera-14"


def test_on_a_phone_no_line_crosses_a_name(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 780})
    page.get_by_label("Show", exact=True).select_option("90 days")
    name = page.get_by_role("option", name="gateway-01:").locator(".name")
    left, right = box(name)
    now = sum(box(page.locator(".backdrop .today"))) / 2
    assert left < now < right
    line = page.locator(".backdrop .today").evaluate("it => getComputedStyle(it).backgroundColor")
    assert line in colours(page, page.locator(".backdrop")), "it is drawn all the same"
    page.locator("#validity").evaluate("it => it.scrollIntoView({ behavior: 'instant' })")
    assert line not in colours(page, name)
    assert line not in colours(page, page.get_by_text("no validity known").first)


def test_forced_colours_leave_every_line_and_bar_to_be_seen(open_page: OpenPage) -> None:
    page = open_page(forced_colors="active")
    ground = page.locator(".timeline").evaluate("it => getComputedStyle(it).backgroundColor")
    panel = page.locator("section:has(> .timeline)").evaluate("it => getComputedStyle(it).backgroundColor")
    for part in (".today", ".line", ".key-now", ".bar", ".left", ".zone.fail", ".stack i.fail"):
        drawn = page.locator(part).first.evaluate("it => getComputedStyle(it).backgroundColor")
        assert drawn not in (ground, panel, "rgba(0, 0, 0, 0)"), part
    backdrop = colours(page, page.locator(".backdrop"))
    for part in (".today", ".line"):
        assert page.locator(part).first.evaluate("it => getComputedStyle(it).backgroundColor") in backdrop, part


def test_nothing_moves_for_whoever_wants_nothing_to_move(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("document.getAnimations().length") == 0


def test_with_one_certificate_it_is_whole(open_page: OpenPage) -> None:
    page = open_page(report_of(1))
    assert len(names(page)) == 1
    assert page.locator(".row .bar").count() == 1
    expect(page.get_by_role("navigation", name="Pages of the table")).to_be_hidden()


def test_without_certificates_there_is_the_summary_alone(open_page: OpenPage) -> None:
    page = open_page(report())
    expect(page.get_by_role("heading", level=2)).to_have_text("This stack has no device certificates")
    expect(page.get_by_role("table")).to_have_count(0)


def test_where_no_preview_could_be_made_the_page_says_why(open_page: OpenPage) -> None:
    page = open_page(failed_report())
    expect(page.get_by_role("heading", level=2).first).to_have_text("The preview could not be completed")
    expect(page.get_by_role("list", name="Problems")).to_contain_text("mq:GetDeviceCertificate")
    expect(page.get_by_text("Exit code 1: the run could not be completed.")).to_be_visible()


def test_of_a_deployed_stack_nothing_is_called_unchanged(open_page: OpenPage) -> None:
    page = open_page(deployed_report())
    expect(page.get_by_text("as last deployed")).to_be_visible()
    expect(page.get_by_text("nothing found").first).to_be_visible()
    expect(page.get_by_text("unchanged")).to_have_count(0)


def test_without_javascript_the_summary_can_be_read(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    expect(page.get_by_role("heading", level=2).first).to_have_text("7 of 23 certificates fail")
    expect(page.get_by_role("list", name="Certificates by severity")).to_contain_text("8 warn")
    told = page.locator("#without-script")
    assert told.bounding_box()
    assert "This is the summary." in (told.text_content() or "")
    assert "gateway-01: it expired 3 days ago" in (told.text_content() or "")
    expect(page.get_by_role("searchbox")).to_be_hidden()
