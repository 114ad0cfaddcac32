"""What comes from a certificate, a program or the service is text, wherever it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reports import certificate, report
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.gate.collect.observed import ReadFailure, ReadWarning
from alicloud_device_certificates.gate.report import Change, Evaluation, Finding
from alicloud_device_certificates.gate.reports.html import render
from alicloud_device_certificates.gate.rules.kinds import FindingKind

HOSTILE = [
    "<script>window.hit = 1</script>",
    "</script><script>window.hit = 1</script>",
    "<!--<script>window.hit = 1//",
    "]]><img src=x onerror='window.hit = 1'>",
    '"><img src=x onerror=window.hit=1>',
    "' autofocus onfocus='window.hit = 1' x='",
    "{{ 7 * 7 }}{% raw %}${window.hit = 1}",
    "javascript:window.hit=1",
    "</style><svg onload=window.hit=1>",
    "</title><iframe srcdoc='<script>parent.hit = 1</script>'>",
    "&lt;b&gt; &amp;quot; \u2028 \u2029 \x00 \u202egnihtyna",
    "__proto__",
    "-----BEGIN CERTIFICATE-----\n</script><img src=x onerror='window.hit = 1'>",
]


def hostile(text: str) -> Evaluation:
    """A certificate in which every text is this one."""
    fields = dict.fromkeys(
        ("subject", "issuer", "subject_common_name", "status", "serial_number", "serial_number_hex", "device_name"),
        text,
    )
    made = certificate(text, Random(1), subject_alternative_names=[f"DNS:{text}", text], certificate_pem=text, **fields)
    return replace(
        made,
        observed=replace(
            made.observed,
            urn=text,
            id=text,
            warnings=(ReadWarning(text, text),),
            failure=ReadFailure(category="not_found", code=text, message=text),
        ),
        findings=(Finding(kind=FindingKind.ROTATED, severity="fail", message=text),),
        changes=(Change(field="subject", old=text, new=text), Change(field="not_after", old=text, new=text)),
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_markup_stays_text(open_page: OpenPage, text: str) -> None:
    made = replace(report(hostile(text)), project=text, stack=text, notices=(text,), operations={text: 1})
    page = open_page(made)
    for heading in page.get_by_role("columnheader").get_by_role("button").all():
        heading.click()
    page.get_by_role("searchbox").fill(text.split(maxsplit=1)[0])
    page.locator("#table tbody button").click()
    # The parser of HTML leaves U+0000 out.
    assert page.get_by_role("heading", level=1).locator("bdi").first.text_content() == text.replace("\x00", "")
    assert page.locator("#table tbody th bdi").first.text_content() == text
    assert page.get_by_role("dialog").get_by_role("heading", level=2).text_content() == text
    assert page.evaluate("window.hit") is None
    assert page.locator("img, iframe, script:not(#data)").count() == 1
    assert page.locator("[onerror], [onload], [onfocus], [srcdoc], [autofocus]").count() == 0


def test_problems_and_what_is_told_without_script_are_text_too(open_page: OpenPage) -> None:
    text = HOSTILE[1]
    page = open_page(replace(report(hostile(text)), problems=(text,)), java_script_enabled=False)
    expect(page.get_by_role("list", name="Problems")).to_have_text(text)
    assert page.locator("#without-script li").text_content() == f"{text}: {text}"
    assert page.locator("img, iframe, script:not(#data)").count() == 1


def test_half_a_surrogate_pair_does_not_stop_the_report(open_page: OpenPage) -> None:
    page = open_page(replace(report(hostile("half \ud800 of it")), stack="half \udc00"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("half ?")
    expect(page.locator("#table tbody th").get_by_role("button")).to_be_visible()


def test_a_text_that_is_written_from_right_to_left_turns_nothing_else_around(page: Page) -> None:
    assert page.locator("#table tbody th bdi").first.evaluate("it => getComputedStyle(it).unicodeBidi") == "isolate"


def test_the_policy_stops_what_would_run_all_the_same(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(sample_report()), encoding="utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(file.as_uri())
        refused = page.evaluate("""() => {
            const script = document.createElement("script");
            script.append("window.hit = 1");
            document.body.append(script);
            try { document.body.innerHTML = "<p>"; } catch (error) { return error.name; }
        }""")
        assert refused == "TypeError"
        assert page.evaluate("window.hit") is None
