"""The client and the quota, over connections of this machine. The clock moves only when somebody sleeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from tests.unit.cloud.conftest import Answer, Serve, http_answer

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.errors import ThrottledError
from alicloud_device_certificates.cloud.mqtt import GET_DEVICE_CERTIFICATE
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.quota.limiter import Limiter
from alicloud_device_certificates.cloud.quota.limiters import Limiters
from alicloud_device_certificates.cloud.quota.window import Ticket
from alicloud_device_certificates.cloud.settings.settings import Settings

ARGUMENTS = {"MqttInstanceId": "post-cn-1", "CaSn": "00f2", "DeviceSn": "3562"}
FINE = json.dumps({"RequestId": "r-1", "Data": {"CaSn": "00f2", "DeviceSn": "3562"}}).encode()
THROTTLED = json.dumps({"RequestId": "r-2", "Code": "Throttling.User", "Message": "slow down"}).encode()


class Clock:
    """Moves only when somebody sleeps while no request is under way: responses take no time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.under_way = 0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        while self.under_way:  # noqa: ASYNC110 - it is over as soon as the service has answered
            await asyncio.sleep(0)
        self.now += seconds
        await asyncio.sleep(0)


class CountingLimiter(Limiter):
    def __init__(self, clock: Clock, quota: int) -> None:
        super().__init__(
            quota,
            at_once=40,
            store=None,
            monotonic=clock.monotonic,
            sleep=clock.sleep,
            on_store_failure=lambda _: None,
        )
        self._clock = clock

    async def take(self, *, again: bool = False) -> Ticket:
        ticket = await super().take(again=again)
        self._clock.under_way += 1
        return ticket

    def settle(self, ticket: Ticket, *, is_throttled: bool, is_accepted: bool) -> None:
        self._clock.under_way -= 1
        super().settle(ticket, is_throttled=is_throttled, is_accepted=is_accepted)


class OneLimiter(Limiters):
    def __init__(self, limiter: Limiter) -> None:
        super().__init__(at_once=40)
        self._limiter = limiter

    def limiter(
        self, product: str, *, config: QuotaConfig, settings: Settings, credentials: Credentials
    ) -> Limiter | None:
        del product, config, settings, credentials
        return self._limiter


def client_at(port: int, clock: Clock, *, deadline: float = 5.0, quota: int = 10, **options: Any) -> Client:
    settings = Settings(
        access_key_id="key",
        access_key_secret="secret",
        endpoints=MappingProxyType({"onsmqtt": f"http://127.0.0.1:{port}"}),
        deadline=deadline,
    )
    limiters = OneLimiter(CountingLimiter(clock, quota))
    return Client(settings, monotonic=clock.monotonic, sleep=clock.sleep, limiters=limiters, **options)


async def call(client: Client) -> object:
    return await client.call(
        GET_DEVICE_CERTIFICATE, ARGUMENTS, region="cn-hangzhou", target="device", read=lambda document: document["Data"]
    )


def in_turn(answers: Sequence[Answer], then: Answer) -> Answer:
    rest = iter(answers)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await next(rest, then)(writer)

    return answer


def test_a_fleet_is_read_in_the_time_of_its_quota_whatever_the_deadline_of_a_call(serve: Serve) -> None:
    async def run() -> tuple[float, int]:
        clock = Clock()
        async with serve(http_answer(FINE)) as seen:
            client = client_at(seen.port, clock)
            await asyncio.gather(*(call(client) for _ in range(100)))
            await client.aclose()
        return clock.now, len(seen.heads)

    seconds, requests = asyncio.run(run())
    assert requests == 100
    assert 9 <= seconds <= 11.5


def test_throttled_calls_slow_down_and_all_are_read(serve: Serve) -> None:
    throttled = http_answer(THROTTLED, status="400 Bad Request")
    lines = list[str]()

    async def run() -> float:
        clock = Clock()
        async with serve(in_turn([throttled] * 15, http_answer(FINE))) as seen:
            client = client_at(seen.port, clock, on_retry=lines.append)
            await asyncio.gather(*(call(client) for _ in range(20)))
            await client.aclose()
        return clock.now

    assert asyncio.run(run()) > 2
    # One line for each call, not for each of its attempts.
    assert 1 <= len(lines) <= 15
    assert set(lines) == {"GetDeviceCertificate (device): Throttling.User, attempt 2 when the quota allows it"}


def test_a_service_that_throttles_everything_is_an_error_after_the_deadline(serve: Serve) -> None:
    async def run() -> tuple[float, int]:
        clock = Clock()
        async with serve(http_answer(THROTTLED, status="400 Bad Request")) as seen:
            client = client_at(seen.port, clock)
            with pytest.raises(ThrottledError):
                await call(client)
            await client.aclose()
        return clock.now, len(seen.heads)

    seconds, requests = asyncio.run(run())
    assert 5 <= seconds < 7
    assert requests < 10


def test_a_service_in_this_process_has_no_quota() -> None:
    async def run() -> float:
        clock = Clock()
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=FINE))
        client = client_at(1, clock, quota=1, transport=transport)
        await asyncio.gather(*(call(client) for _ in range(50)))
        await client.aclose()
        return clock.now

    assert asyncio.run(run()) == 0
