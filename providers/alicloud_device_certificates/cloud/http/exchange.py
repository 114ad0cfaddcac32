"""One exchange with a service over HTTP: sign, send, read what comes back within its bounds.

Over the network httpx takes proxies and certificate authorities from the environment (`HTTPS_PROXY`, `NO_PROXY`,
`SSL_CERT_FILE`). It does so only while it builds its transports itself, so none is ever handed to it for that; an
injected `transport` is for what does not touch the network: the emulator in process, and tests.
"""

from __future__ import annotations

import asyncio
import platform
import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import httpx

from alicloud_device_certificates.cloud.call import Call, Failed
from alicloud_device_certificates.cloud.credentials.credentials import Credentials
from alicloud_device_certificates.cloud.errors import (
    AnswerTooLargeError,
    CloudError,
    ConnectionFailedError,
    RedirectedError,
    SettingsError,
    UnreadableAnswerError,
)
from alicloud_device_certificates.cloud.http.signing import Acs3Auth
from alicloud_device_certificates.cloud.retry import Kind
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import DISTRIBUTION, version
from alicloud_device_certificates.contract.text import safe_text

ANSWER_LIMIT: Final = 1024 * 1024
"""Bytes of a decoded answer. Certificates with keys and chains take some 10 kB."""

CONNECTIONS: Final = 16
"""At 20 ms a call, 8 connections reach 360 calls/s and 16 reach 690: past the quota of 500. httpcore's pool looks
through its connections for each request, so more of them cost more than they bring."""


_NETWORK: Final = "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and alicloud:endpoints."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: HTTP status, headers, decoded body (at most `ANSWER_LIMIT` bytes; it may hold a private key)."""

    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str | None:
        """The request ID as the gateway's header has it."""
        return safe_text(self.headers.get("x-acs-request-id", "")) or None


class Exchange:
    """The pool of connections, and one exchange at a time on each. `transport` and `tls` as for `client.Client`."""

    def __init__(
        self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None, tls: ssl.SSLContext | None
    ) -> None:
        self._patience = settings.connect_timeout + settings.read_timeout
        # Waiting for a connection happens here and not in the pool, so that it counts against no time limit.
        self._slots = asyncio.Semaphore(CONNECTIONS)
        try:
            self._http = httpx.AsyncClient(
                transport=transport,
                verify=tls if tls is not None else True,
                limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
                timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout, pool=None),
                follow_redirects=False,
                headers={
                    "user-agent": f"{DISTRIBUTION}/{version()} Python/{platform.python_version()}",
                    "accept": "application/json",
                    "accept-encoding": "identity",
                },
            )
        except (ImportError, ValueError, OSError) as error:
            # httpx reads the environment here. Its own text may quote a proxy's password, so it is not shown.
            raise SettingsError(
                f"the proxy or the certificate authorities of the environment cannot be used ({type(error).__name__})",
                advice="Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY (http:// or https://, not socks), "
                "SSL_CERT_FILE and SSL_CERT_DIR.",
            ) from None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def ask(
        self,
        call: Call,
        credentials: Credentials,
        *,
        clock: Callable[[], float],
        nonce: Callable[[], str],
        left: Callable[[], float],
    ) -> Answer:
        """Sends the call once, signed when it leaves. `left` gives the seconds that the whole call still has.

        Raises `Failed` where no usable answer comes.
        """
        auth = Acs3Auth(
            credentials, action=call.operation.name, version=call.operation.version, clock=clock, nonce=nonce
        )
        async with self._slots:
            rest = max(0.0, left())
            limit = min(rest, self._patience)
            try:
                async with asyncio.timeout(limit):
                    request = self._http.build_request(call.operation.method, call.url)
                    response = await self._http.send(request, auth=auth, stream=True)
                    try:
                        return await _read(call, response)
                    finally:
                        await response.aclose()
            except TimeoutError:
                told = f"no complete answer within {limit:.1f} s"
                if rest < self._patience:
                    told += ", all that alicloud:maxRetryTimeout had left"
                late = call.error(ConnectionFailedError, told, advice=_NETWORK)
                raise Failed(late, Kind.TRANSIENT) from None
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:  # OSError: as it is, from in process
                raise _unanswered(call, error) from None


async def _read(call: Call, response: httpx.Response) -> Answer:
    """The answer, within its bounds. It is decoded here, since httpx has no limit for what a chunk unpacks to."""

    def refused(error: type[CloudError], message: str, advice: str = "") -> Failed:
        told = call.error(error, message, http_status=answer.status, request_id=answer.request_id, advice=advice)
        return Failed(told, Kind.PERMANENT)

    answer = Answer(status=response.status_code, headers=response.headers, body=b"")
    if 300 <= answer.status < 400:
        raise refused(
            RedirectedError,
            "the answer is a redirect, which is never followed",
            "Check alicloud:endpoints, alicloud:protocol and the proxy.",
        )
    if response.is_stream_consumed:  # a transport in process may hand over a body that is read and decoded
        decoded: bytes | None = response.content
    else:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > ANSWER_LIMIT:
                raise refused(AnswerTooLargeError, "the answer is larger than 1 MiB")
        decoded = _decoded(bytes(body), response.headers.get("content-encoding", "").strip().lower())
    if decoded is None:
        raise refused(UnreadableAnswerError, "the answer's content encoding is unknown or broken")
    if len(decoded) > ANSWER_LIMIT:
        raise refused(AnswerTooLargeError, "the answer is larger than 1 MiB once it is decoded")
    return replace(answer, body=decoded)


def _decoded(body: bytes, encoding: str) -> bytes | None:
    """The body without its content encoding, cut one byte past the limit; None where that cannot be done."""
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "deflate"}:
        return None
    try:
        return zlib.decompressobj(wbits=32 + zlib.MAX_WBITS).decompress(body, ANSWER_LIMIT + 1)
    except zlib.error:
        return None


def _unanswered(call: Call, error: Exception) -> Failed:
    """A failure of the network. httpx's own text is used only where it cannot quote the request or the answer."""
    host = call.host
    kind, advice = Kind.TRANSIENT, _NETWORK
    match error:
        case httpx.ConnectTimeout():
            message = f"no connection to {host} within the connect timeout"
        case httpx.ConnectError() if "[SSL" in str(error):
            message, kind = f"no TLS connection to {host}: {safe_text(str(error))}", Kind.PERMANENT
            advice = "For a certificate authority of one's own set SSL_CERT_FILE; for plain HTTP alicloud:protocol."
        case httpx.ConnectError():
            message = f"no connection to {host}: {safe_text(str(error))}"
            advice = f"Check the region ({call.region}), the network, the proxy and alicloud:endpoints."
        case httpx.ProxyError():
            message = f"the proxy gives no connection to {host}: {safe_text(str(error))}"
        case httpx.TimeoutException():
            message = f"no answer from {host} within the read timeout"
        case httpx.NetworkError() | httpx.RemoteProtocolError() | OSError():
            message = f"the connection to {host} broke"
        case _:
            message, kind = f"no request to {host} is possible ({type(error).__name__})", Kind.PERMANENT
    return Failed(call.error(ConnectionFailedError, message, advice=advice), kind)
