"""The root of all errors whose text is written for people."""

from __future__ import annotations


class UserFacingError(Exception):
    """An error whose text is one line, free of secrets, that may be shown as it is.

    The text of any other exception stays hidden: it might quote a key or a token.
    """
