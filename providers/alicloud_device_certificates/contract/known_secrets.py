"""Values that must not be shown, found in a text however it spells them.

A text is compared in a form that has no escapes, no white space and no upper case, so one search finds most spellings;
base64 and hex are spellings of their own. What counts is each piece of a value, because gateways cut what they echo.
"""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from alicloud_device_certificates.contract.escaping import View, unescaped, unescaped_view, view

HIDDEN: Final = "[secure]"
"""What is shown instead of a secret."""

_PIECE: Final = 12
"""The number of characters from which on a part of a secret is hidden. Fewer occur by chance, and tell little."""
_SEED: Final = (_PIECE + 1) // 2
"""Each piece of a text contains a whole one of its blocks of this length: few look-ups exclude all pieces."""
_BLOCKS: Final = re.compile(f".{{{_SEED}}}", re.DOTALL)
_SHORTEST_ENCODED: Final = 6
"""Bytes of the shortest secret that is also looked for in base64 and hex."""
_CHARACTERS_OF_AN_ESCAPE: Final = 12
MARGIN: Final = _PIECE * _CHARACTERS_OF_AN_ESCAPE
"""Characters after the end of what is shown that decide whether a secret is cut there."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for in a text."""

    whole: tuple[str, ...]
    """Values that are too short to have pieces. They stand for themselves: in other cases they could be words."""
    pieces: frozenset[str]
    seeds: frozenset[str]


def hide(text: str, secrets: Iterable[str | None]) -> str:
    """Return the text with each of these values replaced by ``[secure]``, however it is spelled, broken or cut."""
    spans = spans_of(text, secrets)
    return without_spans(text, spans, end=len(text)) if spans else text


def spans_of(text: str, secrets: Iterable[str | None]) -> list[Span]:
    """Return where these values, or pieces of them, are in a text, in any order."""
    known = tuple(filter(None, secrets))
    if not known or not text:
        return []
    wanted = _wanted(known)
    spans = _found(text, text, view, wanted)
    plain = unescaped(text)
    if plain != text:
        spans += _found(text, plain, unescaped_view, wanted)
    return spans


def without_spans(text: str, spans: Iterable[Span], *, end: int) -> str:
    """Return the text up to ``end`` with each of these parts replaced by ``[secure]``, neighbours together."""
    parts: list[str] = []
    last, hidden_to = 0, -1
    for start, stop in sorted(spans):
        if start >= end:
            break
        if start > hidden_to:
            parts += (text[last:start], HIDDEN)
        hidden_to = last = max(last, stop)
    parts.append(text[last:end])
    return "".join(parts)


def _found(original: str, form: str, make_view: Callable[[str], View], wanted: _Wanted) -> list[Span]:
    """Return where in the original the values are that a form of it has."""
    whole = [value for value in wanted.whole if value in form]
    dense = compact(form)
    has_pieces = not wanted.seeds.isdisjoint(_BLOCKS.findall(dense))
    if not whole and not has_pieces:
        return []
    seen = make_view(original)
    spans = [seen.span(at, at + len(value)) for value in whole for at in positions(form, value)]
    if has_pieces:
        found = (at for at in range(len(dense) - _PIECE + 1) if dense[at : at + _PIECE] in wanted.pieces)
        spans += spans_in(seen, form, ((at, _PIECE) for at in found))
    return spans


def positions(text: str, value: str) -> Iterator[int]:
    """Yield where a value is in a text."""
    at = text.find(value)
    while at >= 0:
        yield at
        at = text.find(value, at + len(value))


def spans_in(seen: View, form: str, places: Iterable[tuple[int, int]]) -> list[Span]:
    """Return where parts of the compact form of ``form`` are in the original; each has its start and its length."""
    kept = [at for at, character in enumerate(form) if _is_compact(character)]
    return [seen.span(kept[at], kept[at + length - 1] + 1) for at, length in places]


def _is_compact(character: str) -> bool:
    return character.isprintable() and character != " "


def compact(text: str) -> str:
    """Return a text without white space and what cannot be printed, in lower case, each character for itself."""
    text = "".join(text.split())
    if not text.isprintable():
        text = "".join(filter(_is_compact, text))
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


@lru_cache(maxsize=16)
def _wanted(secrets: tuple[str, ...]) -> _Wanted:
    whole: list[str] = []
    pieces: set[str] = set()
    for secret in secrets:
        for spelling in filter(None, spellings(secret)):
            form = compact(spelling)
            pieces.update(form[at : at + _PIECE] for at in range(len(form) - _PIECE + 1))
            if len(form) < _PIECE:
                whole.append(spelling)
    seeds = frozenset(piece[at : at + _SEED] for piece in pieces for at in range(_PIECE - _SEED + 1))
    return _Wanted(tuple(dict.fromkeys(whole)), frozenset(pieces), seeds)


def spellings(secret: str) -> Iterator[str]:
    """Yield a value as it is, unescaped, as a form has it, in hex, and in base64 wherever that may begin."""
    yield secret
    yield unescaped(secret)
    data = secret.encode(errors="replace")
    yield data.decode("latin-1")  # a percent-encoded character of several bytes
    if len(data) < _SHORTEST_ENCODED:
        return
    # A form has a plus sign for each blank, and what decodes it a blank for each plus sign.
    yield from (secret.replace(" ", "+"), secret.replace("+", " "), data.hex())
    for before in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            encoded = encode(b"\0" * before + data).decode()
            # Without the characters that also depend on what is before and after the secret.
            yield encoded[(before * 8 + 5) // 6 : (before + len(data)) * 8 // 6]
