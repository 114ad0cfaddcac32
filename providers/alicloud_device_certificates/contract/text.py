"""Text from outside, made safe to show: one printable line of limited length, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

TEXT_LIMIT: Final = 300
"""The maximum number of characters that are kept of a text from outside."""

ERROR_LIMIT: Final = 1000
"""The maximum number of characters of a whole error."""

_EXAMINED: Final = 10 * TEXT_LIMIT
_HIDDEN = "[secure]"
# What a gateway echoes when it rejects a signature: its string to sign and canonical request, headers included.
_ECHO = re.compile(r"(?:server\s+)?(?:string\s*to\s*sign|canonical\s*request)\b.*", re.IGNORECASE | re.DOTALL)
_PEM = re.compile(r"-----BEGIN.*?(?:-----END[^-]*-----|\Z)", re.DOTALL)
_USER_INFO = re.compile(r"(?<=//)[^/\s]*@")
# The value of such a header may be two words; a scheme's credentials are hidden without the header's name too.
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization)[\"']?\s*[=:]\s*[\"']?\S+(?:\s+\S+)?")
_SCHEME = re.compile(
    r"(?i)\b(basic|bearer|digest|negotiate|ntlm|ACS3-HMAC-\w+)\s+"
    r"(?!(?:auth\w*|access|realm|scheme|token|constraints)\b)[^\s,;\"'<>]{6,}"
)
_NAMED = re.compile(
    r"(?i)(?<![\w-])([\w-]{0,40}?(?:signature|credential|token|secret|password|passwd)[\w-]{0,40})[\"']?\s*[=:]\s*[\"']?[^\s,;&\"']+"
)
# Most request IDs and codes. No pattern here finds anything in such a text, and there are several in each response.
_PLAIN = re.compile(r"[A-Za-z0-9._-]{0,63}")
_HASH = re.compile(r"(?i)\b[0-9a-f]{64}\b")
# What a CI system takes for a command in a log: `##[error]` and `##vso[` anywhere, `::error::` at the start of a line,
# which is anywhere in a text that a table wraps.
_COMMAND = re.compile(
    r"\A::|::(?=(?:error|warning|notice|debug|echo|(?:end)?group|stop-commands|save-state"
    r"|(?:set|add|remove)-[a-z]+)\b)|##(?=\w*\[)",
    re.IGNORECASE,
)


def one_line(text: str, *, limit: int | None = None) -> str:
    """Return the text with each run of white space and unprintable characters as one space, and no command of a CI.

    A text longer than ``limit`` characters is cut and ends in ``...``.
    """
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    line = inert(" ".join(text.split()))
    return line if limit is None or len(line) <= limit else f"{line[: limit - 3]}..."


def printable(text: str) -> str:
    r"""Escape what is not printable: ESC becomes ``\x1b``, a newline ``\n``, a lone surrogate ``\ud800``.

    So no control sequence reaches a terminal, no line is broken, the writing direction stays, and nothing is lost. The
    result can be encoded and contains only characters that XML allows.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def truncated(text: str, limit: int) -> str:
    """Cut a text to a maximum number of characters; a cut text ends in an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}\u2026"


def inert(line: str) -> str:
    """Return a line of a log in which no CI system finds a command."""
    return _COMMAND.sub(lambda found: " ".join(found[0]), line)


def hide(text: str, secrets: Iterable[str | None]) -> str:
    """Return the text with each of these values replaced by ``[secure]``, also where it is percent-encoded."""
    for secret in secrets:
        for spelling in _spellings(secret) if secret else ():
            text = text.replace(spelling, _HIDDEN)
    return text


@lru_cache(maxsize=16)
def _spellings(secret: str) -> tuple[str, ...]:
    quoted = (quote(secret, errors="replace"), quote(secret, safe="", errors="replace"))
    return tuple(dict.fromkeys((secret, *quoted, quote_plus(secret, errors="replace"))))


def safe_text(text: str, *, secrets: Iterable[str | None] = ()) -> str:
    """Return a service's text as it may be shown: one line, at most ``TEXT_LIMIT`` characters, nothing secret.

    ``secrets`` are the values of this request (key ID, secret, token). They are hidden wherever they occur, and so is
    anything that looks like a signature, a private key or an echo of the signed request.
    """
    text = hide(text, secrets)
    if _PLAIN.fullmatch(text):
        return text
    # Cut first: what would remain of a longer text is cut below anyway, and patterns take their time.
    text = _ECHO.sub("", _PEM.sub(_HIDDEN, text[:_EXAMINED]))
    text = _USER_INFO.sub(f"{_HIDDEN}@", text)
    for pattern in (_HEADER, _SCHEME, _NAMED):
        text = pattern.sub(rf"\1 {_HIDDEN}", text)
    return one_line(_HASH.sub(_HIDDEN, text), limit=TEXT_LIMIT)
