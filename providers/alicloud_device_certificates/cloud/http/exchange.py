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
from typing import Final, Generic, TypeVar

import httpx

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.errors import (
    CloudError,
    ConnectionFailedError,
    RedirectedError,
    ResponseTooLargeError,
    SettingsError,
    UnexpectedResponseError,
    UnreadableResponseError,
)
from alicloud_device_certificates.cloud.http.connection_failure import SLOW, connection_failure
from alicloud_device_certificates.cloud.http.connections import Connections, InProcess
from alicloud_device_certificates.cloud.http.signing import Acs3Auth
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import DISTRIBUTION, version
from alicloud_device_certificates.contract.http_environment import ADVICE, check_proxies, client_fault
from alicloud_device_certificates.contract.text import safe_text

RESPONSE_LIMIT: Final = 1024 * 1024
"""Maximum bytes of a decoded response. Certificates with keys and chains take about 10 kB."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What was read from a response."""

    value: T = field(repr=False)
    is_proven: bool
    """Whether the response names what its call requested."""


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
    """Sends calls and returns what they read. ``transport`` and ``tls`` are as for ``client.Client``.

    If ``trust_env`` is false, no proxy is used, whatever the environment configures.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        trust_env: bool = True,
    ) -> None:
        agent = f"{DISTRIBUTION}/{version()} Python/{platform.python_version()}"
        self._timeout = settings.connect_timeout + settings.read_timeout

        def open_client() -> httpx.AsyncClient:
            return httpx.AsyncClient(
                transport=transport,
                verify=context,
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
                timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout, pool=None),
                follow_redirects=False,
                trust_env=trust_env,
                headers={
                    "user-agent": agent,
                    "accept": "application/json",
                    "accept-encoding": "identity",
                },
            )

        try:
            if trust_env:
                check_proxies()
            # Once for all connections: it reads the certificate authorities, which takes longer than a call.
            context = tls or (httpx.create_ssl_context(trust_env=trust_env) if transport is None else True)
            open_client()
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
            raise SettingsError(client_fault(error), advice=ADVICE) from None
        self._connections = Connections(open_client) if transport is None else InProcess(open_client)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connections.aclose()

    async def send(
        self,
        call: ApiCall,
        credentials: Credentials | None,
        *,
        clock: Callable[[], float],
        nonce: Callable[[], str],
        time_left: Callable[[], float],
        read: Callable[[RawResponse], Reading[T]],
        reuse: bool,
    ) -> T:
        """Send the call once and return what ``read`` makes of the response. Without credentials it is not signed.

        ``time_left`` returns the seconds until the call's deadline. A connection is used again only after a response
        that names what its call requested, and with ``reuse`` an earlier one may be. If the response on such a
        connection names nothing, or is an error, it may be another call's: the failure is ``UNPROVEN``.

        Raise ``AttemptFailed`` if no usable response arrives.
        """
        name, version = call.operation.name, call.operation.version
        auth = Acs3Auth(credentials, action=name, version=version, clock=clock, nonce=nonce) if credentials else None
        async with self._connections.borrow(call.scope, reuse=reuse) as connection:
            try:
                reading = read(await self._response(call, connection.http, auth, time_left))
            except AttemptFailed as failed:
                if connection.is_used and not isinstance(failed.error, ConnectionFailedError):
                    raise AttemptFailed(failed.error, FailureClass.UNPROVEN) from None
                raise
            if connection.is_used and not reading.is_proven:
                message = "the response on a connection that was used before is not for this request"
                raise AttemptFailed(call.error(UnexpectedResponseError, message), FailureClass.UNPROVEN)
            connection.is_kept = reading.is_proven
            return reading.value

    async def _response(
        self, call: ApiCall, http: httpx.AsyncClient, auth: Acs3Auth | None, time_left: Callable[[], float]
    ) -> RawResponse:
        rest = max(0.0, time_left())
        limit = min(rest, self._timeout)
        try:
            async with asyncio.timeout(limit):
                body = call.body or None
                request = http.build_request(call.operation.method, call.url, headers=call.headers, content=body)
                response = await http.send(request, auth=auth, stream=True)
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
        # A redirect is an answer; anything else is a response that broke on its way.
        is_final = error_type is RedirectedError
        return AttemptFailed(error, FailureClass.PERMANENT if is_final else FailureClass.TRANSIENT)

    raw = RawResponse(status=response.status_code, headers=response.headers, body=b"")
    if raw.status in _REDIRECTS:
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
    decoder = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
    try:
        decoded = decoder.decompress(body, RESPONSE_LIMIT + 1)
    except zlib.error:
        return None
    return decoded if decoder.eof or len(decoded) > RESPONSE_LIMIT else None
