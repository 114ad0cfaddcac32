"""The one error of this package, and the one line that it keeps to."""

from __future__ import annotations

_LONGEST = 300


class CertificateError(ValueError):
    """A certificate or private key cannot be used: one line that says why, and holds nothing of the body or the key."""


def one_line(text: str) -> str:
    """Bring a text that others wrote onto one printable line of bounded length."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
