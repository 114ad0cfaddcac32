"""Serve the emulator over HTTP, with uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from alicloud_device_certificates.emulator.errors import ServerError
from alicloud_device_certificates.emulator.http.app import Emulator, emulator_headers


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 chooses a free port. Raise ServerError."""
    if not 0 <= port <= 65535:
        raise ServerError(f"{host}:{port}: invalid port (0 to 65535)")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        # Not its own text, which repeats the address.
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise ServerError(f"{host}:{port}: {reason}") from None


def address_of(listening: socket.socket) -> str:
    """Return the URL of a listening socket, such as ``http://127.0.0.1:40123``."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: Emulator, listening: socket.socket, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. Call ``ready`` with the URL as soon as connections are accepted."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        loop="asyncio",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",  # log nothing: a request line can hold a signature
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=3,
    )
    _Server(config, ready=lambda: ready(address_of(listening))).run(sockets=[listening])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, *, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(_report)
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Exit with 0: uvicorn would raise the signal again.
        self.should_exit = True


def _report(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report a failure outside of any request in one line, without its text, which can hold what a client has sent."""
    error = context.get("exception")
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.write(f"device-certificates: {context.get('message')}: {type(error).__name__}\n")
            sys.stderr.flush()


class _Protocol(H11Protocol):
    def send_400_response(self, msg: str) -> None:
        """Send the emulator's headers with this response too, which the protocol sends and not the application."""
        headers = [*emulator_headers(), (b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=msg.encode("ascii", "replace")),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
