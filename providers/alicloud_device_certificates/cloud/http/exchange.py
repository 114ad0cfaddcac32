"""One exchange with a service over HTTP: sign, send, and read the response within its limits."""

from __future__ import annotations

import asyncio
import platform
import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.errors import (
    CloudError,
    RedirectedError,
    ResponseTooLargeError,
    SettingsError,
    UnexpectedResponseError,
    UnreadableResponseError,
)
from alicloud_device_certificates.cloud.http.authorities import load_authorities
from alicloud_device_certificates.cloud.http.connection_failure import no_response_in_time
from alicloud_device_certificates.cloud.http.connections import Connections, InProcess, Link
from alicloud_device_certificates.cloud.http.messages import (
    REDIRECTS,
    RawResponse,
    Request,
    host_header,
)
from alicloud_device_certificates.cloud.http.signing import signed_headers
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import DISTRIBUTION, version
from alicloud_device_certificates.contract.http_environment import ADVICE, client_fault
from alicloud_device_certificates.contract.proxies import proxies, proxy_for

if TYPE_CHECKING:
    import httpx

    from alicloud_device_certificates.cloud.http.via_asgi import AsgiApp

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What was read from a response."""

    value: T = field(repr=False)
    is_proven: bool
    """Whether the response names what its call requested."""


class Exchange:
    """Sends calls and returns what they read. ``app``, ``transport`` and ``tls`` are as for ``client.Client``.

    If ``trust_env`` is false, no proxy is used, whatever the environment configures. With ``any_url``, the calls have
    URLs that a user wrote, which httpx understands in every form. Raise ``SettingsError`` if the environment has an
    unusable proxy or certificate authorities that cannot be read.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        app: AsgiApp | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        trust_env: bool = True,
        any_url: bool = False,
    ) -> None:
        self._timeout = settings.connect_timeout + settings.read_timeout
        self._is_networked = app is None and transport is None
        self._headers = {
            "user-agent": f"{DISTRIBUTION}/{version()} Python/{platform.python_version()}",
            "accept": "application/json",
            "accept-encoding": "identity",
        }
        try:
            if app is not None:
                make_link = _via_asgi(app)
            elif transport is not None:
                make_link = _via_transport(settings, transport)
            else:
                if settings.protocol == "https":
                    tls = tls or load_authorities(trust_env=trust_env).result()
                make_link = _networked(settings, tls, trust_env=trust_env, any_url=any_url)
        except (ImportError, ValueError, OSError) as error:
            raise SettingsError(client_fault(error), advice=ADVICE) from None
        self._connections = Connections(make_link) if self._is_networked else InProcess(make_link)

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
        believes: bool = True,
    ) -> T:
        """Send the call once and return what ``read`` makes of the response. Without credentials it is not signed.

        ``time_left`` returns the seconds until the call's deadline. A connection is used again only after a response
        that names what its call requested, and with ``reuse`` an earlier one may be. What goes wrong on such a
        connection may be another call's: the failure is ``UNPROVEN``. So it is if a response should name what was
        requested and names something else, unless the caller ``believes`` it, because it has asked before.

        Raise ``AttemptFailed`` if no usable response arrives.
        """
        async with self._connections.borrow(call, reuse=reuse) as connection:
            try:
                request = self._request(call, credentials, clock=clock, nonce=nonce)
                reading = read(_checked(call, await self._response(call, connection.link, request, time_left)))
            except AttemptFailed as failed:
                if connection.is_used:
                    raise AttemptFailed(failed.error, FailureClass.UNPROVEN) from None
                raise
            is_doubtful = self._is_networked and bool(call.operation.echoes) and not believes
            if not reading.is_proven and (connection.is_used or is_doubtful):
                message = "the response does not name what was requested, so it may be for another request"
                raise AttemptFailed(call.error(UnexpectedResponseError, message), FailureClass.UNPROVEN)
            connection.is_kept = reading.is_proven
            return reading.value

    def _request(
        self, call: ApiCall, credentials: Credentials | None, *, clock: Callable[[], float], nonce: Callable[[], str]
    ) -> Request:
        operation = call.operation
        headers = {**self._headers, **call.headers}
        if credentials is not None:
            base_url, _, query = call.url.partition("/?")
            headers = signed_headers(
                credentials,
                action=operation.name,
                version=operation.version,
                method=operation.method,
                query=query,
                headers={"host": host_header(base_url), **headers},
                body=call.body,
                now=clock(),
                nonce=nonce(),
            )
        return Request(method=operation.method, url=call.url, headers=headers, body=call.body)

    async def _response(
        self, call: ApiCall, link: Link, request: Request, time_left: Callable[[], float]
    ) -> RawResponse:
        rest = max(0.0, time_left())
        limit = min(rest, self._timeout)
        try:
            async with asyncio.timeout(limit):
                return await link.send(call, request)
        except TimeoutError:
            limits = "alicloud:clientReadTimeout limits each attempt"
            if rest < self._timeout:
                limits += f", and alicloud:maxRetryTimeout left {limit:.1f} s for this one"
            raise no_response_in_time(call, f"no complete response within {limit:.1f} s; {limits}") from None


# Each way is imported only if it is taken: httpx takes as long to import as ten calls.


def _via_asgi(app: AsgiApp) -> Callable[[ApiCall], Link]:
    from alicloud_device_certificates.cloud.http.via_asgi import ViaAsgi

    return lambda _: ViaAsgi(app)


def _via_transport(settings: Settings, transport: httpx.AsyncBaseTransport) -> Callable[[ApiCall], Link]:
    from alicloud_device_certificates.cloud.http.via_httpx import ViaHttpx

    return lambda _: ViaHttpx(settings, transport)


def _networked(
    settings: Settings, tls: ssl.SSLContext | None, *, trust_env: bool, any_url: bool
) -> Callable[[ApiCall], Link]:
    """Return what makes the link for a call: through the environment's proxy for its URL, or straight to the host."""

    def context() -> ssl.SSLContext:
        return tls or load_authorities(trust_env=trust_env).result()

    known = proxies() if trust_env else {}
    for proxy in known.values():
        _via_proxy(settings, context(), proxy)  # fails for one that no call could use

    def make(call: ApiCall) -> Link:
        proxy = proxy_for(call.url) if known else None
        if proxy is not None or any_url:
            return _via_proxy(settings, context(), proxy)
        from alicloud_device_certificates.cloud.http.http1 import Http1

        return Http1(tls=context() if call.url.startswith("https:") else None, timeout=settings.connect_timeout)

    return make


def _via_proxy(settings: Settings, tls: ssl.SSLContext, proxy: str | None) -> Link:
    from alicloud_device_certificates.cloud.http.via_httpx import ViaHttpx, network_transport

    return ViaHttpx(settings, network_transport(tls, proxy))


def _checked(call: ApiCall, response: RawResponse) -> RawResponse:
    """Return the response with its body decoded. Raise ``AttemptFailed`` if it is a redirect or too large."""

    def rejected(error_type: type[CloudError], message: str) -> AttemptFailed:
        error = call.error(
            error_type, message, http_status=response.status, request_id=response.request_id, advice=error_type.fix
        )
        # A redirect is an answer; anything else is a response that broke on its way.
        is_final = error_type is RedirectedError
        return AttemptFailed(error, FailureClass.PERMANENT if is_final else FailureClass.TRANSIENT)

    if response.status in REDIRECTS:
        raise rejected(RedirectedError, "the response is a redirect, which is never followed")
    limit = call.operation.response_limit
    size = f"{limit // 1024**2} MiB"
    if len(response.body) > limit:
        raise rejected(ResponseTooLargeError, f"the response is larger than {size}")
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return response
    decoded = _decoded(response.body, encoding, limit)
    if decoded is None:
        raise rejected(UnreadableResponseError, "the response's content encoding is unknown or broken")
    if len(decoded) > limit:
        raise rejected(ResponseTooLargeError, f"the decoded response is larger than {size}")
    return replace(response, body=decoded)


def _decoded(body: bytes, encoding: str, limit: int) -> bytes | None:
    """Return the body without its content encoding, cut one byte past the limit; None if that is impossible."""
    if encoding not in {"gzip", "deflate"}:
        return None
    decoder = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
    try:
        decoded = decoder.decompress(body, limit + 1)
    except zlib.error:
        return None
    return decoded if decoder.eof or len(decoded) > limit else None
