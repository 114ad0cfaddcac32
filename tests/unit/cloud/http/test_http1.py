"""HTTP/1.1 on one connection: what is a response, what is none, and when the connection serves another request."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl

import pytest
from tests.unit.cloud.conftest import Answer, Authority, Seen, Serve, http_answer

from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.http.http1 import Http1
from alicloud_device_certificates.cloud.http.messages import RawResponse, Request
from alicloud_device_certificates.cloud.mqtt import GET_DEVICE_CERTIFICATE
from alicloud_device_certificates.cloud.retry import FailureClass

RESPONSE_LIMIT = GET_DEVICE_CERTIFICATE.response_limit
TWO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def raw(content: bytes, *, ends: bool = False) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        if ends:
            writer.close()

    return answer


def call_to(port: int, scheme: str = "http", host: str = "127.0.0.1") -> ApiCall:
    url = f"{scheme}://{host}:{port}/?A=b%20c"
    return ApiCall(operation=GET_DEVICE_CERTIFICATE, region="cn-x", target="device 1", url=url)


def request_for(call: ApiCall, *, method: str = "GET", body: bytes = b"", **headers: str) -> Request:
    return Request(method=method, url=call.url, headers={"host": "h.example", **headers}, body=body)


def exchanged(serve: Serve, answer: Answer, **request: object) -> tuple[RawResponse, bool, Seen]:
    """Return the response, whether the connection is usable afterwards, and what the server saw."""

    async def story() -> tuple[RawResponse, bool, Seen]:
        async with serve(answer) as server:
            call = call_to(server.port)
            http = Http1(tls=None, timeout=60)
            response = await http.send(call, request_for(call, **request))  # type: ignore[arg-type]
            is_usable = http.is_usable
            await http.aclose()
            return response, is_usable, server

    return asyncio.run(story())


async def failure_of(call: ApiCall, request: Request | None = None) -> AttemptFailed:
    """Return why a new connection brings no response to a request."""
    with pytest.raises(AttemptFailed) as raised:
        tls = ssl.create_default_context() if call.url.startswith("https:") else None
        await Http1(tls=tls, timeout=60).send(call, request or request_for(call))
    return raised.value


def failed(serve: Serve, answer: Answer) -> AttemptFailed:
    with pytest.raises(AttemptFailed) as raised:
        exchanged(serve, answer)
    assert raised.value.__cause__ is None
    return raised.value


def test_a_request_goes_out_as_it_is(serve: Serve) -> None:
    _, _, server = exchanged(serve, raw(TWO), **{"x-acs-action": "Do"})
    lines = server.heads[0].split("\r\n")
    assert (lines[0], sorted(filter(None, lines[1:]))) == (
        "GET /?A=b%20c HTTP/1.1",
        ["host: h.example", "x-acs-action: Do"],
    )


@pytest.mark.parametrize(("method", "body", "length"), [("POST", b"", 0), ("POST", b"a=b", 3), ("GET", b"a=b", 3)])
def test_a_body_has_its_length(serve: Serve, method: str, body: bytes, length: int) -> None:
    _, _, server = exchanged(serve, raw(TWO), method=method, body=body)
    assert f"content-length: {length}" in server.heads[0]


@pytest.mark.parametrize(
    ("content", "body", "is_usable"),
    [
        (TWO, b"{}", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", b"{}", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + TWO, b"{}", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
        (TWO.replace(b"OK", b"OK\r\nConnection: close"), b"{}", False),
        (TWO.replace(b"1.1", b"1.0"), b"{}", False),
        (TWO + b"\n", b"{}", False),
        (TWO + TWO, b"{}", False),
        (TWO + b"H", b"{}", False),
    ],
    ids=["length", "chunks", "hints", "empty", "close", "1.0", "newline after", "response after", "byte after"],
)
def test_a_complete_response_leaves_a_usable_connection_if_nothing_follows(
    serve: Serve, content: bytes, body: bytes, is_usable: bool
) -> None:
    response, is_usable_now, _ = exchanged(serve, raw(content))
    assert (response.body, is_usable_now) == (body, is_usable)


def test_a_body_may_end_with_the_connection(serve: Serve) -> None:
    response, is_usable, _ = exchanged(serve, raw(b"HTTP/1.1 200 OK\r\n\r\n{}", ends=True))
    assert (response.body, is_usable) == (b"{}", False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_body_of_a_redirect_is_not_read(serve: Serve, status: int) -> None:
    endless = f"HTTP/1.1 {status} Moved\r\nLocation: /\r\nContent-Length: 1000000000\r\n\r\n".encode()
    response, is_usable, _ = exchanged(serve, raw(endless))
    assert (response.status, response.body, is_usable) == (status, b"", False)


def test_a_response_past_the_limit_is_not_read_further(serve: Serve) -> None:
    response, is_usable, _ = exchanged(serve, raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3 * RESPONSE_LIMIT))
    assert RESPONSE_LIMIT < len(response.body) < 2 * RESPONSE_LIMIT
    assert not is_usable


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
    ],
    ids=["chunks", "interim responses"],
)
def test_a_response_of_very_many_parts_is_a_broken_connection(serve: Serve, content: bytes) -> None:
    assert "broke" in str(failed(serve, raw(content)).error)


def test_names_of_headers_are_in_lower_case_and_their_bytes_are_kept(serve: Serve) -> None:
    response, _, _ = exchanged(serve, http_answer(b"{}", headers="X-ACS-Request-Id: r\r\nX-Odd: \u00e9\r\n"))
    assert response.headers["x-acs-request-id"] == "r"
    assert "x-odd" in response.headers


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        (b"", True),
        (TWO[:-1], True),
        (b"HTTP/1.1 200 OK\r\nContent-Le", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}", True),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", False),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", False),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, False),
        (b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n", False),
    ],
)
def test_anything_else_is_a_broken_connection(serve: Serve, content: bytes, ends: bool) -> None:
    failure = failed(serve, raw(content, ends=ends))
    assert failure.failure_class is FailureClass.TRANSIENT
    assert "broke" in str(failure.error)


def test_a_header_that_cannot_be_sent_is_final_and_not_quoted(serve: Serve) -> None:
    async def story() -> AttemptFailed:
        async with serve(raw(TWO)) as server:
            call = call_to(server.port)
            failure = await failure_of(call, request_for(call, authorization="S3CRET\n"))
            assert server.heads == []
            return failure

    failure = asyncio.run(story())
    assert failure.failure_class is FailureClass.PERMANENT
    assert "S3CRET" not in str(failure.error)


def test_bytes_between_two_requests_spoil_the_connection(serve: Serve) -> None:
    async def story() -> tuple[bool, str]:
        writers: list[asyncio.StreamWriter] = []
        arrived = asyncio.Event()

        class Watched(Http1):
            def data_received(self, data: bytes) -> None:
                super().data_received(data)
                arrived.set()

        async def answer(writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            writer.write(TWO)

        async with serve(answer) as server:
            call = call_to(server.port)
            http = Watched(tls=None, timeout=60)
            await http.send(call, request_for(call))
            assert http.is_usable
            arrived.clear()
            writers[0].write(TWO)
            await arrived.wait()
            with pytest.raises(AttemptFailed) as raised:
                await http.send(call, request_for(call))
            await http.aclose()
            return http.is_usable, str(raised.value.error)

    is_usable, error = asyncio.run(story())
    assert not is_usable
    assert "broke" in error


@pytest.mark.parametrize(
    ("host", "words"),
    [("127.0.0.1", "Connection refused"), ("localhost", "Connection refused"), ("h.invalid", "[Errno -")],
)
def test_no_connection_has_the_operating_system_s_reason(host: str, words: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        failure = asyncio.run(failure_of(call_to(unused.getsockname()[1], host=host)))
    assert failure.failure_class is FailureClass.TRANSIENT
    assert f"no connection to {host}" in str(failure.error)
    assert words in str(failure.error)


@pytest.mark.parametrize("host", ["a..example", "x" * 64])
def test_a_host_that_can_be_none_is_no_connection(host: str) -> None:
    failure = asyncio.run(failure_of(call_to(1, host=host)))
    assert f"no connection to {host}" in str(failure.error)


def resolve_to(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """Let every host have these addresses."""

    async def getaddrinfo(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ("127.0.0.1", "127.0.0.2"), ("127.0.0.2", "127.0.0.1")])
def test_the_address_of_a_host_that_accepts_the_connection_is_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, hosts: tuple[str, ...]
) -> None:
    async def story() -> bytes:
        async with serve(raw(TWO)) as server:  # on 127.0.0.1 alone
            resolve_to(monkeypatch, *hosts)
            call = call_to(server.port, host="h.example")
            http = Http1(tls=None, timeout=60)
            response = await http.send(call, request_for(call))
            await http.aclose()
            return response.body

    assert asyncio.run(story()) == b"{}"


@pytest.mark.parametrize("host", ["127.0.0.1", "h.example"], ids=["one address", "several"])
@pytest.mark.parametrize("steps", range(25))
@pytest.mark.filterwarnings("error")
def test_a_request_that_is_cancelled_at_any_point_leaves_no_socket_to_the_garbage_collector(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, steps: int, host: str
) -> None:
    async def story() -> bool:
        async with serve(raw(TWO)) as server:
            resolve_to(monkeypatch, "127.0.0.2", "127.0.0.1")
            call = call_to(server.port, host=host)
            http = Http1(tls=None, timeout=60)
            task = asyncio.create_task(http.send(call, request_for(call)))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            await http.aclose()
            await asyncio.sleep(0)
            return http.is_usable

    assert not asyncio.run(story())
    gc.collect()


def test_a_certificate_of_another_authority_is_final(serve: Serve, authority: Authority) -> None:
    async def story() -> AttemptFailed:
        async with serve(raw(TWO), tls=authority.server) as server:
            return await failure_of(call_to(server.port, "https"))

    failure = asyncio.run(story())
    assert failure.failure_class is FailureClass.PERMANENT
    assert "CERTIFICATE_VERIFY_FAILED" in str(failure.error)


def test_a_server_without_tls_is_final_and_named_as_such() -> None:
    async def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def story() -> AttemptFailed:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        async with server:
            return await failure_of(call_to(server.sockets[0].getsockname()[1], "https"))

    failure = asyncio.run(story())
    assert failure.failure_class is FailureClass.PERMANENT
    assert "no TLS connection" in str(failure.error)
    assert "alicloud:protocol" in str(failure.error)


def test_a_connection_that_takes_too_long_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> str:
        def forever(*_: object, **__: object) -> asyncio.Future[None]:
            return asyncio.get_running_loop().create_future()

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", forever)
        call = call_to(1)
        with pytest.raises(AttemptFailed) as raised:
            await Http1(tls=None, timeout=0.01).send(call, request_for(call))
        return str(raised.value.error)

    assert "within alicloud:clientConnectTimeout" in asyncio.run(story())


def test_a_cancelled_request_leaves_no_usable_connection(serve: Serve) -> None:
    async def story() -> bool:
        async def silent(_writer: asyncio.StreamWriter) -> None:
            waiting.set()

        waiting = asyncio.Event()
        async with serve(silent) as server:
            call = call_to(server.port)
            http = Http1(tls=None, timeout=60)
            task = asyncio.create_task(http.send(call, request_for(call)))
            await waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await http.aclose()
            return http.is_usable

    assert not asyncio.run(story())
