"""The request and the response of one exchange, whatever sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""The statuses of a redirect. None is followed, so its body is not read."""

PARTS_LIMIT: Final = 20_000
"""Maximum chunks and interim responses of a response. More would keep all other calls waiting."""

_PORTS: Final = {"https": ":443", "http": ":80"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it is sent. It may hold a signature and a token, so its ``repr`` shows neither."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """By name in lower case. ``host`` is among them if the request is signed."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """A response whose body is read."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By name in lower case."""
    body: bytes = field(repr=False)
    """May hold a private key. More than the operation's limit if the rest was not read."""

    @property
    def request_id(self) -> str | None:
        """The request ID in the gateway's header, if any: whatever a server sends there."""
        return self.headers.get("x-acs-request-id") or None


@lru_cache(maxsize=64)
def host_header(base_url: str) -> str:
    """Return the value of ``Host`` for a URL's first part: without the port that its scheme implies."""
    parts = urlsplit(base_url)
    return parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, ""))
