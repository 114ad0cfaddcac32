"""What a person sees: in a terminal, in a log, in a narrow window, in an encoding without blocks."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.unit.gate.reports.outside import report_saying, texts
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports.terminal import console_for, show

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Stream(io.TextIOWrapper):
    """A stream that is a terminal or not, in any encoding."""

    def __init__(self, *, encoding: str = "utf-8", is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def shown(self) -> str:
        self.seek(0)
        return self.read()


def shown(
    report: Report,
    *,
    columns: int = 80,
    encoding: str = "utf-8",
    everything: bool = False,
) -> str:
    stream = Stream(encoding=encoding)
    show(report, console_for(stream, {"COLUMNS": str(columns)}), everything=everything)
    return stream.shown


@pytest.fixture
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def in_terminal(report: Report, **environment: str) -> str:
    stream = Stream(is_terminal=True)
    show(report, console_for(stream, {"TERM": "xterm-256color", **environment}))
    return stream.shown


@pytest.mark.usefixtures("_colours")
def test_a_terminal_has_colours_and_a_word_for_each_severity() -> None:
    text = in_terminal(sample_report())
    assert re.search(r"\x1b\[1;31mfail\x1b\[0m.*gateway-01.*\x1b\[1;31mexpired *\x1b\[0m", text)
    assert re.search(r"\x1b\[33mwarn\x1b\[0m.*gateway-08", text)
    assert re.search(r"\x1b\[32minfo\x1b\[0m.*gateway-20", text)


@pytest.mark.usefixtures("_colours")
@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_without_colours_gets_none(environment: dict[str, str]) -> None:
    assert "\x1b" not in in_terminal(sample_report(), **environment)


@pytest.mark.usefixtures("_colours")
def test_an_empty_no_color_is_none() -> None:
    assert "\x1b" in in_terminal(sample_report(), NO_COLOR="")


@pytest.mark.usefixtures("_colours")
def test_what_is_no_terminal_gets_plain_text_even_where_colours_are_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    stream = Stream()
    show(sample_report(), console_for(stream))
    assert "\x1b" not in stream.shown


def test_the_worst_stand_first_and_the_closing_line_says_what_the_exit_code_means() -> None:
    lines = shown(sample_report()).splitlines()
    rows = [line for line in lines if re.match(r"(fail|warn|info)   \S", line)]
    assert [row[:4] for row in rows] == ["fail"] * 7 + ["warn"] * 8 + ["info"] * 8
    assert rows[0].split() == ["fail", "gateway-01", "expired", "2026-11-20", "-3", "days", "\u2591" * 10]
    closing = "23 certificates: 7 fail, 8 warn, 8 info; exit code 3: a finding fails"
    assert lines[-1] == closing


def test_the_bar_is_what_is_left_of_the_lifetime() -> None:
    bars = dict(re.findall(r"(\S+-\d\d) .* ([\u2588\u2591]{10})$", shown(sample_report()), re.MULTILINE))
    assert bars["gateway-01"] == "\u2591" * 10
    assert bars["gateway-07"] == "\u2588" + "\u2591" * 9, "what is not over has a cell"
    assert bars["gateway-21"] == "\u2588" * 4 + "\u2591" * 6, "318 of 730 days"


def test_messages_follow_the_table_and_then_what_to_do_once_for_each_kind() -> None:
    text = shown(sample_report())
    table, found, advice = (
        text.index("gateway-21"),
        text.index("gateway-01: it expired 3 days ago"),
        text.index("expires_within: Renew the certificate before it expires."),
    )
    assert table < found < advice
    assert text.count("Renew the certificate before it expires.") == 1


def test_problems_stand_first() -> None:
    lines = shown(failed_report()).splitlines()
    assert lines[0].startswith("problem  gateway-31: GetDeviceCertificate (region cn-hangzhou): NoPermission:")
    assert "exit code 1: the run could not be completed" in " ".join(" ".join(lines[-2:]).split())


def test_changes_are_the_exit_code_only_where_it_is_detailed() -> None:
    fine = tuple(evaluation for evaluation in sample_report().certificates if evaluation.severity == "info")
    report = dataclasses.replace(sample_report(), certificates=fine)
    assert "exit code 0: OK, no finding fails, but an update would make changes" in shown(report, columns=120)
    assert "exit code 2: an update would make changes" in shown(
        dataclasses.replace(report, is_detailed=True), columns=120
    )


def test_a_deployed_stack_is_compared_with_nothing() -> None:
    text = shown(deployed_report())
    assert "unchanged" not in text
    assert "nothing found" in text


def test_a_stack_without_certificates_has_no_table() -> None:
    text = shown(dataclasses.replace(sample_report(), certificates=(), notices=(), outputs_change=False, operations={}))
    assert text == "no certificates; exit code 0: OK, no finding fails, and nothing changes\n"


def test_a_certificate_without_an_end_says_so_and_has_a_full_bar() -> None:
    (row,) = [line for line in shown(sample_report()).splitlines() if "tpm-22" in line]
    assert row.split() == ["info", "tpm-22", "nonconforming", "no", "expiry", "\u2588" * 10]


def test_of_a_long_list_what_needs_nothing_is_only_counted() -> None:
    fine = [evaluation for evaluation in sample_report().certificates if evaluation.severity == "info"] * 100
    bad = [evaluation for evaluation in sample_report().certificates if evaluation.severity == "fail"] * 10
    report = dataclasses.replace(sample_report(), certificates=(*bad, *fine))
    text = shown(report)
    assert len(re.findall(r"^fail   \S", text, re.MULTILINE)) == 70
    assert len(re.findall(r"^info   \S", text, re.MULTILINE)) == 0
    assert "800 more certificates that need no action; --all shows them." in text
    only_fine = shown(dataclasses.replace(report, certificates=tuple(fine)))
    assert len(re.findall(r"^info   \S", only_fine, re.MULTILINE)) == 50
    assert "750 more certificates" in only_fine
    everything = shown(report, everything=True)
    assert len(re.findall(r"^info   \S", everything, re.MULTILINE)) == 800
    assert "more certificates" not in everything
    one_more = dataclasses.replace(report, certificates=tuple(fine[:51]))
    assert "1 more certificate that needs no action; --all shows it." in shown(one_more)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("name", ["gateway-with-a-long-name-" * 4, "\u8bbe\u5907\u8bc1\u4e66" * 12])
def test_no_line_is_wider_than_the_window_and_no_name_is_cut(columns: int, name: str) -> None:
    text = shown(report_saying(name), columns=columns)
    assert all(cell_len(line) <= columns for line in text.splitlines())
    assert "\u2026" not in text
    assert name in re.sub(r"\s", "", "".join(line[7:] for line in shown(report_saying(name), columns=200).splitlines()))


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1", "gbk"])
def test_an_encoding_without_them_gets_no_blocks_and_no_lines(encoding: str) -> None:
    report = report_saying("\u8bbe\u5907 \u20ac \U0001f512")
    text = shown(report, encoding=encoding)
    assert "rotated" in text
    assert "#####....." in text
    assert text.isascii() == (encoding != "gbk")
    assert not {"\u2588", "\u2591", "\u2500"} & set(text)


@given(texts, st.sampled_from(["utf-8", "ascii", "iso-8859-1"]))
def test_nothing_that_a_terminal_obeys_comes_from_outside(text: str, encoding: str) -> None:
    written = shown(report_saying(text), encoding=encoding)
    assert all(each == "\n" or each.isprintable() for each in written)


@pytest.mark.usefixtures("_colours")
@pytest.mark.parametrize("text", ["\x1b[31mred \x1b]0;title\x07", "\x9b2J", "[bold red]x[/]", "\u202eevil"])
def test_a_terminal_gets_colours_and_nothing_else(text: str) -> None:
    written = COLOUR.sub("", in_terminal(report_saying(text), COLUMNS="200"))
    assert all(each == "\n" or each.isprintable() for each in written)
    assert printable(text) in written


def test_markup_is_shown_and_not_obeyed() -> None:
    assert "[bold red]x[/]" in shown(report_saying("[bold red]x[/] :smile:"), columns=200)
    assert ":smile:" in shown(report_saying("[bold red]x[/] :smile:"), columns=200)
