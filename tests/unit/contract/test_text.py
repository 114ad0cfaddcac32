"""Text from outside, as it may be shown: one printable line, no secrets, no command of a CI system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("urn:pulumi:dev::a::b", "urn:pulumi:dev::a::b"),
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
    "text",
    [
        "407: Proxy-Authorization: Basic S3CRET-dXNlcjpwYXNz was rejected",
        'header "authorization"="Bearer S3CRET.abc.def"',
        "Bearer S3CRET-token, and more",
        "basic S3CRETdXNlcg==",
        "Authorization: acs LTAI:S3CRET=",
        "ACS3-HMAC-SHA256 S3CRETS3CRET",
        "Digest S3CRETS3CRET",
        "x-acs-security-token: S3CRET",
        "SecurityToken=S3CRET&Action=x",
        '{"AccessKeySecret": "S3CRET"}',
        "password = S3CRET",
        "no connection through http://user:S3CRET@proxy.example:8080/",
        "no connection through http://user:p@S3CRET@proxy.example",
        "-----BEGIN PRIVATE KEY-----\nS3CRET\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nS3CRET",
        "server string to sign is: S3CRET",
        "Signature=S3CRET, please",
    ],
)
def test_nothing_that_looks_like_a_secret_is_shown(text: str) -> None:
    shown = safe_text(text)
    assert "S3CRET" not in shown
    assert "[secure]" in shown or shown == ""


@pytest.mark.parametrize(
    "text",
    [
        "Basic authentication is required.",
        "The bearer token is expired.",
        "The specified access key is not found.",
        "Specified signature is not matched with our calculation.",
        "The basic constraints of the CA do not allow it.",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize("spelling", ["CAIS+a/b=", "CAIS%2Ba%2Fb%3D", "CAIS%2Ba/b%3D"])
def test_a_secret_of_the_request_is_hidden_however_a_url_spells_it(spelling: str) -> None:
    assert safe_text(f"the URL has {spelling}!", secrets=["CAIS+a/b=", None]) == "the URL has [secure]!"


@pytest.mark.parametrize(
    "piece", ["-a", "a-", "//", "##", "::", "token", "basic ", "a@", "\\\\", "-----BEGIN", " =", "[["]
)
def test_a_text_of_any_size_is_shown_without_examining_all_of_it(piece: str) -> None:
    # One that takes more than linear time would not end.
    assert len(safe_text(piece * 500_000, secrets=["CAISabcd/efgh+ijkl"])) <= TEXT_LIMIT


def test_a_long_text_is_cut() -> None:
    assert len(safe_text("x" * 100_000)) == TEXT_LIMIT
