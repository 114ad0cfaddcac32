"""Text from outside in Markdown for GitHub and GitLab, made inert.

Plain words and small numbers stay prose; anything else becomes a code span. Inside code spans, neither system reads
Markdown or HTML, and neither looks for mentions, references, addresses or commits. Escaping is not enough: both systems
look for mentions in unescaped text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote

from alicloud_device_certificates.contract.text import printable, truncated

_MAX_PROSE = 600
_MAX_CODE = 120
# Hex digits alone could name a commit, and a number with a full stop could start a list.
_PROSE = re.compile(r"(?![a-f]{7,}\b)\(?[A-Za-z]+(['-][A-Za-z]+)*\)?[,.;:]?|\d{1,6}[,;]?")
_WITHOUT_PUNCTUATION = re.compile(r"(\(?)(.*?[^,.;:)])([,.;:)]*)", re.DOTALL)
_BACKTICKS = re.compile("`+")


def prose(text: str) -> str:
    """Return a text with its plain words as they are and its other words in code spans, neighbours together."""
    words = truncated(printable(text), _MAX_PROSE).split()
    runs = groupby(words, key=lambda word: bool(_PROSE.fullmatch(word)))
    return " ".join(" ".join(run) if is_prose else _code_in_prose(" ".join(run)) for is_prose, run in runs)


def code(text: str) -> str:
    """Return a name or a value, if necessary cut, as a code span."""
    return _code(truncated(printable(text), _MAX_CODE))


def row(cells: Iterable[str]) -> str:
    """Return a row of a table with its line end. Pipes are escaped: they end a cell even inside code."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def comment(name: str, *values: str) -> str:
    """Return a hidden comment: ``<!-- name: value/value -->``, with percent-encoded values."""
    # Two hyphens could end the comment.
    encoded = (quote(printable(value), safe="").replace("--", "%2D%2D") for value in values)
    return f"<!-- {name}: {'/'.join(encoded)} -->"


def _code_in_prose(text: str) -> str:
    found = _WITHOUT_PUNCTUATION.fullmatch(text)
    before, inner, after = found.groups() if found else ("", text, "")
    return f"{before}{_code(inner)}{after}"


def _code(text: str) -> str:
    text = text.strip() or "(empty)"
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence, padding = "`" * (longest + 1), " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{padding}{text}{padding}{fence}"
