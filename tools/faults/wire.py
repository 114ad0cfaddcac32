"""What can go wrong between a service and its client, as bytes on the connection."""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Final
from xml.sax.saxutils import escape

SLOW_S: Final = 0.2
BOMB_SIZE: Final = 200 * 1024 * 1024
_BUSY: Final = {"Code": "ServiceUnavailable", "Message": "try again", "RequestId": "r-fault"}


@dataclass(frozen=True, slots=True)
class Reply:
    """The right response to a request."""

    status: int
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body, read."""
        document: dict[str, Any] = json.loads(self.body)
        return document


def http(
    body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None, length: int | None = None
) -> bytes:
    """Return a response as it is sent; ``length`` is what it claims."""
    named = {"Date": formatdate(usegmt=True), "Content-Length": str(len(body) if length is None else length)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (named | dict(headers or {})).items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body


def _json(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    return http(json.dumps(document).encode(), status=status, headers=headers)


def right(reply: Reply) -> bytes:
    """Return the right response."""
    return http(reply.body, status=reply.status)


async def _reset(writer: asyncio.StreamWriter, _reply: Reply) -> None:
    writer.transport.abort()


async def _stall(writer: asyncio.StreamWriter, _reply: Reply) -> None:
    # Until the client gives up: nothing more is read from it meanwhile.
    await writer.wait_closed()


async def _slow_first_byte(writer: asyncio.StreamWriter, reply: Reply) -> None:
    await asyncio.sleep(SLOW_S)
    writer.write(right(reply))


async def _cut(writer: asyncio.StreamWriter, reply: Reply) -> None:
    writer.write(http(reply.body[: len(reply.body) // 2], length=len(reply.body)))
    writer.close()


async def _cut_without_length(writer: asyncio.StreamWriter, reply: Reply) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + reply.body[: len(reply.body) // 2])
    writer.close()


async def _one_too_many(writer: asyncio.StreamWriter, reply: Reply) -> None:
    writer.write(right(reply) * 2)


def _writes(make: Callable[[Reply], bytes]) -> Fault:
    async def fault(writer: asyncio.StreamWriter, reply: Reply) -> None:
        writer.write(make(reply))

    return fault


@functools.cache
def _bomb() -> bytes:
    return http(gzip.compress(bytes(BOMB_SIZE)), headers={"Content-Encoding": "gzip"})


def _xml(reply: Reply) -> bytes:
    def element(name: str, value: Any) -> str:  # noqa: ANN401 - whatever JSON has
        if isinstance(value, dict):
            text = "".join(element(*each) for each in value.items())
        else:
            text = escape(json.dumps(value) if isinstance(value, bool) else str(value))
        return f"<{name}>{text}</{name}>"

    return http(element("Response", reply.document).encode(), headers={"Content-Type": "text/xml"})


def _with_twice(reply: Reply) -> bytes:
    return http(b'{"Data": {}, "DeviceCertInfo": {}, ' + reply.body.lstrip()[1:])


Fault = Callable[[asyncio.StreamWriter, Reply], Awaitable[None]]

FAULTS: Final[Mapping[str, Fault]] = {
    "reset": _reset,
    "stall": _stall,
    "slow first byte": _slow_first_byte,
    "cut body": _cut,
    "cut body without length": _cut_without_length,
    "one response too many": _one_too_many,
    "503 in HTML": _writes(lambda _: http(b"<html>Service Unavailable</html>", status=503)),
    "500": _writes(lambda _: _json(_BUSY | {"Code": "InternalError"}, 500)),
    "throttled": _writes(lambda _: _json(_BUSY | {"Code": "Throttling.User"}, 400, {"x-acs-retry-after": "20"})),
    "wrong Date": _writes(
        lambda _: _json(_BUSY | {"Code": "InvalidTimeStamp.Expired"}, 400, {"Date": "Thu, 02 Jun 1994 02:35:03 GMT"})
    ),
    "duplicate nonce": _writes(lambda _: _json(_BUSY | {"Code": "SignatureNonceUsed"}, 400)),
    "gzip bomb": _writes(lambda _: _bomb()),
    "wrong type": _writes(lambda _: _json({"RequestId": "r-fault", "Data": [], "DeviceCertInfo": "none"})),
    "no object": _writes(lambda _: http(b"null")),
    "empty": _writes(lambda _: http(b"")),
    "duplicate name": _writes(_with_twice),
    "not UTF-8": _writes(lambda reply: http(reply.body.replace(b'"', b'"\xff', 1))),
    "XML": _writes(_xml),
    "XML error": _writes(lambda _: http(b"<Error><Code>ServiceUnavailable</Code></Error>", status=503)),
}
"""Every fault by its name. Three cost no attempt: ``slow first byte``, ``one response too many`` and ``XML``."""
