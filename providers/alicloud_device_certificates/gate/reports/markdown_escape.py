"""Texts from outside in Markdown, as GitHub and GitLab read it: nothing in them is live.

Words of plain letters and small numbers stay prose, and everything else is put into code spans. Within those neither
Markdown nor HTML is read, and no mention, reference, address or commit is looked for afterwards. Escaping would not do:
both systems look for mentions in what has been unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote

from alicloud_device_certificates.gate.reports.printable import clipped, printable

_LONGEST_PROSE = 600
_LONGEST_CODE = 120
# Hex digits alone could name a commit, and a number with a full stop begin a list.
_PROSE = re.compile(r"(?![a-f]{7,}\b)\(?[A-Za-z]+(['-][A-Za-z]+)*\)?[,.;:]?|\d{1,6}[,;]?")
_WITHOUT_PUNCTUATION = re.compile(r"(\(?)(.*?[^,.;:)])([,.;:)]*)", re.DOTALL)
_BACKTICKS = re.compile("`+")


def prose(text: str) -> str:
    """Leave the plain words of a text as they are, and make code of the others, neighbours together."""
    words = clipped(printable(text), _LONGEST_PROSE).split()
    runs = groupby(words, key=lambda word: bool(_PROSE.fullmatch(word)))
    return " ".join(" ".join(run) if is_prose else _code_in_prose(" ".join(run)) for is_prose, run in runs)


def code(text: str) -> str:
    """Put a name or a value, or the beginning of a long one, into a code span."""
    return _code(clipped(printable(text), _LONGEST_CODE))


def row(cells: Iterable[str]) -> str:
    """Make a table's row, with its end of line. A pipe is escaped: it ends a cell even within code."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def comment(name: str, *values: str) -> str:
    """Make a comment, which is not shown: ``<!-- name: value/value -->``, the values percent-encoded."""
    # Two hyphens could end it.
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
