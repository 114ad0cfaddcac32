"""One exchange over HTTP: bounded, verified, never redirected, through the proxy if there is one."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from importlib import metadata
from typing import Any

import httpx
import pytest
from tests.unit.cloud.conftest import Authority, Serve, http_answer

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.errors import (
    CloudError,
    ConnectionFailedError,
    RedirectedError,
    ResponseTooLargeError,
    SettingsError,
    UnreadableResponseError,
)
from alicloud_device_certificates.cloud.http import authorities
from alicloud_device_certificates.cloud.http.connections import LIMIT
from alicloud_device_certificates.cloud.http.exchange import Exchange, Reading
from alicloud_device_certificates.cloud.http.messages import RawResponse
from alicloud_device_certificates.cloud.mqtt import GET_DEVICE_CERTIFICATE
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import version

RESPONSE_LIMIT = GET_DEVICE_CERTIFICATE.response_limit
KEYS = Credentials(access_key_id="AKID", access_key_secret="S3CRET", security_token="T0KEN")
PATIENT = Settings(connect_timeout=60.0, read_timeout=60.0)


class Stream(httpx.AsyncByteStream):
    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.given += 1
            yield chunk


async def send(
    base: str,
    *,
    settings: Settings = PATIENT,
    transport: httpx.AsyncBaseTransport | None = None,
    tls: ssl.SSLContext | None = None,
    left: float = 60.0,
    times: int = 1,
) -> RawResponse:
    exchange = Exchange(settings, transport=transport, tls=tls)
    call = ApiCall(
        operation=GET_DEVICE_CERTIFICATE, region="cn-x", target="device 1", url=f"{base}/?DeviceSn=a%20b", arguments={}
    )
    try:
        responses = await asyncio.gather(
            *(
                exchange.send(
                    call,
                    KEYS,
                    clock=lambda: 0.0,
                    nonce=lambda: "n",
                    time_left=lambda: left,
                    read=lambda response: Reading(response, is_proven=True),
                    reuse=True,
                )
                for _ in range(times)
            )
        )
    finally:
        await exchange.aclose()
    return responses[0]


def response_of(handler: Callable[[httpx.Request], httpx.Response], **options: Any) -> RawResponse:
    return asyncio.run(send("https://h.example", transport=httpx.MockTransport(handler), **options))


def failed(handler: Callable[[httpx.Request], httpx.Response], **options: Any) -> AttemptFailed:
    with pytest.raises(AttemptFailed) as raised:
        response_of(handler, **options)
    assert raised.value.__cause__ is None
    return raised.value


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def handler(_request: httpx.Request) -> httpx.Response:
        raise error

    return handler


def test_the_request_names_its_client_and_is_signed() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"{}", headers={"x-acs-request-id": "r-1"})

    response = response_of(handler)
    assert (response.status, response.body, response.request_id) == (200, b"{}", "r-1")
    own = f"pulumi-alicloud-device-certificates/{metadata.version('pulumi-alicloud-device-certificates')} "
    assert seen[0].headers["user-agent"].startswith(own)
    assert seen[0].headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=AKID,")
    assert seen[0].url == "https://h.example/?DeviceSn=a%20b"


def test_the_body_of_a_response_is_in_no_repr() -> None:
    assert "PrivateKey" not in repr(response_of(lambda _: httpx.Response(200, content=b"PrivateKey")))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_is_not_followed(status: int) -> None:
    requested = []

    def handler(request: httpx.Request) -> httpx.Response:
        requested.append(request.url.host)
        return httpx.Response(status, headers={"location": "https://elsewhere.example/?t=S3CRET"})

    failure = failed(handler)
    assert isinstance(failure.error, RedirectedError)
    assert failure.failure_class is FailureClass.PERMANENT
    assert requested == ["h.example"]
    assert "S3CRET" not in str(failure.error)


def test_a_response_past_the_limit_is_given_up_while_it_is_read() -> None:
    stream = Stream(*[b"x" * (RESPONSE_LIMIT // 2)] * 10)
    failure = failed(lambda _: httpx.Response(200, stream=stream, headers={"x-acs-request-id": "r"}))
    assert isinstance(failure.error, ResponseTooLargeError)
    assert (failure.error.http_status, failure.error.request_id) == (200, "r")
    assert stream.given == 3


def test_a_response_at_the_limit_is_taken() -> None:
    assert len(response_of(lambda _: httpx.Response(200, stream=Stream(b"x" * RESPONSE_LIMIT))).body) == RESPONSE_LIMIT


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)]
)
def test_an_encoded_response_is_decoded(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = httpx.Response(200, stream=Stream(pack(b'{"a": 1}')), headers={"content-encoding": encoding})
    assert response_of(lambda _: packed).body == b'{"a": 1}'


def test_the_limit_holds_for_what_a_response_unpacks_to() -> None:
    bomb = httpx.Response(
        200, stream=Stream(gzip.compress(b"0" * 100 * RESPONSE_LIMIT)), headers={"content-encoding": "gzip"}
    )
    assert isinstance(failed(lambda _: bomb).error, ResponseTooLargeError)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_an_encoding_that_is_unknown_or_broken_is_an_error(encoding: str) -> None:
    odd = httpx.Response(200, stream=Stream(b"S3CRET"), headers={"content-encoding": encoding})
    failure = failed(lambda _: odd)
    assert isinstance(failure.error, UnreadableResponseError)
    assert "S3CRET" not in str(failure.error)


@pytest.mark.parametrize(
    ("error", "failure_class", "words"),
    [
        (
            httpx.ConnectTimeout("S3CRET"),
            FailureClass.TRANSIENT,
            "no connection to h.example within alicloud:clientConnectTimeout",
        ),
        (httpx.ConnectError("[Errno 111] Connection refused"), FailureClass.TRANSIENT, "Connection refused"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), FailureClass.PERMANENT, "SSL_CERT_FILE"),
        (
            httpx.ProxyError("407 Proxy Authentication Required S3CRET"),
            FailureClass.PERMANENT,
            "to h.example through the proxy: 407",
        ),
        (httpx.ProxyError("502 S3CRET"), FailureClass.TRANSIENT, "to h.example through the proxy: 502"),
        (httpx.ReadTimeout("S3CRET"), FailureClass.TRANSIENT, "h.example within alicloud:clientReadTimeout"),
        (httpx.ReadError("S3CRET"), FailureClass.TRANSIENT, "the connection to h.example broke"),
        (httpx.RemoteProtocolError("illegal line S3CRET"), FailureClass.TRANSIENT, "the connection to h.example broke"),
        (
            httpx.LocalProtocolError("Illegal header S3CRET"),
            FailureClass.PERMANENT,
            "cannot send a request to h.example",
        ),
        (httpx.UnsupportedProtocol("S3CRET"), FailureClass.PERMANENT, "(UnsupportedProtocol)"),
    ],
)
def test_a_failure_of_the_network_is_typed_and_quotes_no_request(
    error: Exception, failure_class: FailureClass, words: str
) -> None:
    failure = failed(raising(error))
    assert isinstance(failure.error, ConnectionFailedError)
    assert failure.failure_class is failure_class
    assert words in str(failure.error)
    assert "S3CRET" not in str(failure.error)


def test_a_response_that_never_ends_is_cut_by_the_time_that_is_left(serve: Serve) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")

    async def story() -> CloudError:
        async with serve(drip) as server:
            with pytest.raises(AttemptFailed) as raised:
                await send(f"http://127.0.0.1:{server.port}", left=0.05)
            assert raised.value.failure_class is FailureClass.TRANSIENT
            return raised.value.error

    error = asyncio.run(story())
    assert isinstance(error, ConnectionFailedError)
    assert "no complete response within 0.1 s" in str(error)


def test_no_more_connections_are_open_than_the_limit(serve: Serve) -> None:
    async def story() -> tuple[int, int]:
        async with serve(http_answer(b"{}")) as server:
            await send(f"http://127.0.0.1:{server.port}", times=4 * LIMIT)
            return server.connections, len(server.heads)

    connections, requests = asyncio.run(story())
    assert connections <= LIMIT
    assert requests == 4 * LIMIT


def test_a_server_with_another_authority_is_rejected(serve: Serve, authority: Authority) -> None:
    async def story() -> AttemptFailed:
        async with serve(http_answer(b"{}"), tls=authority.server) as server:
            with pytest.raises(AttemptFailed) as raised:
                await send(f"https://127.0.0.1:{server.port}")
            assert server.heads == []
            return raised.value

    failure = asyncio.run(story())
    assert failure.failure_class is FailureClass.PERMANENT
    assert "CERTIFICATE_VERIFY_FAILED" in str(failure.error)


def test_an_authority_of_ones_own_comes_from_the_environment(
    serve: Serve, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    async def story() -> RawResponse:
        async with serve(http_answer(b"{}"), tls=authority.server) as server:
            return await send(f"https://127.0.0.1:{server.port}")

    assert asyncio.run(story()).status == 200


def test_a_tls_context_may_be_given(serve: Serve, authority: Authority) -> None:
    async def story() -> RawResponse:
        async with serve(http_answer(b"{}"), tls=authority.server) as server:
            return await send(
                f"https://127.0.0.1:{server.port}", tls=ssl.create_default_context(cafile=str(authority.file))
            )

    assert asyncio.run(story()).status == 200


def test_the_proxy_of_the_environment_is_used_and_sees_no_secret(
    serve: Serve, authority: Authority, connect_proxy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with serve(http_answer(b"{}"), tls=authority.server) as server, connect_proxy() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
            response = await send(f"https://service.test:{server.port}")
            assert response.status == 200
            assert proxy.heads[0].startswith(f"CONNECT service.test:{server.port} ")
            assert not any(secret in proxy.heads[0] for secret in ("AKID", "T0KEN", "Signature"))
            assert "GET /?DeviceSn=a%20b HTTP/1.1" in server.heads[0]

    asyncio.run(story())


def test_what_a_proxy_echoes_is_in_no_log_and_in_no_error(
    serve: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = "407 Proxy Authentication Required Basic dXNlcjpodW50ZXIy"

    async def story() -> str:
        async with serve(
            http_answer(b"", status=echo, headers="Proxy-Authenticate: Basic dXNlcjpodW50ZXIy\r\n")
        ) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{proxy.port}")
            with pytest.raises(AttemptFailed) as raised:
                await send("https://service.test")
            return str(raised.value.error)

    with caplog.at_level(logging.DEBUG):
        error = asyncio.run(story())
    assert "through the proxy: 407" in error
    assert not any(secret in error + caplog.text for secret in ("hunter2", "dXNlcjpodW50ZXIy"))


def test_hosts_that_need_no_proxy_are_reached_directly(
    serve: Serve, authority: Authority, connect_proxy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with serve(http_answer(b"{}"), tls=authority.server) as server, connect_proxy() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
            assert (await send(f"https://127.0.0.1:{server.port}")).status == 200
            assert (proxy.connections, server.connections) == (0, 1)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("ALL_PROXY", "ftp://user:hunter2@127.0.0.1", "the proxy that the environment configures cannot be used"),
        ("HTTPS_PROXY", "http://user:hunter2", "HTTPS_PROXY is not the address of a proxy"),
        ("HTTP_PROXY", "http://user:hunter2@127.0.0.1:99999", "HTTP_PROXY is not the address of a proxy"),
        ("HTTPS_PROXY", "user:hunter2@127.0.0.1:-1", "HTTPS_PROXY is not the address of a proxy"),
        ("HTTPS_PROXY", "http://user:hunter2@", "HTTPS_PROXY is not the address of a proxy"),
        ("HTTPS_PROXY", "http://user:hunt er2@127.0.0.1:80", "HTTPS_PROXY is not the address of a proxy"),
        ("HTTPS_PROXY", "http://user:hunter2/@127.0.0.1:80", "HTTPS_PROXY is not the address of a proxy"),
        ("ALL_PROXY", "socks5://user:hunter2@127.0.0.1", "a SOCKS proxy is not supported"),
        ("SSL_CERT_FILE", "/nonexistent/authorities.pem", "the certificate authorities .* cannot be read"),
    ],
)
def test_an_environment_that_httpx_cannot_use_is_a_settings_error_that_shows_no_password(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    for name in ("ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=reason) as raised:
        Exchange(Settings(), transport=None, tls=None)
    assert "hunter2" not in str(raised.value)
    assert "SSL_CERT_FILE" in str(raised.value)


def test_a_module_that_is_missing_is_not_blamed_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "certifi", None)
    monkeypatch.setattr(authorities, "_loads", {})
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    with pytest.raises(SettingsError, match="the module certifi cannot be imported"):
        Exchange(Settings(), transport=None, tls=None)


def test_a_package_without_its_metadata_can_send_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", lost)
    version.cache_clear()
    try:
        assert version() == "0+unknown"
        Exchange(Settings(), transport=None, tls=None)
    finally:
        version.cache_clear()
