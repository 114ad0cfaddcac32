"""The escapes of JSON, shells, URLs and XML in a body, undone. None of their characters is part of PEM or base64."""

from __future__ import annotations

import re

_ROUNDS = 4  # how often a text can be escaped

_BACKSLASHES = re.compile(r"\\{2,}")
_BACKSLASH = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([nrt])|)")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,12});")
_LETTERS = {"n": "\n", "r": "\n", "t": " "}


def unescaped(text: str) -> str:
    """Return a text without escapes, however often it is escaped; a backslash without a meaning is dropped."""
    for _ in range(_ROUNDS):
        before = text
        if "\\" in text:
            text = _BACKSLASH.sub(_meaning, _BACKSLASHES.sub(r"\\", text))
        if "%" in text:
            text = _PERCENT.sub(lambda match: chr(int(match[1], 16)), text)
        if "&" in text and _ENTITY.search(text):
            import html  # its table of names takes a millisecond

            text = html.unescape(text)
        if text == before:
            break
    return text


def _meaning(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _LETTERS.get(match[3] or "", "")
