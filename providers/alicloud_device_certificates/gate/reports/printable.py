"""Text from outside, made safe to print: one line, without control characters."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Escape what is not printable: ESC becomes ``\x1b``, a newline ``\n``, a lone surrogate ``\ud800``.

    So no control sequence reaches a terminal, no line is broken, the writing direction stays, and nothing is lost. The
    result can be encoded and contains only characters that XML allows.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def truncated(text: str, limit: int) -> str:
    """Cut a text to a maximum number of characters; a cut text ends in an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}\u2026"
