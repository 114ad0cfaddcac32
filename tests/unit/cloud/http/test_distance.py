"""A response that precedes its request is not taken either if the service is far away: here at one second each way.

The seconds are not waited for: the loop's clock jumps to its next timer whenever nothing is ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.cloud.conftest import Authority
from tests.unit.cloud.http.test_connections import (
    EXPECTED,
    OTHERS,
    Read,
    Talkative,
    body_of,
    http,
    iot,
    mqtt,
    mqtt_ca,
    serving,
)

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.settings.settings import Settings

ONE_WAY = 1.0
COUNT = 6


class JumpingSelector(selectors.DefaultSelector):
    """Waits for nothing but a loop without timers."""

    jumped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See ``selectors.BaseSelector``."""
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.jumped += timeout
        return ready


class DistantLoop(asyncio.SelectorEventLoop):
    """A loop on which a connection to ``far_port`` takes one round trip to open."""

    far_port = 0

    def __init__(self) -> None:
        self.clock = JumpingSelector()
        super().__init__(self.clock)

    def time(self) -> float:
        """See ``asyncio.AbstractEventLoop``."""
        return self.clock.jumped

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """See ``asyncio.AbstractEventLoop``."""
        await super().sock_connect(sock, address)
        if address[1] == self.far_port:
            await asyncio.sleep(2 * ONE_WAY)


@contextlib.asynccontextmanager
async def far_away(settings: Settings) -> AsyncIterator[Settings]:
    """Put the services of the settings behind a long line."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, DistantLoop)
    scheme, _, address = settings.endpoints["iot"].partition("://")
    near_port = int(address.rpartition(":")[2])
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                loop.call_later(ONE_WAY, writer.write, data)
        loop.call_later(ONE_WAY, writer.close)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The service accepts once the third packet of the handshake has come: that is when it may send something.
        await asyncio.sleep(3 * ONE_WAY)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", near_port)
        writers.extend((writer, far_writer))
        for each in (carry(reader, far_writer), carry(far_reader, writer)):
            tasks.add(asyncio.ensure_future(each))

    line = await asyncio.start_server(connected, "127.0.0.1", 0)
    loop.far_port = line.sockets[0].getsockname()[1]
    endpoint = f"{scheme}://127.0.0.1:{loop.far_port}"
    try:
        yield replace(settings, endpoints={"onsmqtt": endpoint, "iot": endpoint})
    finally:
        line.close()
        for task in tasks:
            task.cancel()
        for writer in writers:
            writer.transport.abort()


@pytest.mark.parametrize("read", [iot, mqtt, mqtt_ca], ids=lambda read: read.__name__)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_an_early_response_of_a_distant_service_is_never_taken(
    read: Read, tls: bool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tls:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    service = Talkative("at once", every=10**9, early=http(body_of(OTHERS[read])), early_connections=3)

    async def story() -> list[Any]:
        async with serving(service, authority if tls else None) as near, far_away(near) as settings:
            client = Client(settings, sleep=lambda _: asyncio.sleep(0))
            try:
                return [await read(client, number) for number in range(COUNT)]
            finally:
                await client.aclose()

    with asyncio.Runner(loop_factory=DistantLoop) as runner:
        found = runner.run(story())
    assert found == [EXPECTED[read](number) for number in range(COUNT)]
    assert service.requests == COUNT
