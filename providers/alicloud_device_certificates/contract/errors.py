"""The root of all errors whose text is written for people."""

from __future__ import annotations

from typing import ClassVar


class UserFacingError(Exception):
    """An error whose text is one line, free of secrets, that may be shown as it is.

    The text of any other exception stays hidden: it might quote a key or a token.
    """

    fix: ClassVar[str] = ""
    """What to do about errors of this class, in one or two sentences, as docs/errors.md shows it."""
