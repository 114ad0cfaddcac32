"""The services over HTTP, with faults: the emulator has the right responses, and some of them arrive broken."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx

from alicloud_device_certificates.emulator import Emulator, emulator_app
from tools.faults.wire import FAULTS, Reply, right

KEY, SECRET = "LTAI5tFaultsFaultsFaults", "the-secret-of-the-faulty-service"
MQTT, CA, PRODUCT = "post-cn-faults", "00f2", "a1Faults"
NO_QUOTAS = "{onsmqtt: 0, iot: 0}"


def scenario(mqtt: int, iot: int, *, quotas: str = NO_QUOTAS) -> str:
    """Return a scenario with these numbers of devices."""
    gateways = ", ".join(f"{{sn: a{number:05}, key: ec-p256}}" for number in range(mqtt))
    lamps = ", ".join(f"{{name: lamp-{number}, key: ec-p256}}" for number in range(iot))
    return f"""
accounts:
  - id: "1"
    quotas: {quotas}
    users: [{{access_key_id: {KEY}, access_key_secret: {SECRET}}}]
    mqtt_instances: [{{id: {MQTT}, cas: [{{sn: {CA}, key: ec-p256, devices: [{gateways}]}}]}}]
    iot_products: [{{product_key: {PRODUCT}, devices: [{lamps}]}}]
"""


class FaultyService:
    """Responds on loopback, in a thread of its own. A share of the responses is broken, each by one of ``faults``."""

    def __init__(self, app: Emulator, *, share: float, faults: Sequence[str] = tuple(FAULTS), seed: int = 1) -> None:
        self._app = app
        self.share = share
        self._faults = faults
        self._random = random.Random(seed)
        self._burst = 0
        self._connections: set[asyncio.Task[None]] = set()
        self.requests: Counter[str] = Counter()
        """How many requests there were for each device."""
        self.throttled = 0
        """How many requests the quotas refused."""
        self.injected: Counter[str] = Counter()
        """How many responses were broken by each fault."""
        self.contents: dict[str, str] = {}
        """The certificate of each device, in the form in which the service returns it."""
        self.port = 0

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        transport = httpx.ASGITransport(app=self._app)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                reply = await self._reply(transport, head)
                fault = self._next_fault()
                if fault is None:
                    writer.write(right(reply))
                else:
                    self.injected[fault] += 1
                    await FAULTS[fault](writer, reply)
                await writer.drain()
        writer.transport.abort()
        self._connections.discard(task)

    def _next_fault(self) -> str | None:
        """Choose a fault for a response, or none; throttling lasts for some responses."""
        if self._burst:
            self._burst -= 1
            return "throttled"
        if self._random.random() >= self.share:
            return None
        fault = self._random.choice(self._faults)
        if fault == "throttled":
            self._burst = self._random.randrange(4)
        return fault

    async def _reply(self, transport: httpx.ASGITransport, head: str) -> Reply:
        line, *fields = head.rstrip().split("\r\n")
        method, target, _ = line.split(" ")
        headers = [(name, value.strip()) for name, _, value in (each.partition(":") for each in fields)]
        response = await transport.handle_async_request(
            httpx.Request(method, f"http://127.0.0.1:{self.port}{target}", headers=headers)
        )
        reply = Reply(response.status_code, await response.aread())
        query = parse_qs(target.partition("?")[2])
        device = (query.get("DeviceSn") or query.get("DeviceName") or [""])[0]
        self.requests[device] += 1
        self.throttled += str(reply.document.get("Code")).startswith("Throttling")
        self.contents |= _contents(device, reply.document)
        return reply

    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        """Serve until ``stop``; ``ready`` is called once the port is open."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        await stop.wait()
        server.close()
        for task in list(self._connections):
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)


def _contents(device: str, document: Mapping[str, Any]) -> dict[str, str]:
    """Return the certificates in a response, by device: that of one, or those of a page of a list."""
    data = document.get("Data") or {}
    found = {each["DeviceSn"]: each["DeviceContent"] for each in data.get("DeviceCertificateVOS", ())}
    if one := data.get("DeviceContent") or document.get("DeviceCertInfo", {}).get("Certificate"):
        found[device] = one
    return found


@contextlib.contextmanager
def serving(
    folder: Path,
    *,
    mqtt: int,
    iot: int,
    share: float,
    faults: Sequence[str] = tuple(FAULTS),
    seed: int = 1,
    quotas: str = NO_QUOTAS,
) -> Iterator[FaultyService]:
    """Serve that many devices with faults, from a state in ``folder``."""
    (folder / "scenario.yaml").write_text(scenario(mqtt, iot, quotas=quotas), encoding="utf-8")
    service = FaultyService(
        emulator_app(folder / "scenario.yaml", folder / "state"), share=share, faults=faults, seed=seed
    )
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(service.serve(ready.set, stop)))
    thread.start()
    ready.wait()
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
