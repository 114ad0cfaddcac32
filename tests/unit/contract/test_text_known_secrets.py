"""A secret of the request is hidden however a text spells, breaks or cuts it."""

from __future__ import annotations

import html
import json
import string
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.contract.text import TEXT_LIMIT, hide, safe_text

SECRET = "CAISgw+J1q/6Ft5B2yf<S&jI=r5fS"
PIECE = 12

BY_CHARACTER: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded but for slashes": quote,
    "percent-encoded in lower case": lambda text: "".join(f"%{ord(each):02x}" for each in text),
    "percent-encoded as a form": quote_plus,
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent-encoded three times": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "as JSON": lambda text: json.dumps(text)[1:-1],
    "as JSON with slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "as JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "as JSON escapes": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "as JSON escapes in upper case": lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
    "as a shell's escapes": lambda text: "".join(f"\\x{ord(each):02x}" for each in text),
    "as octal escapes": lambda text: "".join(f"\\{ord(each):03o}" for each in text),
    "as XML": html.escape,
    "as decimal entities": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "as hexadecimal entities": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "as entities of JSON": lambda text: json.dumps(html.escape(text))[1:-1].replace("&", "\\u0026"),
    "in upper case": str.upper,
    "in lower case": str.lower,
    "in hex": lambda text: text.encode().hex(),
    "in hex in upper case": lambda text: text.encode().hex().upper(),
    "in hex with colons": lambda text: text.encode().hex(":"),
    "in hex with blanks": lambda text: text.encode().hex(" "),
    "in full width": lambda text: "".join(chr(ord(each) + 0xFEE0) for each in text),
}
BROKEN: dict[str, Callable[[str], str]] = {
    "blanks": " ".join,
    "line ends": "\r\n ".join,
    "escaped line ends": "\\n".join,
    "encoded line ends": "%0A".join,
    "characters that cannot be seen": "\u200b".join,
    "null characters": "\0".join,
    "dots": ".".join,
    "dashes": " - ".join,
    "commas": ", ".join,
    "underscores": "_".join,
    "colons": ":".join,
    "quotes": '" + "'.join,
    "tags": "</b><b class='x'>".join,
    "comments": "<!-- x -->".join,
    "instructions": "<?x y?>".join,
    "escaped tags": "&lt;br&gt;".join,
    "colours": "\x1b[0m\x1b[1;31m".join,
    "soft line ends": "=\n".join,
}
by_character = pytest.mark.parametrize("spell", [pytest.param(spell, id=name) for name, spell in BY_CHARACTER.items()])
secrets = st.text(string.ascii_letters + string.digits + "+/=-_.~:,@<>\"'!?*()#$;", min_size=16, max_size=200)


def compact(text: str) -> str:
    return "".join(text.split())


def pieces(text: str, length: int = PIECE) -> list[str]:
    return [text[at : at + length] for at in range(len(text) - length + 1)]


@by_character
def test_a_secret_is_hidden_in_each_spelling(spell: Callable[[str], str]) -> None:
    assert safe_text(f"Not found: {spell(SECRET)}, retry", secrets=[SECRET]) == "Not found: [secure], retry"
    assert hide(f"'{spell(SECRET)}'", [SECRET, None, ""]) == "'[secure]'"


@by_character
@given(secret=secrets, before=st.text(string.ascii_letters + ' :/"', max_size=20), after=st.text(max_size=20))
def test_no_piece_of_any_secret_remains_readable(
    spell: Callable[[str], str], secret: str, before: str, after: str
) -> None:
    shown = safe_text(f"{before}{spell(secret)} {after}", secrets=[secret])
    surroundings = spell(before) + " " + after
    assert not [each for each in pieces(secret) if spell(each) in shown and spell(each) not in surroundings]


@by_character
@given(secret=secrets, data=st.data())
def test_no_piece_of_a_cut_secret_remains_readable(
    spell: Callable[[str], str], secret: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(secret) - PIECE))
    part = secret[start : data.draw(st.integers(start + PIECE, len(secret)))]
    for text in (f"cut: {spell(part)}", f"{spell(part)} was cut", f"[{spell(part)}...]"):
        shown = safe_text(text, secrets=[secret])
        assert not [each for each in pieces(part) if spell(each) in shown], shown


@pytest.mark.parametrize("join", BROKEN.values(), ids=BROKEN)
@given(secret=secrets, width=st.integers(1, 20))
def test_no_piece_of_a_broken_secret_remains_readable(
    join: Callable[[list[str]], str], secret: str, width: int
) -> None:
    shown = safe_text(join([secret[at : at + width] for at in range(0, len(secret), width)]), secrets=[secret])
    assert not [each for each in pieces(secret) if each in compact(shown)]


@pytest.mark.parametrize("join", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("width", [1, 2, 5, 11])
def test_a_secret_in_parts_shorter_than_a_piece_is_hidden(join: Callable[[list[str]], str], width: int) -> None:
    secret = "Kx9vQ2mT7wZr4LpN8sHd3bYc"
    parts = [secret[at : at + width] for at in range(0, len(secret), width)]
    assert hide(f"got {join(parts)};", [secret]) == "got [secure];"


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(secret=secrets, key=st.text(string.ascii_letters, max_size=24), after=st.text(string.ascii_letters, max_size=5))
def test_base64_of_a_secret_is_hidden_at_each_offset(
    encode: Callable[[bytes], bytes], secret: str, key: str, after: str
) -> None:
    encoded = encode(f"{key}:{secret}{after}".encode()).decode()
    lines = "\n".join(encoded[at : at + 19] for at in range(0, len(encoded), 19))
    begin, end = len(key) + 1, len(key) + 1 + len(secret)
    own = encoded[-(-begin * 8 // 6) : end * 8 // 6]
    for text in (f"got {encoded}.", lines, quote(encoded, safe=""), encoded.lower(), encoded.upper()):
        shown = compact(safe_text(text, secrets=[secret])).lower()
        assert not [each for each in pieces(own) if each.lower() in shown], shown


@given(
    secret=st.text(string.ascii_letters + string.digits, min_size=16, max_size=60),
    key=st.text(string.ascii_letters, max_size=24),
)
def test_base32_of_a_secret_is_hidden_at_each_offset(secret: str, key: str) -> None:
    encoded = b32encode(f"{key}:{secret}".encode()).decode()
    begin, end = len(key) + 1, len(key) + 1 + len(secret)
    own = encoded[-(-begin * 8 // 5) : end * 8 // 5]
    shown = compact(safe_text(f"got {encoded}", secrets=[secret]))
    assert not [each for each in pieces(own) if each in shown], shown


@given(secret=st.text(string.ascii_letters + string.digits, min_size=16, max_size=60))
def test_base64_of_base64_of_a_secret_is_hidden(secret: str) -> None:
    twice = b64encode(b64encode(secret.encode())).decode()
    shown = safe_text(f"got {twice}", secrets=[secret])
    assert not [each for each in pieces(twice) if each in shown], shown


@pytest.mark.parametrize("secret", ["S3CRET", "p w", "+", "a&b", "ä€𝄞", "%41", "\\n", "x"])
def test_a_short_secret_is_hidden_as_a_whole(secret: str) -> None:
    for spelling in (secret, quote(secret, safe=""), quote(quote(secret, safe="")), html.escape(secret)):
        assert hide(f"({spelling})", [secret]) == "([secure])"


def test_a_short_secret_is_no_word_of_another_case() -> None:
    assert hide("A test of a t e s t: TEST", ["test"]) == "A [secure] of a t e s t: TEST"


@pytest.mark.parametrize("position", range(2960, 3010, 3))
def test_a_secret_at_the_end_of_what_is_examined_leaks_no_beginning(position: int) -> None:
    # What is hidden before it makes room, so that the end of what is examined is shown.
    key = f"-----BEGIN KEY-----{'x' * (position - 40)}-----END KEY-----"
    text = f"{key.ljust(position)}{SECRET}{'y' * 5000}"
    shown = safe_text(text, secrets=[SECRET])
    assert "CAIS" not in shown
    assert "key" not in shown
    assert safe_text(f"{SECRET} " * 500, secrets=[SECRET]).replace("[secure]", "").strip(" .secur[") == ""


def test_a_text_around_secrets_stays() -> None:
    other = "LTAI5tMadeUpIdentifier"
    assert (
        hide(f"a%20b {SECRET}{other}\n\\u00e9 {other} &amp;", [SECRET, other])
        == "a%20b [secure]\n\\u00e9 [secure] &amp;"
    )


@given(st.text(), st.lists(st.text(min_size=1)))
def test_any_text_and_any_secret_can_be_searched(text: str, known: list[str]) -> None:
    assert len(safe_text(text, secrets=known)) <= TEXT_LIMIT
    hidden = hide(text, known)
    assert not [each for each in known if each in hidden and each not in "[secure]"]
