"""Markdown as CommonMark and GitHub's tables have it, read again by markdown-it-py with HTML switched on."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_left
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.unit.gate.reports.outside import PAYLOADS, report_saying, texts
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.contract.text import printable, truncated
from alicloud_device_certificates.gate.report import Evaluation, Finding, Report
from alicloud_device_certificates.gate.reports.markdown import MAX_CHARACTERS, marker, render
from alicloud_device_certificates.gate.rules.kinds import FindingKind

OWN_HTML = {"<br>", "</details>"}
OWN_FOLD = re.compile(r"<details><summary>[A-Za-z ,]+(\([\d,]+ certificates?\))?</summary>")
# What GitHub and GitLab look for in the text of a page: mentions, references, addresses, commits, emoji, mathematics.
LIVE = re.compile(r"[@#!~^$&<>\[\]{}|\\`*/]|www\.|\w-\d|\w:\w|\b[0-9a-f]{7,}\b")
OWN_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T06:00:00Z)?")


def tokens(markdown: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown):
        yield token
        yield from token.children or ()


def structure(markdown: str) -> list[str]:
    """Everything but texts: what is prose in one report may be code in another."""
    found = []
    for token in tokens(markdown):
        if token.type not in {"text", "text_special", "code_inline", "inline"}:
            is_marker = token.content.startswith("<!--")
            found.append(f"{token.type} {token.tag} {'marker' if is_marker else token.content.strip()}")
    return found


def many(report: Report, times: int) -> Report:
    return dataclasses.replace(report, certificates=report.certificates * times)


def all_failing(times: int) -> Report:
    """Return a report of failures only, with this many of each kind."""
    evaluation = sample_report().certificates[0]
    failing = [
        dataclasses.replace(evaluation, findings=(Finding(kind=kind, severity="fail", message="it fails"),))
        for kind in FindingKind
    ]
    return dataclasses.replace(sample_report(), certificates=tuple(failing * times))


@example("@everyone <img src=x onerror=alert(1)> [x](javascript:alert(1)) | `a` \\| b")
@given(texts)
def test_no_text_from_outside_is_more_than_text(text: str) -> None:
    assert structure(render(report_saying(text))) == structure(render(report_saying("plain words")))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_is_a_link_an_image_html_or_a_mention(payload: str) -> None:
    for token in tokens(render(report_saying(payload))):
        assert token.type not in {"link_open", "image", "fence", "code_block", "s_open", "em_open", "bullet_list"}
        if token.type in {"html_inline", "html_block"}:
            html = token.content.strip()
            assert html in OWN_HTML or OWN_FOLD.fullmatch(html) or html == marker(payload, payload)
        if token.type == "text":
            assert not LIVE.search(OWN_MOMENT.sub("", token.content))


@given(texts)
def test_a_name_can_be_read_as_it_is(name: str) -> None:
    codes = {token.content for token in tokens(render(report_saying(name))) if token.type == "code_inline"}
    assert (truncated(printable(name), 120).strip() or "(empty)") in codes


@given(project=texts, stack=texts)
def test_the_marker_is_one_comment_on_the_first_line(project: str, stack: str) -> None:
    line = marker(project, stack)
    assert re.fullmatch(r"<!-- device-certificates: (?:(?!--)[A-Za-z0-9_.~%-])*/(?:(?!--)[A-Za-z0-9_.~%-])* -->", line)
    report = dataclasses.replace(sample_report(), project=project, stack=stack)
    assert render(report).startswith(f"{line}\n")


def test_markers_of_different_stacks_are_different() -> None:
    names = [("a", "b"), ("a/b", ""), ("", "a/b"), ("a-", "-b"), ("a--", "b"), ("a%2D%2D", "b"), ("A", "b")]
    assert len({marker(*name) for name in names}) == len(names)


def test_the_summary_comes_first_and_then_what_needs_attention_worst_first() -> None:
    lines = render(sample_report()).splitlines()
    assert lines[3] == "**23 certificates: 7 fail, 8 warn, 8 info** (exit code 3: a finding fails)"
    table = [line.split(" | ")[:2] for line in lines if line.startswith(("| \u274c", "| \u26a0"))]
    assert [row[1].strip("`") for row in table[:2]] == ["gateway-01", "gateway-07"]
    assert [row[0][-4:] for row in table] == ["fail"] * 7 + ["warn"] * 8


def test_problems_stand_above_the_table() -> None:
    text = render(failed_report())
    assert "(exit code 1: the run could not be completed)" in text
    assert text.index("* **problem**: `gateway-31`: GetDeviceCertificate") < text.index("| certificate |")


def test_a_pem_is_not_shown() -> None:
    assert "BEGIN CERTIFICATE" not in render(sample_report())
    assert "| `valve-09` | certificate_pem | a PEM | a PEM |" in render(sample_report())


def test_a_deployed_stack_has_nothing_old_or_new() -> None:
    text = render(deployed_report())
    assert "last update" not in text
    assert "What changes" not in text
    assert "**nothing found**" in text


@pytest.mark.parametrize("times", [1, 20, 60, 250])
def test_a_long_report_is_cut_between_rows_and_says_how_many_are_left_out(times: int) -> None:
    report = many(sample_report(), times)
    text = render(report)
    assert len(text) <= MAX_CHARACTERS
    shown = {
        "certificates that need attention are": text.count("| \u274c fail |") + text.count("| \u26a0\ufe0f warn |"),
        "certificates that need no action are": sum(
            text.count(f"| `{evaluation.observed.name}` | **")
            for evaluation in sample_report().certificates
            if evaluation.severity == "info"
        ),
        "changes are": len(re.findall(r"^\| `[^`]+` \| [a-z0-9_]+ \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)),
    }
    fine = report.counts()["info"]
    total = {
        "certificates that need attention are": len(report.certificates) - fine,
        "certificates that need no action are": fine,
        "changes are": sum(len(evaluation.changes) for evaluation in report.certificates),
    }
    assert min(total.values()) >= 7 * times
    for things, number in shown.items():
        note = re.search(rf"([\d,]+) more {things} left out here", text)
        assert number + int(note[1].replace(",", "") if note else 0) == total[things]
    assert text.count("<details>") == text.count("</details>")
    assert all(line.endswith(" |") for line in text.splitlines() if line.startswith("| "))


@pytest.mark.parametrize("problems", [(), ("`|" * 2000,) * 50], ids=["", "with long problems"])
def test_what_the_findings_mean_has_its_room_whatever_fails(problems: tuple[str, ...]) -> None:
    text = render(dataclasses.replace(all_failing(250), problems=problems, notices=problems))
    assert len(text) <= MAX_CHARACTERS
    explained = text.partition("<summary>What this means and what to do</summary>")[2].partition("</details>")[0]
    assert [line.split(" | ")[0] for line in explained.splitlines()[4:] if line] == [
        f"| `{kind}`" for kind in FindingKind
    ]
    assert "explanation" not in text
    assert re.search(r"[\d,]{5} more certificates that need attention are left out here", text)


def test_of_one_that_is_left_out_it_speaks_as_of_one() -> None:
    def shortest_that_is_cut(evaluation: Evaluation) -> str:
        def text_of(number: int) -> str:
            return render(dataclasses.replace(sample_report(), certificates=(evaluation,) * number))

        return text_of(bisect_left(range(2000), True, key=lambda number: "left out" in text_of(number)))

    for severity, words in (
        ("fail", "certificate that needs attention is"),
        ("info", "certificate that needs no action is"),
    ):
        one = next(each for each in sample_report().certificates if each.severity == severity)
        assert f"\n1 more {words} left out here; the JSON report has all.\n" in shortest_that_is_cut(one)
    eleven = dataclasses.replace(failed_report(), problems=("it failed",) * 11)
    assert "* 1 more problem; the JSON report has all." in render(eleven)


@given(texts, st.integers(1, 40))
def test_no_text_makes_it_too_long(text: str, times: int) -> None:
    assert len(render(many(report_saying(text * 20), times))) <= MAX_CHARACTERS


def test_many_long_problems_leave_room_for_the_table() -> None:
    report = dataclasses.replace(failed_report(), problems=("`|" * 2000,) * 50, notices=("a | " * 500,) * 50)
    text = render(report)
    assert len(text) <= MAX_CHARACTERS
    assert "40 more problems" in text
    assert "| `gateway-31` |" in text
