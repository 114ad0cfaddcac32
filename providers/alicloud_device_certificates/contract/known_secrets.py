"""Values that must not be shown, found in a text however it spells them.

A text is compared in two forms without escapes and upper case: one has no white space, one only letters and digits. So
one search finds most spellings; hex, base32 and base64 are spellings of their own. What counts is each piece of a
value, because gateways cut what they echo.
"""

from __future__ import annotations

import re
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import lcm
from typing import Final
from unicodedata import normalize

from alicloud_device_certificates.contract.escaping import (
    View,
    unescaped,
    unescaped_view,
    untagged,
    untagged_view,
    view,
)

HIDDEN: Final = "[secure]"
"""What is shown instead of a secret."""

_PIECE: Final = 12
"""The number of characters from which on a part of a secret is hidden. Fewer occur by chance, and tell little."""
_SEED: Final = (_PIECE + 1) // 2
"""Each piece of a text contains a whole one of its blocks of this length: few look-ups exclude all pieces."""
_BLOCKS: Final = re.compile(f".{{{_SEED}}}", re.DOTALL)
_LETTERS: Final = re.compile(r"[^\W_]+")
_SHORTEST_ENCODED: Final = 6
"""Bytes of the shortest secret that is also looked for in hex, base32 and base64."""
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
    bare = untagged(plain)
    if bare != plain:
        spans += _found(text, bare, untagged_view, wanted)
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
    spans = [make_view(original).span(at, at + len(value)) for value in whole for at in positions(form, value)]
    for densify in (compact, letters):
        dense = densify(form)
        if not wanted.seeds.isdisjoint(_BLOCKS.findall(dense)):
            found = (at for at in range(len(dense) - _PIECE + 1) if dense[at : at + _PIECE] in wanted.pieces)
            spans += spans_in(make_view(original), form, densify, ((at, _PIECE) for at in found))
    return spans


def positions(text: str, value: str) -> Iterator[int]:
    """Yield where a value is in a text."""
    at = text.find(value)
    while at >= 0:
        yield at
        at = text.find(value, at + len(value))


def spans_in(seen: View, form: str, densify: Callable[[str], str], places: Iterable[tuple[int, int]]) -> list[Span]:
    """Return where parts of the dense form of ``form`` are in the original; each has its start and its length."""
    kept = [at for at, character in enumerate(form) if densify(character)]
    return [seen.span(kept[at], kept[at + length - 1] + 1) for at, length in places]


def compact(text: str) -> str:
    """Return a text without white space and what cannot be printed, in lower case, each character for itself."""
    text = "".join(text.split())
    if not text.isprintable():
        text = "".join(each for each in text if each.isprintable() and each != " ")
    return text.lower() if text.isascii() else "".join(map(_plain, text))


def letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case, each for itself."""
    return "".join(_LETTERS.findall(text.lower() if text.isascii() else "".join(map(_plain, text))))


def _plain(character: str) -> str:
    """Return a character in lower case, and not in full width, if that is one too."""
    plain = normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character


@lru_cache(maxsize=16)
def _wanted(secrets: tuple[str, ...]) -> _Wanted:
    spelled = dict.fromkeys(spelling for secret in secrets for spelling in spellings(secret) if spelling)
    whole = tuple(spelling for spelling in spelled if len(compact(spelling)) < _PIECE)
    forms = {densify(spelling) for spelling in spelled for densify in (compact, letters)}
    pieces = frozenset(part for form in forms for part in _parts(form, _PIECE))
    return _Wanted(whole, pieces, frozenset(part for form in forms for part in _parts(form, _SEED)))


def _parts(text: str, length: int) -> Iterator[str]:
    return (text[at : at + length] for at in range(len(text) - length + 1))


def spellings(secret: str) -> Iterator[str]:
    """Yield a value as it is, unescaped, as a form has it, in hex, and in base32 and base64 wherever that may begin."""
    yield secret
    yield unescaped(secret)
    data = secret.encode(errors="replace")
    yield data.decode("latin-1")  # a percent-encoded character of several bytes
    if len(data) < _SHORTEST_ENCODED:
        return
    # A form has a plus sign for each blank, and what decodes it a blank for each plus sign.
    yield from (secret.replace(" ", "+"), secret.replace("+", " "), data.hex())
    yield from chain(_encoded(data, b64encode, 6), _encoded(data, urlsafe_b64encode, 6), _encoded(data, b32encode, 5))
    yield from _encoded(b64encode(data), b64encode, 6)


def _encoded(data: bytes, encode: Callable[[bytes], bytes], bits: int) -> Iterator[str]:
    """Yield data encoded, ``bits`` a character, for each place in a group of bytes at which it may begin."""
    for before in range(lcm(8, bits) // 8):
        encoded = encode(b"\0" * before + data).decode()
        # Without the characters that also depend on what is before and after the data.
        yield encoded[(before * 8 + bits - 1) // bits : (before + len(data)) * 8 // bits]
