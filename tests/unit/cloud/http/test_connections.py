"""Responses that nobody requested: none of them is taken for the response to another request."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.unit.cloud.conftest import Authority, _connect_proxy

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.errors import ConnectionFailedError, NotFoundError
from alicloud_device_certificates.cloud.iot import query_device_cert
from alicloud_device_certificates.cloud.mqtt import get_ca_certificate, get_device_certificate
from alicloud_device_certificates.cloud.settings.settings import Settings

COUNT = 40
MISSING = {"Code": "FindDeviceBySnError", "Message": "gone", "RequestId": "r"}

Arguments = dict[str, str]


def body_of(arguments: Arguments) -> dict[str, Any]:
    """The response of either service; each certificate is named after what was requested."""
    request_id = f"r-{id(arguments)}"
    if "DeviceName" in arguments:
        name = arguments["DeviceName"]
        info = {"Status": 2, "Certificate": f"certificate of {name}", "PrivateKey": f"key of {name}"}
        return {"RequestId": request_id, "Success": True, "DeviceCertInfo": info}
    if "Sn" in arguments:
        sn = arguments["Sn"]
        return {"Data": {"Sn": sn, "CaName": sn, "CaContent": f"certificate of {sn}", "Status": 1}}
    sn, instance = arguments["DeviceSn"], arguments["MqttInstanceId"]
    data = {"DeviceSn": sn, "CaSn": arguments["CaSn"], "DeviceName": sn, "Status": 1}
    return {"Data": {**data, "DeviceContent": f"certificate of {instance} {sn}"}}


def http(body: object, status: int = 200) -> bytes:
    content = json.dumps(body).encode()
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


@dataclass
class Talkative:
    """A service that sends one response too many after some requests, in one of several ways."""

    way: str
    every: int = 3
    surplus: Callable[[Arguments], bytes] = lambda arguments: http(body_of(arguments))
    early: bytes = b""
    """Sent on each connection at once, before there is a request."""
    early_connections: int = 10**9
    """On how many connections it is sent."""
    port: int = 0
    requests: int = 0
    connections: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.connections += 1
        if self.connections <= self.early_connections:
            writer.write(self.early)
        left_over = b""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests += 1
                query = head.split(" ")[1].partition("?")[2]
                arguments = {name: values[0] for name, values in parse_qs(query).items()}
                # Sent before the response of its own: the client has no way to see it before the next request.
                writer.write(left_over)
                left_over = b""
                writer.write(http(body_of(arguments)))
                if self.requests % self.every == 0:
                    surplus = self.surplus(arguments)
                    match self.way:
                        case "at once":
                            writer.write(surplus)
                        case "a little later":
                            await writer.drain()
                            await asyncio.sleep(0)
                            writer.write(surplus)
                        case "with the next":
                            left_over = surplus
                await writer.drain()
        writer.transport.abort()
        self.tasks.discard(task)


@contextlib.asynccontextmanager
async def serving(service: Talkative, authority: Authority | None) -> AsyncIterator[Settings]:
    server = await asyncio.start_server(
        service.connected, "127.0.0.1", 0, ssl=authority.server if authority is not None else None
    )
    service.port = server.sockets[0].getsockname()[1]
    scheme = "http" if authority is None else "https"
    endpoint = f"{scheme}://127.0.0.1:{service.port}"
    try:
        yield Settings(
            access_key_id="AKID",
            access_key_secret="S3CRET",
            endpoints={"onsmqtt": endpoint, "iot": endpoint},
            connect_timeout=60.0,
            read_timeout=60.0,
            deadline=60.0,
        )
    finally:
        server.close()
        for task in list(service.tasks):
            task.cancel()
        if service.tasks:
            await asyncio.wait(service.tasks)


Read = Callable[[Client, int], Any]


async def iot(client: Client, number: int) -> tuple[str | None, str | None]:
    found = await query_device_cert(client, product_key="p", device_name=f"d{number}")
    return found.certificate, found.private_key


async def mqtt(client: Client, number: int) -> str:
    # Every SN is in two instances, with other contents: the response does not name its instance.
    found = await get_device_certificate(
        client, region="cn-x", mqtt_instance_id=f"post-{number % 2}", ca_sn="00f2", device_sn=f"d{number // 2}"
    )
    return found.content


async def mqtt_ca(client: Client, number: int) -> str:
    found = await get_ca_certificate(client, region="cn-x", mqtt_instance_id="post-0", ca_sn=f"d{number}")
    return found.content


@contextlib.asynccontextmanager
async def proxied(
    service: Talkative, authority: Authority | None, monkeypatch: pytest.MonkeyPatch, by_httpx: bool
) -> AsyncIterator[None]:
    """Calls go through a proxy, and so by httpx. Over plain HTTP, the service is the proxy as well."""
    async with _connect_proxy() as proxy:
        if by_httpx:
            name, port = ("HTTP_PROXY", service.port) if authority is None else ("HTTPS_PROXY", proxy.port)
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        yield


EXPECTED: dict[Read, Callable[[int], Any]] = {
    iot: lambda number: (f"certificate of d{number}", f"key of d{number}"),
    mqtt: lambda number: f"certificate of post-{number % 2} d{number // 2}",
    mqtt_ca: lambda number: f"certificate of d{number}",
}


def read_all(
    service: Talkative,
    read: Read,
    *,
    wide: bool = False,
    authority: Authority | None = None,
    monkeypatch: pytest.MonkeyPatch,
    by_httpx: bool = False,
) -> list[Any]:
    if authority is not None:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    async def story() -> list[Any]:
        async with serving(service, authority) as settings, proxied(service, authority, monkeypatch, by_httpx):
            client = Client(settings, sleep=lambda _: asyncio.sleep(0))
            try:
                if wide:
                    return await asyncio.gather(*(read(client, number) for number in range(COUNT)))
                return [await read(client, number) for number in range(COUNT)]
            finally:
                await client.aclose()

    return asyncio.run(story())


@pytest.mark.parametrize("way", ["at once", "a little later", "with the next"])
@pytest.mark.parametrize("read", EXPECTED, ids=lambda read: read.__name__)
@pytest.mark.parametrize("wide", [False, True], ids=["serial", "wide"])
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("by_httpx", [False, True], ids=["h11", "httpx"])
def test_a_response_too_many_is_never_taken_for_another_one(
    way: str, read: Read, wide: bool, tls: bool, by_httpx: bool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Talkative(way)
    found = read_all(
        service,
        read,
        wide=wide,
        authority=authority if tls else None,
        monkeypatch=monkeypatch,
        by_httpx=by_httpx,
    )
    assert found == [EXPECTED[read](number) for number in range(COUNT)]


@pytest.mark.parametrize("way", ["at once", "with the next"])
@pytest.mark.parametrize(
    "surplus",
    [
        http(MISSING, 500),
        http({"Code": "NoPermission"}, 403),
        http({"Code": "InvalidSecurityToken.Expired"}, 403),
        http({"Code": "IllegalTimestamp"}, 400),
        http({"Code": "Throttling.User"}, 429).replace(b"\r\n", b"\r\nRetry-After: 100\r\n", 1),
        http({"Code": "ServiceUnavailable"}, 503).replace(b"\r\n", b"\r\nRetry-After: 100\r\n", 1),
        http([], 200),
        b"garbage\r\n\r\n",
        http({}, 302),
    ],
    ids=["missing", "denied", "expired", "clock", "throttled", "unavailable", "no object", "garbage", "redirect"],
)
@pytest.mark.parametrize("by_httpx", [False, True], ids=["h11", "httpx"])
def test_an_error_that_nobody_requested_is_no_ones_error(
    way: str, surplus: bytes, by_httpx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Talkative(way, surplus=lambda _: surplus)
    found = read_all(service, mqtt, monkeypatch=monkeypatch, by_httpx=by_httpx)
    assert found == [EXPECTED[mqtt](number) for number in range(COUNT)]


def test_an_error_on_a_used_connection_is_confirmed_once_on_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Talkative("at once", every=10**9)

    async def story() -> None:
        async with serving(service, None) as settings:
            client = Client(settings)
            assert await mqtt(client, 0)
            monkeypatch.setattr("tests.unit.cloud.http.test_connections.http", lambda _: GONE)
            with pytest.raises(NotFoundError):
                await mqtt(client, 0)
            assert service.requests == 3
            with pytest.raises(NotFoundError):
                await mqtt(client, 0)
            await client.aclose()

    asyncio.run(story())
    assert service.requests == 4


GONE = http(MISSING, 500)


def test_a_connection_is_used_again_while_its_responses_name_what_was_requested(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for read, expected in ((mqtt_ca, 1), (iot, COUNT)):
        service = Talkative("at once", every=10**9)
        read_all(service, read, monkeypatch=monkeypatch)
        assert (service.connections, service.requests) == (expected, COUNT)


OTHERS: dict[Read, Arguments] = {
    iot: {"ProductKey": "p", "DeviceName": "another"},
    mqtt: {"MqttInstanceId": "post-0", "CaSn": "00f2", "DeviceSn": "another"},
    mqtt_ca: {"MqttInstanceId": "post-0", "Sn": "another"},
}


@pytest.mark.parametrize("read", OTHERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("is_error", [False, True], ids=["certificate", "error"])
@pytest.mark.parametrize("by_httpx", [False, True], ids=["h11", "httpx"])
def test_a_response_that_precedes_its_request_is_never_taken(
    read: Read, tls: bool, is_error: bool, by_httpx: bool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = http(MISSING, 500) if is_error else http(body_of(OTHERS[read]))
    service = Talkative("at once", every=10**9, early=early, early_connections=3)
    found = read_all(
        service,
        read,
        wide=True,
        authority=authority if tls else None,
        monkeypatch=monkeypatch,
        by_httpx=by_httpx,
    )
    assert found == [EXPECTED[read](number) for number in range(COUNT)]
    assert service.requests == COUNT


def test_a_service_that_always_sends_a_response_before_the_request_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Talkative("at once", every=10**9, early=http(body_of(OTHERS[iot])))
    with pytest.raises(ConnectionFailedError, match="broke"):
        read_all(service, iot, monkeypatch=monkeypatch)
    assert service.requests == 0


def test_a_response_for_another_device_is_taken_only_if_the_service_repeats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(mistakes: int) -> tuple[str, int]:
        service = Talkative("at once", every=10**9)
        own = http

        def mistaken(body: object, status: int = 200) -> bytes:
            return own(body if service.requests > mistakes else body_of(OTHERS[mqtt]), status)

        monkeypatch.setattr("tests.unit.cloud.http.test_connections.http", mistaken)
        async with serving(service, None) as settings:
            client = Client(settings)
            found = await mqtt(client, 0)
            await client.aclose()
        monkeypatch.setattr("tests.unit.cloud.http.test_connections.http", own)
        return found, service.requests

    assert asyncio.run(story(1)) == ("certificate of post-0 d0", 2)
    assert asyncio.run(story(2)) == ("certificate of post-0 another", 2)
