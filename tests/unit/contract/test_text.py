"""Text from outside, as it may be shown: one printable line, no secrets, no command of a CI system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.contract import secret_shapes
from alicloud_device_certificates.contract.text import TEXT_LIMIT, inert, one_line, printable, safe_text

HOSTILE = "::error::a\r\nb\x1b[31m\u202ec\u2028d ##[group]e ##vso[task]f\x00\ud800"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\n b\t c", "a b c"),
        ("\x1b[31mred", "[31mred"),
        ("a\u202eb\u2066c", "a b c"),
        ("a\u2028b\u0085c", "a b c"),
        ("::error file=a::b", ": :error file=a::b"),
        (" \n::error::b", ": :error::b"),
        ("a ::Warning file=x::b ::add-mask::c x::error::", "a : :Warning file=x::b : :add-mask::c x: :error::"),
        ("::x-y::z and ::internal.set file=a::b", ": :x-y::z and : :internal.set file=a::b"),
        ("(::group::) '::anything a=b::c'", "(: :group::) ': :anything a=b::c'"),
        ("urn:pulumi:dev::a::b", "urn:pulumi:dev::a::b"),
        ("std::string::npos and Net::HTTP", "std::string::npos and Net::HTTP"),
        (
            "from fe80::1, ::1, [::]:80, ::ffff:10.0.0.1 and ab::",
            "from fe80::1, ::1, [::]:80, ::ffff:10.0.0.1 and ab::",
        ),
        ("##teamcity[message] ##foo [ ###[x]", "# #teamcity[message] ##foo [ ## #[x]"),
        ("section_start:12:a\r\x1b[0Kb section_end:12:a", "section_start: 12:a [0Kb section_end: 12:a"),
        ("the section_start: of it, travis_fold:start:a", "the section_start: of it, travis_fold: start:a"),
        ("--- a\n+++ b ~~~ c ^^^ +++", "- -- a + ++ b ~ ~~ c ^^^ + ++"),
        ("-----BEGIN a---b --x -- ---- +++++", "-----BEGIN a---b --x -- ---- +++++"),
        ("x ##[error]y ##vso[task.x]z ## heading", "x # #[error]y # #vso[task.x]z ## heading"),
        ("a\ud800b", "a b"),
        ("mit Umlauten äöü, 中文", "mit Umlauten äöü, 中文"),
    ],
)
def test_a_text_becomes_one_line_that_commands_nothing(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(max_size=50) | st.text("#[]:vsoa \n\x1b", max_size=20))
def test_whatever_a_text_holds_is_one_printable_line(text: str) -> None:
    for line in (one_line(text), inert(printable(text)), safe_text(text)):
        assert line.isprintable()
        assert not line.startswith("::")
        assert "##[" not in line
        assert "##vso[" not in line
        line.encode()


def test_an_escaped_text_loses_nothing() -> None:
    assert printable(HOSTILE) == ("::error::a\\r\\nb\\x1b[31m\\u202ec\\u2028d ##[group]e ##vso[task]f\\x00\\ud800")


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "-a",
            "a-",
            "//",
            "##",
            "::",
            "token",
            "basic ",
            "a@",
            "\\\\",
            "-----BEGIN",
            " =",
            "[[",
            " ",
            "a",
            "1",
            "=",
            "<",
        ),
        *(
            "token:",
            'token="',
            "token=[",
            "token={",
            'token=\\\\"',
            "token ",
            "token is ",
            "cookie ",
            "a=",
            "MIIa",
            "MII ",
        ),
        *(
            "eyJ",
            "eyJ.",
            "%25",
            "&amp;",
            "&#",
            "\\u0041",
            "CAISabcd/ef",
            "CAIS abcd",
            "--- ",
            "::a",
            "-----END",
            "string to",
        ),
    ],
)
def test_a_text_of_any_size_is_shown_without_examining_all_of_it(piece: str) -> None:
    # One that takes more than linear time would not end.
    assert len(safe_text(piece * 500_000, secrets=["CAISabcd/efgh+ijkl"])) <= TEXT_LIMIT


@pytest.mark.parametrize("piece", ["::", "::a", ":: ", "##", "##a", "---", "section_start:", "\0", " ", "a"])
def test_a_line_of_any_size_is_examined_once(piece: str) -> None:
    # Nothing bounds these texts: a pattern that takes more than linear time would not end.
    assert one_line(piece * 100_000) is not None
    assert inert(piece * 100_000) is not None


def test_patterns_examine_no_more_than_a_text_of_bounded_length(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def spans(text: str) -> tuple[()]:
        lengths.append(len(text))
        return ()

    monkeypatch.setattr(secret_shapes, "spans", spans)
    safe_text("%2525a b" * 1_000_000)
    assert len(lengths) == 2
    assert max(lengths) < 12 * TEXT_LIMIT


def test_a_long_text_is_cut() -> None:
    assert len(safe_text("x" * 100_000)) == TEXT_LIMIT
