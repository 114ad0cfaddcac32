"""Requests to an ASGI application in this process: the embedded emulator. No byte of them is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.http.connection_failure import broken
from alicloud_device_certificates.cloud.http.messages import RawResponse, Request

Message = MutableMapping[str, Any]
AsgiApp = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class ViaAsgi:
    """An ASGI 3 application."""

    is_usable: Final = True

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def send(self, call: ApiCall, request: Request) -> RawResponse:
        """Return the application's response, as ``http1.Http1.send`` does.

        What the application raises is raised here, except an ``OSError``: that is a connection which it dropped.
        """
        status = 0
        headers: dict[str, str] = {}
        body = bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.update((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
            else:
                body.extend(message.get("body", b""))

        try:
            await self._app(_scope(request), receive, send)
        except OSError:
            raise broken(call) from None
        return RawResponse(status=status, headers=headers, body=bytes(body))

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""


def _scope(request: Request) -> Message:
    """Return the connection scope of a request (ASGI, HTTP 2.3)."""
    parts = urlsplit(request.url)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()],
        "client": None,
        "server": (parts.hostname, parts.port),
    }
