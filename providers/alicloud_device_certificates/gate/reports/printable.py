"""Texts from outside, as they may be shown to people: on one line, with nothing in it that a display would obey."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Write what is not printable as an escape: ESC as ``\x1b``, a newline as ``\n``, a lone surrogate as ``\ud800``.

    So no control sequence reaches a terminal, no line is broken, the order of writing is not turned around, and nothing
    is lost. The result can be encoded, and holds only characters that XML allows.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def clipped(text: str, longest: int) -> str:
    """Cut a text to at most so many characters; that it was cut shows at its end."""
    return text if len(text) <= longest else f"{text[: longest - 1]}\u2026"
