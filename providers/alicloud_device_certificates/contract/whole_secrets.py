"""Values that must not be kept, found in the data of a response: only as a whole, however it is spelled.

A piece of one may be there by right: keys that people made up share words with the names of their devices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from alicloud_device_certificates.contract.escaping import View, unescaped, unescaped_view, view
from alicloud_device_certificates.contract.known_secrets import (
    Span,
    compact,
    positions,
    spans_in,
    spellings,
    without_spans,
)

SHORTEST: Final = 16
"""Characters of the shortest value that is looked for: a shorter one is none of a real account, and could be a word."""

_LONG: Final = 512
"""Characters from which on a text with escaped line breaks is a certificate, which is examined only without them."""


def whole_hider(secrets: Iterable[str | None]) -> Callable[[str], str]:
    """Return a function that replaces each of these values in a text by ``[secure]``."""
    wanted = _forms(tuple(secret for secret in secrets if secret and len(secret) >= SHORTEST))

    def hide(text: str) -> str:
        if len(text) < SHORTEST or not wanted:
            return text
        plain = unescaped(text)
        is_certificate = len(text) >= _LONG and "%" not in text and "&" not in text
        spans = [] if is_certificate and plain != text else _spans(text, text, view, wanted)
        if plain != text:
            spans += _spans(text, plain, unescaped_view, wanted)
        return without_spans(text, spans, end=len(text)) if spans else text

    return hide


def _spans(original: str, form: str, make_view: Callable[[str], View], wanted: tuple[str, ...]) -> list[Span]:
    dense = compact(form)
    found = [value for value in wanted if value in dense]
    if not found:
        return []
    places = ((at, len(value)) for value in found for at in positions(dense, value))
    return spans_in(make_view(original), form, compact, places)


@lru_cache(maxsize=16)
def _forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    forms = dict.fromkeys(compact(spelling) for secret in secrets for spelling in spellings(secret))
    return tuple(form for form in forms if len(form) >= SHORTEST)
