"""HTTP/1.1 straight to a service: h11 on a connection of asyncio.

It takes a quarter of the time of a client of httpx. And it sees each byte that arrives: one that arrives before a
request, or is left over after a response, spoils the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from ipaddress import ip_address
from typing import Any, Final, cast
from urllib.parse import urlsplit

import h11

from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.http.connection_failure import (
    broken,
    connection_failure,
    no_connection_in_time,
    unsendable,
)
from alicloud_device_certificates.cloud.http.early import early_wait
from alicloud_device_certificates.cloud.http.messages import PARTS_LIMIT, REDIRECTS, RawResponse, Request

_HEAD_LIMIT: Final = 64 * 1024
"""Maximum bytes of a response's head, and of a chunk's."""
_GOODBYE: Final = 1.0
"""Seconds that a server has for the end of TLS, after the last response was read."""
_NEXT_ADDRESS: Final = 0.25
"""Seconds until the next address of the host is tried beside the first one, as RFC 8305 recommends."""


class Http1(asyncio.Protocol):
    """One connection, opened for its first request. It has one request at a time.

    It is one of TLS if there is a context ``tls``. ``timeout`` limits the seconds until it is open, TLS included.
    """

    def __init__(self, *, tls: ssl.SSLContext | None, timeout: float) -> None:
        self._tls = tls
        self._timeout = timeout
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)
        self._transport: asyncio.Transport | None = None
        self._response: asyncio.Future[RawResponse] | None = None
        self._head: h11.Response | None = None
        self._body = bytearray()
        self._limit = 0
        self._parts = 0
        self.is_usable = True
        """Whether another request may be sent: nothing but responses has arrived, and neither side has closed."""

    async def send(self, call: ApiCall, request: Request) -> RawResponse:
        """Send a request and return its response. The call names what errors are about.

        A response of more bytes than the operation's limit, and one that is a redirect, is not read further. Raise
        ``AttemptFailed``.
        """
        transport = self._transport or await self._connect(call)
        if not self.is_usable:
            raise broken(call)
        self._response = asyncio.get_running_loop().create_future()
        self._head = None
        self._body = bytearray()
        self._limit = call.operation.response_limit
        self._parts = 0
        self.is_usable = False
        try:
            transport.write(self._encoded(request))
            return await self._response
        except h11.LocalProtocolError as error:
            raise unsendable(call, error) from None
        except (h11.RemoteProtocolError, OSError):
            raise broken(call) from None
        finally:
            self._response = None

    async def _connect(self, call: ApiCall) -> asyncio.Transport:
        """Connect to the host of a call, and wait for what the service sends before there is a request.

        That cannot be the response, so the connection is not usable then.
        """
        parts = urlsplit(call.url)
        host, tls = parts.hostname or "", self._tls
        port = parts.port or (443 if tls else 80)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._timeout):
                transport, _ = await loop.create_connection(
                    lambda: self,
                    **await _destination(host, port),
                    ssl=tls,
                    server_hostname=host if tls else None,
                    ssl_shutdown_timeout=_GOODBYE if tls else None,
                )
        except TimeoutError:
            raise no_connection_in_time(call) from None
        except (OSError, UnicodeError) as error:  # UnicodeError: a host name that is too long to be one
            raise connection_failure(call, error) from None
        await asyncio.sleep(early_wait(loop.time() - began))
        return transport

    async def aclose(self) -> None:
        """Close the connection; at once if a response is not complete."""
        if self._transport is not None:
            if self.is_usable:
                self._transport.close()
            else:
                self._transport.abort()
        self.is_usable = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See ``asyncio.Protocol``."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See ``asyncio.Protocol``."""
        if self._response is None or self._response.done():
            self.is_usable = False
            return
        try:
            self._http.receive_data(data)
            self._advance(self._response)
        except h11.RemoteProtocolError as error:
            self._response.set_exception(error)

    def eof_received(self) -> None:
        """See ``asyncio.Protocol``. The body of a response may end with the connection."""
        self.is_usable = False
        if self._response is not None and not self._response.done():
            self.data_received(b"")

    def connection_lost(self, error: Exception | None) -> None:
        """See ``asyncio.Protocol``."""
        self.is_usable = False
        if self._response is not None and not self._response.done():
            self._response.set_exception(error if isinstance(error, OSError) else ConnectionResetError())

    def _encoded(self, request: Request) -> bytes:
        target = request.url.partition("://")[2].partition("/")[2]
        length = {"content-length": str(len(request.body))} if request.body or request.method != "GET" else {}
        headers = [(name.encode(), value.encode()) for name, value in {**request.headers, **length}.items()]
        http = self._http
        parts = [
            http.send(h11.Request(method=request.method, target=f"/{target}", headers=headers)),
            http.send(h11.Data(data=request.body)) if request.body else b"",
            http.send(h11.EndOfMessage()),
        ]
        return b"".join(part for part in parts if part)

    def _advance(self, response: asyncio.Future[RawResponse]) -> None:
        """Take what has arrived, and end the response when it is complete."""
        while self._parts < PARTS_LIMIT:
            self._parts += 1
            event = self._http.next_event()
            match event:
                case h11.Response():
                    self._head = event
                    if event.status_code in REDIRECTS:
                        return self._complete(response)
                case h11.Data():
                    self._body += event.data
                    if len(self._body) > self._limit:
                        return self._complete(response)
                case h11.EndOfMessage():
                    is_over = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
                    if is_over and self._http.trailing_data == (b"", False):
                        self._http.start_next_cycle()
                        self.is_usable = True
                    return self._complete(response)
                case h11.InformationalResponse():
                    continue
                case h11.NEED_DATA:
                    return None
                case _:  # the connection has ended, or has become something that nobody asked for
                    raise h11.RemoteProtocolError("no response")
        raise h11.RemoteProtocolError("a response of too many parts")

    def _complete(self, response: asyncio.Future[RawResponse]) -> None:
        if self._head is not None:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self._head.headers}
            response.set_result(RawResponse(status=self._head.status_code, headers=headers, body=bytes(self._body)))


async def _destination(host: str, port: int) -> dict[str, Any]:
    """Return the address to connect to or, if the host has several, a socket that is connected to one of them."""
    with contextlib.suppress(ValueError):
        return {"host": str(ip_address(host)), "port": port}  # an address needs no look-up, and so no thread
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if len(found) == 1:
        return {"host": found[0][4][0], "port": port}
    # Not asyncio's own race: if that is cancelled, it may leave a socket to the garbage collector.
    from aiohappyeyeballs import start_connection

    return {"sock": await start_connection(found, happy_eyeballs_delay=_NEXT_ADDRESS)}
