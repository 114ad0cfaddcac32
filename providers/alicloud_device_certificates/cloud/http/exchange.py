"""One exchange with a service over HTTP: sign, send, and read the response within its limits.

Over the network, httpx takes proxies and certificate authorities from the environment (``HTTPS_PROXY``, ``NO_PROXY``,
``SSL_CERT_FILE``), but only if it builds its transports itself. So a ``transport`` is passed only if there is no
network: for the embedded emulator and for tests.
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

from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.credentials.credentials import Credentials
from alicloud_device_certificates.cloud.errors import (
    CloudError,
    ConnectionFailedError,
    RedirectedError,
    ResponseTooLargeError,
    SettingsError,
    UnreadableResponseError,
)
from alicloud_device_certificates.cloud.http.connection_failure import SLOW, connection_failure
from alicloud_device_certificates.cloud.http.signing import Acs3Auth
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import DISTRIBUTION, version
from alicloud_device_certificates.contract.http_environment import ADVICE, client_fault
from alicloud_device_certificates.contract.text import safe_text

RESPONSE_LIMIT: Final = 1024 * 1024
"""Maximum bytes of a decoded response. Certificates with keys and chains take about 10 kB."""

CONNECTIONS: Final = 16
"""Size of the connection pool.

At 20 ms a call, 8 connections reach 360 calls/s and 16 reach 690, which exceeds the quota of 500. httpcore's pool scans
its connections for each request, so more of them would cost more than they gain.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """An HTTP response whose body is read and decoded."""

    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)
    """At most ``RESPONSE_LIMIT`` bytes; may hold a private key."""

    @property
    def request_id(self) -> str | None:
        """The request ID in the gateway's header, if any."""
        return safe_text(self.headers.get("x-acs-request-id", "")) or None


class Exchange:
    """A pool of connections. ``transport`` and ``tls`` are as for ``client.Client``."""

    def __init__(
        self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None, tls: ssl.SSLContext | None
    ) -> None:
        agent = f"{DISTRIBUTION}/{version()} Python/{platform.python_version()}"
        self._timeout = settings.connect_timeout + settings.read_timeout
        # Requests wait for a connection here and not in the pool, so the wait counts against no timeout.
        self._slots = asyncio.Semaphore(CONNECTIONS)
        try:
            self._http = httpx.AsyncClient(
                transport=transport,
                verify=tls if tls is not None else True,
                limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
                timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout, pool=None),
                follow_redirects=False,
                headers={
                    "user-agent": agent,
                    "accept": "application/json",
                    "accept-encoding": "identity",
                },
            )
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
            raise SettingsError(client_fault(error), advice=ADVICE) from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(
        self,
        call: ApiCall,
        credentials: Credentials,
        *,
        clock: Callable[[], float],
        nonce: Callable[[], str],
        time_left: Callable[[], float],
    ) -> RawResponse:
        """Send the call once and return its response. ``time_left`` returns the seconds until the call's deadline.

        Raise ``AttemptFailed`` if no usable response arrives.
        """
        auth = Acs3Auth(
            credentials, action=call.operation.name, version=call.operation.version, clock=clock, nonce=nonce
        )
        async with self._slots:
            rest = max(0.0, time_left())
            limit = min(rest, self._timeout)
            try:
                async with asyncio.timeout(limit):
                    request = self._http.build_request(call.operation.method, call.url)
                    response = await self._http.send(request, auth=auth, stream=True)
                    try:
                        return await _read(call, response)
                    finally:
                        await response.aclose()
            except TimeoutError:
                limits = "alicloud:clientReadTimeout limits each attempt"
                if rest < self._timeout:
                    limits += f", and alicloud:maxRetryTimeout left {limit:.1f} s for this one"
                message = f"no complete response within {limit:.1f} s; {limits}"
                late = call.error(ConnectionFailedError, message, advice=SLOW)
                raise AttemptFailed(late, FailureClass.TRANSIENT) from None
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:  # OSError: from a transport in this process
                raise connection_failure(call, error) from None


async def _read(call: ApiCall, response: httpx.Response) -> RawResponse:
    """Read and decode the response. httpx does not limit the size that a chunk decodes to, so this does it."""

    def rejected(error_type: type[CloudError], message: str) -> AttemptFailed:
        error = call.error(
            error_type, message, http_status=raw.status, request_id=raw.request_id, advice=error_type.fix
        )
        return AttemptFailed(error, FailureClass.PERMANENT)

    raw = RawResponse(status=response.status_code, headers=response.headers, body=b"")
    if 300 <= raw.status < 400:
        raise rejected(RedirectedError, "the response is a redirect, which is never followed")
    if response.is_stream_consumed:  # a transport in this process may return a body that is already decoded
        decoded: bytes | None = response.content
    else:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > RESPONSE_LIMIT:
                raise rejected(ResponseTooLargeError, "the response is larger than 1 MiB")
        decoded = _decoded(bytes(body), response.headers.get("content-encoding", "").strip().lower())
    if decoded is None:
        raise rejected(UnreadableResponseError, "the response's content encoding is unknown or broken")
    if len(decoded) > RESPONSE_LIMIT:
        raise rejected(ResponseTooLargeError, "the decoded response is larger than 1 MiB")
    return replace(raw, body=decoded)


def _decoded(body: bytes, encoding: str) -> bytes | None:
    """Return the body without its content encoding, cut one byte past the limit; None if that is impossible."""
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "deflate"}:
        return None
    try:
        return zlib.decompressobj(wbits=32 + zlib.MAX_WBITS).decompress(body, RESPONSE_LIMIT + 1)
    except zlib.error:
        return None
