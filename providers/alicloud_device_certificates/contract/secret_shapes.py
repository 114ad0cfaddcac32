"""What looks like a secret although it is not known: by its own shape, or by the name before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# What gateways echo when they reject a signature: their string to sign and canonical request, headers included.
_ECHO: Final = re.compile(r"(?:server\s+)?(?:string[\s_-]*to[\s_-]*sign|canonical[\s_-]*request)\b", re.IGNORECASE)

_BASE64 = r"[A-Za-z0-9+/_-]"
_SEPARATOR = r"(?:\[\w{0,20}\])?(?:\\*[\"'])?\s*(?:=>|[=:>])\s*"
# Whatever a pair of quotes, brackets or XML tags encloses; without its end if the text is cut.
_ENCLOSED = (
    r"\"(?:\\.|[^\"\\])*+\"?|'(?:\\.|[^'\\])*+'?|(?P<quote>\\+[\"'])(?:(?!(?P=quote)).)*+"
    r"|\[[^\]]*+\]?|\{[^}]*+\}?|(?<=>)[^<]++"
)
_NAME = (
    r"(?:signature|credential|token|secret|passw(?:or)?d|passphrase|pwd"
    r"|(?:(?:api|private|auth)[ _-]?|access[_-]?)key(?![ _-]?id))[\w-]{0,40}(?: (?:access )?(?:key|token|value))?"
)
_BETWEEN = r"(?:\s+(?:is|was|value)\b)?"
# After a name alone, what may be any word is a secret only if no word of English looks like it.
_NO_WORD = r"(?=[^\s,;\"'<>()\[\]]*?[0-9+=])[^\s,;\"'<>()\[\]]{6,}|[^\s,;\"'<>()\[\].:]{20,}"

# Each has the secret as its group, in a lookahead if the secret could begin with another name.
_SHAPES: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"(?P<secret>-----\s?BEGIN.*?(?:-----\s?END[^-]*+-*|\Z))",
        r"(?<=//)(?P<secret>[^/\s]*)@",
        # The value of such a header may be two words; a scheme's credentials are hidden without its name too.
        rf"authorization{_SEPARATOR}(?=(?P<secret>{_ENCLOSED}|\S+(?:\s+\S+)?))",
        rf"cookie[2s]?{_SEPARATOR}(?=(?P<secret>{_ENCLOSED}|[^\r\n]+))",
        r"cookie2?\s+[\"'(]?(?P<secret>[^\s=;]+=[^\r\n]+)",
        r"\b(?:basic|bearer|digest|negotiate|ntlm|ACS3-HMAC-\w+)\s+"
        r"(?!(?:auth\w*|access|realm|scheme|token|constraints)\b)(?P<secret>[^\s,;\"'<>]{6,})",
        rf"\b(?:basic|bearer)\s*[:=]\s*(?P<secret>{_NO_WORD})",
        rf"{_NAME}{_BETWEEN}{_SEPARATOR}(?=(?P<secret>{_ENCLOSED}|[^\s,;&\"']+))",
        # A password may be several words.
        rf"passw(?:or)?d{_BETWEEN}{_SEPARATOR}(?=(?P<secret>{_ENCLOSED}|[^\r\n,;&\"']+))",
        rf"{_NAME}{_BETWEEN}[\s(\[\"'`{{<]{{1,4}}(?=(?P<secret>{_NO_WORD}))",
        r"\b(?P<secret>[0-9a-f]{64})\b",
        # A private key in DER: a sequence whose first part is the version 0 or 1.
        r"\b(?P<secret>30[: ]?(?:[0-7]\w|81[: ]?\w\w|82[: ]?\w\w[: ]?\w\w)"
        r"[: ]?02[: ]?01[: ]?0[01](?:[: ]?[0-9a-f]{2}){10,})",
    )
) + tuple(
    re.compile(pattern)
    for pattern in (
        # A private key in DER, and a token whose JSON or Protobuf begins like that of all others.
        rf"(?<![A-Za-z0-9+/])(?P<secret>M(?:I[GHI]|H[cQ]|C4|Ec)(?=(?:\s*+{_BASE64}){{57}}){_BASE64}{{13,}}+"
        rf"(?:\s++{_BASE64}{{16,}}+)*+(?:\s++(?![a-z]+\b){_BASE64}+)?=*)",
        r"(?<![A-Za-z0-9+/])(?P<secret>(?:eyJ|CAIS)[\w+/=-]{13,}+(?:\.[\w+/=-]*+)*+)",
    )
)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where something in a text looks like a secret."""
    for shape in _SHAPES:
        for found in shape.finditer(text):
            if found["secret"]:
                yield found.span("secret")


def echo_start(text: str) -> int:
    """Return where a text begins to echo the signed request; the end of the text if it does not."""
    found = _ECHO.search(text)
    return found.start() if found else len(text)
