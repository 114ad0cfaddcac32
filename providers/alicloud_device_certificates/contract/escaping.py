"""A text without escapes (URL, JSON, shell, XML) and tags, with the position of each character in the original."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_ROUNDS = 4  # how often a text can be escaped
_ESCAPE = re.compile(
    r"%(?P<percent>[0-9A-Fa-f]{2})"
    r"|\\(?:u(?P<u>[0-9A-Fa-f]{4})|x(?P<x>[0-9A-Fa-f]{2})|(?P<octal>[0-3][0-7]{2})|(?P<letter>.))"
    r"|&(?:#[0-9]{1,9}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z]{2,12});?",
    re.DOTALL,
)
_TAG = re.compile(r"<[/!?]?[A-Za-z-][^<>]{0,200}>|\x1b\[[0-9;?]*[ -/]*[@-~]")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class View:
    """A text in another form; character ``i`` of it stands at ``starts[i]`` to ``ends[i]`` in the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of this form, which is not empty, stands in the original."""
        return self.starts[start], self.ends[end - 1]


def view(text: str) -> View:
    """Return a text as a form of itself."""
    return View(text, range(len(text)), range(1, len(text) + 1))


def unescaped(text: str) -> str:
    """Return a text without escapes, also of one that is escaped several times."""
    if "\\\\" not in text:
        text = text.replace("\\n", "\n")  # nearly all that a PEM has
    for _ in range(_ROUNDS):
        if "%" not in text and "\\" not in text and "&" not in text:
            break
        before, text = text, _ESCAPE.sub(_meaning, text)
        if text == before:
            break
    return text


def unescaped_view(text: str) -> View:
    """Return what ``unescaped`` returns, with positions."""
    seen = view(text)
    for _ in range(_ROUNDS):
        after = _replaced(seen, _ESCAPE, _meaning)
        if after.text == seen.text:
            break
        seen = after
    return seen


def untagged(text: str) -> str:
    """Return a text without the tags of XML and HTML, and without the colours of a terminal."""
    return _TAG.sub("", text) if "<" in text or "\x1b" in text else text


def untagged_view(text: str) -> View:
    """Return what ``untagged`` returns for an unescaped text, with positions."""
    return _replaced(unescaped_view(text), _TAG, lambda _: "")


def _replaced(seen: View, pattern: re.Pattern[str], meaning_of: Callable[[re.Match[str]], str]) -> View:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for found in pattern.finditer(seen.text):
        meaning = meaning_of(found)
        begin, end = found.span()
        parts += (seen.text[last:begin], meaning)
        starts += seen.starts[last:begin]
        ends += seen.ends[last:begin]
        starts += [seen.starts[begin]] * len(meaning)
        ends += [seen.ends[end - 1]] * len(meaning)
        last = end
    parts.append(seen.text[last:])
    starts += seen.starts[last:]
    ends += seen.ends[last:]
    return View("".join(parts), starts, ends)


def _meaning(found: re.Match[str]) -> str:
    code = found["percent"] or found["u"] or found["x"]
    if code:
        return chr(int(code, 16))
    if found["octal"]:
        return chr(int(found["octal"], 8))
    if letter := found["letter"]:
        return _LETTERS.get(letter, letter)
    import html  # its table of names takes a millisecond

    return html.unescape(found[0])
