"""Secrets of a request in the data of its response: hidden as a whole, and nothing else is touched."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.contract.whole_secrets import SHORTEST, whole_hider

TOKEN = "CAISgwJ1q6Ft5B2yfSjIr5/S+ehQzsAb=="


def escaped_pem(content: bytes) -> str:
    """Return a PEM as the services return it: with a literal backslash and n for each line break."""
    body = b64encode(content).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


@pytest.mark.parametrize(
    "spell",
    [str, str.upper, quote, lambda text: quote(quote(text, safe="")), lambda text: text.encode().hex()],
    ids=["plain", "upper", "quoted", "quoted twice", "hex"],
)
def test_a_whole_secret_is_hidden_however_it_is_spelled(spell: Callable[[str], str]) -> None:
    assert whole_hider([TOKEN])(f"name {spell(TOKEN)}.") == "name [secure]."


@pytest.mark.parametrize("before", range(600, 603))
def test_a_whole_secret_is_hidden_in_a_certificate_too(before: int) -> None:
    hidden = whole_hider([TOKEN])(escaped_pem(b"\0" * before + TOKEN.encode() + b"\0" * 300))
    assert "[secure]" in hidden


@pytest.mark.parametrize("size", [SHORTEST, 24, 40])
def test_words_that_a_key_shares_with_a_certificate_stay(size: int) -> None:
    key = "emulator-factory-gateway-access-key-id-x"[:size]
    for length in range(1, size):
        text = escaped_pem(b"\0" * 400 + key[:length].encode() + b"\0" * 400)
        assert whole_hider([key])(text) == text
        assert whole_hider([key])(key[:length]) == key[:length]


KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="\\"), min_size=SHORTEST)


@given(st.text(), st.lists(KEYS), st.text())
def test_no_secret_remains_in_any_text(before: str, known: list[str], after: str) -> None:
    hidden = whole_hider(known)(before + "".join(known) + after)
    assert not [each for each in known if each in hidden]


@given(st.text(max_size=SHORTEST - 1))
def test_short_texts_stay(text: str) -> None:
    assert whole_hider([TOKEN])(text) == text
