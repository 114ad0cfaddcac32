"""HTTP requests as they arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self
from urllib.parse import parse_qsl

import msgspec


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request."""

    method: str
    headers: Mapping[str, str]
    """Header values by lower-case name."""
    query: list[tuple[str, str]]
    """Decoded arguments of the query string."""
    form: list[tuple[str, str]]
    """Decoded arguments of a form body."""
    body: bytes

    __repr__ = object.__repr__  # it holds signatures and tokens

    @classmethod
    def parse(cls, *, method: str, headers: Mapping[str, str], query: bytes, body: bytes) -> Self:
        """Decode the arguments of a request. A body that is not a form has none."""
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        form = _decode(body) if media_type == "application/x-www-form-urlencoded" else []
        return cls(method=method, headers=headers, query=_decode(query), form=form, body=body)

    def arguments(self) -> dict[str, str]:
        """Return all arguments, of the query string and of a form body."""
        return dict(self.query + self.form)


def _decode(arguments: bytes) -> list[tuple[str, str]]:
    return parse_qsl(arguments.decode("latin-1"), keep_blank_values=True)
