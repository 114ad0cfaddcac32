"""Text from outside, made safe to show: one printable line of limited length, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

TEXT_LIMIT: Final = 300
"""The maximum number of characters that are kept of a text from outside."""

_HIDDEN = "[secure]"
# What a gateway echoes when it rejects a signature: its string to sign and canonical request, headers included.
_ECHO = re.compile(r"(?:server\s+)?(?:string\s*to\s*sign|canonical\s*request)\b.*", re.IGNORECASE | re.DOTALL)
_PEM = re.compile(r"-----BEGIN.*?(?:-----END[^-]*-----|\Z)", re.DOTALL)
_SIGNATURE = re.compile(
    r"(?i)\b(signature|authorization|credential|security-?token)\s*[=:]\s*[^\s,;&]+|\b[0-9a-f]{64}\b"
)


def one_line(text: str, *, limit: int | None = None) -> str:
    """Return the text with each run of white space and unprintable characters as one space.

    A text longer than ``limit`` characters is cut and ends in ``...``.
    """
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if limit is None or len(line) <= limit else f"{line[: limit - 3]}..."


def hide(text: str, secrets: Iterable[str | None]) -> str:
    """Return the text with each of these values replaced by ``[secure]``."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, _HIDDEN)
    return text


def safe_text(text: str, *, secrets: Iterable[str | None] = ()) -> str:
    """Return a service's text as it may be shown: one line, at most ``TEXT_LIMIT`` characters, nothing secret.

    ``secrets`` are the values of this request (key ID, secret, token). They are hidden wherever they occur, and so is
    anything that looks like a signature, a private key or an echo of the signed request.
    """
    text = _ECHO.sub("", _PEM.sub(_HIDDEN, hide(text, secrets)))
    return one_line(_SIGNATURE.sub(_HIDDEN, text), limit=TEXT_LIMIT)
