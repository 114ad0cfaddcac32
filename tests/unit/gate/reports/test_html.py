"""The HTML report without a browser: what is in the file. What it does there is for tests/browser."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports import html
from alicloud_device_certificates.gate.reports.html import headline, json_for_html, render

CHECKOUT = Path(__file__).resolve().parents[4]
PAGE = Path(html.__file__).parent / "page"
# What ends a script element, or makes its text a comment, and what a script takes for the end of a line.
DANGEROUS = re.compile("[<>&\u2028\u2029]")
ONE_IN_ORDER = replace(failed_report(), problems=(), certificates=failed_report().certificates[1:])


class Reader(HTMLParser):
    """What a parser of HTML makes of the page: elements with their attributes, and their texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = "data" if ("id", "data") in attrs else tag
        self.texts.setdefault(self._open, [])

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open].append(data)

    def text(self, name: str) -> str:
        return "".join(self.texts[name])

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(sample_report()) == render(sample_report())


def test_nothing_is_asked_for_from_elsewhere() -> None:
    page = Reader(render(sample_report()))
    links = [attributes.get(name) for _, attributes in page.elements for name in ("href", "src", "action", "data")]
    assert {link for link in links if link and not link.startswith("#")} == {"data:,"}
    assert "url(" not in page.text("style")
    assert "@import" not in page.text("style")


def test_the_policy_allows_this_style_and_this_script_alone() -> None:
    page = Reader(render(sample_report()))
    (policy,) = (
        attributes["content"] or ""
        for attributes in page.all("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    for name in ("style", "script"):
        digest = b64encode(sha256(page.text(name).encode()).digest()).decode()
        assert directives.pop(f"{name}-src") == f"'sha256-{digest}'"
    assert directives == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert not any(name.startswith("on") or name == "style" for _, attributes in page.elements for name in attributes)


def test_every_file_of_the_page_is_used_and_in_the_wheel() -> None:
    files = {file.name for file in PAGE.iterdir()}
    assert files == {html.TEMPLATE, *html.STYLES, *html.SCRIPTS}
    packaged = {Path(each.distribution_path) for each in WheelBuilder(str(CHECKOUT)).recurse_included_files()}
    folder = PAGE.relative_to(CHECKOUT / "providers")
    assert {folder / name for name in files} <= packaged


@pytest.mark.parametrize("script", html.SCRIPTS)
def test_scripts_make_no_markup_of_text(script: str) -> None:
    text = (PAGE / script).read_text()
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "</"):
        assert way not in text


def test_the_data_is_the_report_once() -> None:
    page = Reader(render(sample_report()))
    data = json.loads(page.text("data"))
    names = [evaluation.observed.name for evaluation in sample_report().certificates]
    assert [each["name"] for each in data["report"]["certificates"]] == names
    assert all("previous" not in each for each in data["report"]["certificates"])
    gone = next(each for each in data["report"]["certificates"] if each["name"] == "sensor-11")
    assert gone["is_previous"] is True
    assert gone["certificate"]["serial_number_hex"] == "5f3a91c27d045511"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda values: st.lists(values) | st.dictionaries(st.text(), values),
        max_leaves=20,
    )
)
def test_any_json_stands_in_a_script_as_it_is(value: object) -> None:
    text = json_for_html(value)
    assert not DANGEROUS.search(text)
    assert text.isascii()
    assert json.loads(text) == value


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")),
    st.sampled_from(["project", "stack", "notices", "problems"]),
)
def test_any_text_stays_text(text: str, where: str) -> None:
    value = text if where in ("project", "stack") else (text,)
    report = replace(failed_report(), **{where: value})  # type: ignore[arg-type]
    plain = Reader(render(replace(failed_report(), **{where: "x" if isinstance(value, str) else ("x",)})))  # type: ignore[arg-type]
    page = Reader(render(report))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert text in page.text("bdi")


@pytest.mark.parametrize(("more", "message"), [(1, "and 1 more that fails"), (1200, "and 1,200 more that fail")])
def test_without_script_the_first_50_that_fail_are_told_and_the_others_counted(more: int, message: str) -> None:
    page = Reader(render(replace(sample_report(), certificates=sample_report().certificates[:1] * (50 + more))))
    assert message in page.text("li")


def test_half_a_surrogate_pair_can_be_written() -> None:
    render(replace(failed_report(), notices=("half \ud800 of it",))).encode()


@pytest.mark.parametrize(
    ("report", "tone", "text", "exit_code"),
    [
        (sample_report(), "fail", "7 of 23 certificates fail", "Exit code 3: a finding fails."),
        (failed_report(), "fail", "The preview could not be completed", "Exit code 1: the run could not be completed."),
        (
            replace(failed_report(), source="deployed"),
            "fail",
            "The report could not be completed",
            "Exit code 1: the run could not be completed.",
        ),
        (
            replace(ONE_IN_ORDER, operations={"create": 1}),
            "info",
            "The certificate needs no action",
            "Exit code 0: OK, no finding fails, but an update would make changes.",
        ),
        (
            replace(deployed_report(), certificates=deployed_report().certificates[1:2]),
            "warn",
            "1 of 1 certificate needs attention",
            "Exit code 0: OK, no finding fails.",
        ),
        (
            replace(failed_report(), problems=(), certificates=()),
            "info",
            "This stack has no device certificates",
            "Exit code 0: OK, no finding fails, and nothing changes.",
        ),
    ],
)
def test_the_summary_says_what_the_run_comes_to(report: Report, tone: str, text: str, exit_code: str) -> None:
    assert headline(report) == (tone, text)
    assert exit_code in Reader(render(report)).text("p")
