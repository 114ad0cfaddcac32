"""The log in a real Redis, which several machines share, and a Redis that cannot be used."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator

import pytest
from redis import Redis
from tests.redis_server import PASSWORD, redis_server

from alicloud_device_certificates.cloud.quota.redis_store import RedisStore
from alicloud_device_certificates.cloud.quota.store import StoreError


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


def with_stores(url: str, key: str, work: Callable[[RedisStore, RedisStore], Awaitable[None]], quota: int = 10) -> None:
    async def run() -> None:
        stores = [RedisStore(url, key, quota) for _ in range(2)]
        try:
            await work(*stores)
        finally:
            for store in stores:
                await store.aclose()

    asyncio.run(run())


def test_two_machines_get_the_quota_together(url: str, key: str) -> None:
    async def work(one: RedisStore, other: RedisStore) -> None:
        grants = [await store.take(wanted) for store, wanted in ((one, 4), (other, 3), (one, 5), (other, 1))]
        # However long that took: no second has more.
        for first in grants:
            together = [each.count for each in grants if 0 <= each.logged_at - first.logged_at < 1000]
            assert sum(together) <= 10
        assert [grant.count for grant in grants[:2]] == [4, 3]
        if grants[3].count == 0:
            assert 0 < grants[3].delay < 1.1

    with_stores(url, key, work)


def test_two_machines_that_ask_at_once_get_no_more_than_the_quota(url: str, key: str) -> None:
    async def work(one: RedisStore, other: RedisStore) -> None:
        for quota_key in range(20):
            stores = [RedisStore(url, f"{key}-{quota_key}", 10) for _ in range(2)]
            grants = await asyncio.gather(*(store.take(7) for store in stores))
            assert sum(grant.count for grant in grants) <= 10
            for store in stores:
                await store.aclose()

    with_stores(url, key, work)


def test_a_request_that_was_late_counts_for_longer(url: str, key: str) -> None:
    async def work(one: RedisStore, _: RedisStore) -> None:
        grant = await one.take(10)
        await one.move({(grant.logged_at, grant.logged_at + 60_000): 3})

    with_stores(url, key, work)
    with Redis.from_url(url) as redis:
        scores = [
            score for _, score in redis.zrange(f"alicloud-device-certificates:quota:{key}", 0, -1, withscores=True)
        ]
    assert len(scores) == 10
    assert len({*scores}) == 2
    assert scores.count(max(scores)) == 3


def test_a_log_that_nobody_uses_is_removed(url: str, key: str) -> None:
    async def work(one: RedisStore, _: RedisStore) -> None:
        await one.take(1)

    with_stores(url, key, work)
    with Redis.from_url(url) as redis:
        assert 0 < int(redis.pttl(f"alicloud-device-certificates:quota:{key}")) <= 60_000


def failure(url: str) -> str:
    async def run() -> str:
        store = RedisStore(url, "key", 10)
        try:
            with pytest.raises(StoreError) as caught:
                await store.take(1)
            return str(caught.value)
        finally:
            await store.aclose()

    return asyncio.run(run())


def test_a_redis_that_is_down_is_an_error_without_its_url() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed_port = free.getsockname()[1]
    assert failure(f"redis://:{PASSWORD}@127.0.0.1:{closed_port}") == "Redis cannot be used (ConnectionError)"


def test_a_wrong_password_is_an_error_without_it(url: str) -> None:
    assert failure(url.replace(PASSWORD, "wr0ng")) == "Redis cannot be used (AuthenticationError)"


def test_tls_with_a_server_that_speaks_none_is_an_error(url: str) -> None:
    assert failure(url.replace("redis://", "rediss://")).startswith("Redis ")


def test_an_option_that_no_connection_knows_is_an_error(url: str) -> None:
    assert PASSWORD not in failure(f"{url}?unknown_option=1")


def test_a_redis_that_never_answers_does_not_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alicloud_device_certificates.cloud.quota.redis_store._PATIENCE", 0.01)

    async def run() -> str:
        writers = list[asyncio.StreamWriter]()
        server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
        store = RedisStore(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", "key", 10)
        try:
            with pytest.raises(StoreError) as caught:
                await store.take(1)
        finally:
            await store.aclose()
            server.close()
            for writer in writers:
                writer.close()
                await writer.wait_closed()
        return str(caught.value)

    assert asyncio.run(run()).startswith("Redis ")
