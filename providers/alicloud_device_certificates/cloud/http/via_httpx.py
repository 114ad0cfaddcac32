"""Requests by a client of httpx: through a proxy, to a URL that a user wrote, or to a transport in this process."""

from __future__ import annotations

import contextlib
import re
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final

import httpcore

from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.http.connection_failure import (
    broken,
    connection_failure,
    no_connection_in_time,
    no_proxy,
    no_response_in_time,
    unsendable,
)
from alicloud_device_certificates.cloud.http.discreet_log import keep_logs_discreet
from alicloud_device_certificates.cloud.http.early import early_wait
from alicloud_device_certificates.cloud.http.lean_httpx import httpx
from alicloud_device_certificates.cloud.http.messages import PARTS_LIMIT, REDIRECTS, RawResponse, Request
from alicloud_device_certificates.cloud.settings.settings import Settings

_STATUS: Final = re.compile(r"\d{3}\b")


def network_transport(tls: ssl.SSLContext, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """Return a transport that has one connection, through a proxy or straight to the host.

    Raise ``ImportError`` or ``ValueError`` if httpx cannot use the proxy.
    """
    try:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        return httpx.AsyncHTTPTransport(verify=tls, limits=limits, trust_env=False, proxy=proxy)
    except httpx.InvalidURL:
        raise ValueError("a proxy's address") from None


class ViaHttpx:
    """A client that has one connection, or a transport in this process."""

    is_usable: Final = True
    """It opens another connection by itself if the service has closed the one that it had."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport) -> None:
        keep_logs_discreet()
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout, pool=None),
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, call: ApiCall, request: Request) -> RawResponse:
        """Send a request and return its response, as ``http1.Http1.send`` does. Raise ``AttemptFailed``."""
        try:
            prepared = httpx.Request(
                request.method,
                request.url,
                headers=dict(request.headers),
                content=request.body or None,
                extensions={"timeout": self._client.timeout.as_dict(), "trace": _Watch().trace},
            )
            response = await self._client.send(prepared, auth=None, stream=True)
            try:
                return await _read(response, call.operation.response_limit)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:  # OSError: from a transport in this process
            raise _failure(call, error) from None

    async def aclose(self) -> None:
        """Close the connection."""
        await self._client.aclose()


class _Watch:
    """Sees to it that nothing arrives on a new connection before its request, as ``http1.Http1`` does."""

    def __init__(self) -> None:
        self._opened: Any = None
        self._began = 0.0

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """See the extension ``trace`` of httpcore. The stream is that to a proxy, or within TLS."""
        if event.endswith(".connect_tcp.started"):
            self._began = time.monotonic()
        elif event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._opened = info["return_value"]
        elif event == "http11.send_request_headers.started" and self._opened is not None:
            opened, self._opened = self._opened, None
            with contextlib.suppress(httpcore.ReadTimeout):
                await opened.read(1, timeout=early_wait(time.monotonic() - self._began))
                raise httpx.RemoteProtocolError("something arrived before the request, or the connection ended")


async def _read(response: httpx.Response, limit: int) -> RawResponse:
    """Read the body as it was sent: httpx does not limit the size that a chunk decodes to."""
    headers = dict(response.headers)
    body = b""
    if response.is_stream_consumed:  # a transport in this process may return a body that is already decoded
        body = response.content
        headers.pop("content-encoding", None)
    elif response.status_code not in REDIRECTS:
        chunks, parts = bytearray(), 0
        async for chunk in response.aiter_raw():
            chunks += chunk
            parts += 1
            if len(chunks) > limit:
                break
            if parts > PARTS_LIMIT:
                raise httpx.RemoteProtocolError("a response of too many parts")
        body = bytes(chunks)
    return RawResponse(status=response.status_code, headers=headers, body=body)


def _failure(call: ApiCall, error: Exception) -> AttemptFailed:
    """Return the failed attempt. httpx's own message is used only if it cannot quote the request or the response."""
    match error:
        case httpx.ConnectTimeout():
            return no_connection_in_time(call)
        case httpx.ConnectError():
            return connection_failure(call, error)
        case httpx.ProxyError():
            # The status alone: the reason is the proxy's own text, which may echo its password.
            status = _STATUS.match(str(error))
            return no_proxy(call, status[0] if status else "", type(error).__name__)
        case httpx.TimeoutException():
            return no_response_in_time(call, f"no response from {call.host} within alicloud:clientReadTimeout")
        case httpx.NetworkError() | httpx.RemoteProtocolError() | OSError():
            return broken(call)
        case _:
            return unsendable(call, error)
