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
"""Each piece of a text contains a whole one of its blocks of so many characters: few look-ups exclude all pieces."""
_BLOCKS: Final = re.compile(f".{{{_SEED}}}", re.DOTALL)
_LONG: Final = 512
"""Characters from which on a text with escapes is examined only without them. It is examined for each response."""
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


def hide(text: str, secrets: Iterable[str | None], *, variety: int = 1) -> str:
    """Return the text with each of these values replaced by ``[secure]``, however it is spelled, broken or cut.

    A piece of a value with fewer different characters than ``variety`` is left alone: zeros are ``AAAA`` in base64.
    """
    return hider(secrets, variety=variety)(text)


def hider(secrets: Iterable[str | None], *, variety: int = 1) -> Callable[[str], str]:
    """Return the function that ``hide`` is for these values, for many texts."""
    known = tuple(filter(None, secrets))
    if not known:
        return lambda text: text
    wanted = _wanted(known, variety)

    def hide_in(text: str) -> str:
        spans = _spans(text, wanted)
        return without_spans(text, spans, end=len(text)) if spans else text

    return hide_in


def spans_of(text: str, secrets: Iterable[str | None]) -> list[Span]:
    """Return where these values, or pieces of them, are in a text, in any order."""
    known = tuple(filter(None, secrets))
    return _spans(text, _wanted(known, 1)) if known else []


def _spans(text: str, wanted: _Wanted) -> list[Span]:
    if len(text) < _PIECE and not wanted.whole:
        return []
    plain = unescaped(text)
    if plain == text:
        return _found(text, text, view, wanted)
    # An escaped certificate is long, and has no escapes of which a secret could be a part.
    spans = _found(text, text, view, wanted) if len(text) <= _LONG else []
    return spans + _found(text, plain, unescaped_view, wanted)


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
    compact = _compact(form)
    has_pieces = not wanted.seeds.isdisjoint(_BLOCKS.findall(compact))
    if not whole and not has_pieces:
        return []
    seen = make_view(original)
    spans = [seen.span(at, at + len(value)) for value in whole for at in _positions(form, value)]
    if has_pieces:
        kept = [at for at, character in enumerate(form) if _is_compact(character)]
        spans += [
            seen.span(kept[at], kept[at + _PIECE - 1] + 1)
            for at in range(len(compact) - _PIECE + 1)
            if compact[at : at + _PIECE] in wanted.pieces
        ]
    return spans


def _positions(text: str, value: str) -> Iterator[int]:
    at = text.find(value)
    while at >= 0:
        yield at
        at = text.find(value, at + len(value))


def _is_compact(character: str) -> bool:
    return character.isprintable() and character != " "


def _compact(text: str) -> str:
    """Return a text without white space and what cannot be printed, in lower case, each character for itself."""
    text = "".join(text.split())
    if not text.isprintable():
        text = "".join(filter(_is_compact, text))
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


@lru_cache(maxsize=16)
def _wanted(secrets: tuple[str, ...], variety: int) -> _Wanted:
    whole: list[str] = []
    pieces: set[str] = set()
    for secret in secrets:
        for spelling in filter(None, _spellings(secret)):
            compact = _compact(spelling)
            found = {
                piece
                for at in range(len(compact) - _PIECE + 1)
                if len(set(piece := compact[at : at + _PIECE])) >= variety
            }
            pieces |= found
            if not found:
                whole.append(spelling)
    seeds = frozenset(piece[at : at + _SEED] for piece in pieces for at in range(_PIECE - _SEED + 1))
    return _Wanted(tuple(dict.fromkeys(whole)), frozenset(pieces), seeds)


def _spellings(secret: str) -> Iterator[str]:
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
