"""The limiter in front of a service that enforces its quota strictly. Time is virtual."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.cloud.quota.virtual_time import Connections, StrictService, VirtualTime, send

from alicloud_device_certificates.cloud.quota.limiter import Limiter
from alicloud_device_certificates.cloud.quota.store import Grant, Moves, StoreError

CALLS = st.lists(st.tuples(st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.3, 1.1]), st.floats(0.0, 0.5)), max_size=60)
"""The pause before each call, and the seconds that it takes until it arrives."""


async def pattern(
    time: VirtualTime, limiter: Limiter, calls: Sequence[tuple[float, float]], starts: list[float]
) -> None:
    running = []
    for pause, there in calls:
        await time.sleep(pause)
        running.append(asyncio.ensure_future(send(time, limiter, there=partial(float, there), starts=starts)))
    await asyncio.gather(*running)


def assert_no_burst(starts: list[float], quota: int) -> None:
    ordered = sorted(starts)
    assert all(later - earlier >= 1.0 for earlier, later in zip(ordered, ordered[quota:], strict=False))


@given(quota=st.integers(1, 12), calls=CALLS)
def test_no_second_has_more_starts_than_the_quota(quota: int, calls: list[tuple[float, float]]) -> None:
    time, starts = VirtualTime(), list[float]()
    time.run(pattern(time, time.limiter(quota), calls, starts))
    assert len(starts) == len(calls)
    assert_no_burst(starts, quota)


@settings(max_examples=25)
@given(quota=st.integers(1, 12), one=CALLS, other=CALLS)
def test_no_second_has_more_starts_of_two_processes_together(
    quota: int, one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    time, starts, failures = VirtualTime(), list[float](), list[str]()
    with TemporaryDirectory() as name:
        stores = [time.store(Path(name, "quota"), quota) for _ in range(2)]
        limiters = [time.limiter(quota, store=store, failures=failures) for store in stores]

        async def both() -> None:
            await asyncio.gather(
                *(pattern(time, limiter, calls, starts) for limiter, calls in zip(limiters, (one, other), strict=True))
            )
            for limiter in limiters:
                await limiter.aclose()

        time.run(both())
    assert failures == []
    assert len(starts) == len(one) + len(other)
    assert_no_burst(starts, quota)


def test_below_the_quota_no_call_waits() -> None:
    time, starts = VirtualTime(), list[float]()
    limiter = time.limiter(500)

    async def run() -> None:
        for _ in range(3):
            await asyncio.gather(*(send(time, limiter, there=lambda: 0.0, back=0.0, starts=starts) for _ in range(160)))

    time.run(run())
    assert set(starts) == {1000.0}


@pytest.mark.parametrize(("quota", "count"), [(10, 100), (500, 2500), (2000, 8000)])
@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("connect", [0.0, 0.01, 0.4])
def test_calls_take_as_long_as_the_quota_requires_and_none_is_throttled(
    quota: int, count: int, is_shared: bool, connect: float, tmp_path: Path
) -> None:
    time = VirtualTime()
    service = StrictService(time, quota)
    limiter = time.limiter(quota, store=time.store(tmp_path / "quota", quota) if is_shared else None)
    connections = Connections(lambda: connect)
    began = time.now

    async def run() -> None:
        await asyncio.gather(
            *(send(time, limiter, there=lambda: 0.002, service=service, connections=connections) for _ in range(count))
        )
        await limiter.aclose()

    time.run(run())
    assert (service.accepted, service.throttled) == (count, 0)
    assert time.now - began <= 1.05 * count / quota + 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("quota", [10, 500])
def test_two_processes_that_start_at_once_are_not_throttled(quota: int, seed: int, tmp_path: Path) -> None:
    time, chance = VirtualTime(), random.Random(seed)
    service = StrictService(time, quota)
    began = time.now

    async def process() -> None:
        limiter = time.limiter(quota, store=time.store(tmp_path / "quota", quota))
        connections = Connections(lambda: 0.1 + 0.3 * chance.random())
        await asyncio.gather(
            *(
                send(
                    time,
                    limiter,
                    there=lambda: 0.001 + 0.004 * chance.random(),
                    service=service,
                    connections=connections,
                )
                for _ in range(2 * quota)
            )
        )
        await limiter.aclose()

    async def both() -> None:
        await asyncio.gather(process(), process())

    time.run(both())
    assert (service.accepted, service.throttled) == (4 * quota, 0)
    assert time.now - began <= 1.05 * 4 + 1


@pytest.mark.parametrize(("quota", "count"), [(10, 50), (10, 300), (500, 1000), (500, 10_000), (2000, 10_000)])
@pytest.mark.parametrize("is_taken", [False, True])
def test_with_half_of_the_quota_used_by_somebody_else_all_are_read(quota: int, count: int, is_taken: bool) -> None:
    time = VirtualTime()
    # What somebody else uses is either taken in turns with ours, or never there for us.
    service = StrictService(time, quota, others=quota // 2) if is_taken else StrictService(time, quota // 2)
    limiter = time.limiter(quota)
    began = time.now

    async def run() -> None:
        await asyncio.gather(*(send(time, limiter, service=service) for _ in range(count)))

    time.run(run())
    assert service.accepted == count
    assert time.now - began <= 1.2 * count / (quota / 2)


def test_a_throttled_call_goes_before_those_that_were_not_sent() -> None:
    time = VirtualTime()
    limiter = time.limiter(1)
    order = []

    async def call(name: str, *, again: bool = False) -> None:
        ticket = await limiter.take(again=again)
        order.append(name)
        limiter.settle(ticket, is_throttled=False, is_accepted=True)

    async def run() -> None:
        await asyncio.gather(call("first"), call("second"), call("third"), call("throttled", again=True))

    time.run(run())
    assert order == ["first", "throttled", "second", "third"]


def test_a_call_that_is_cancelled_takes_no_turn_from_the_others() -> None:
    time = VirtualTime()
    limiter = time.limiter(1)

    async def run() -> float:
        ticket = await limiter.take()
        limiter.settle(ticket, is_throttled=False, is_accepted=True)
        cancelled = [asyncio.ensure_future(limiter.take()) for _ in range(5)]
        last = asyncio.ensure_future(limiter.take())
        await time.sleep(0.5)
        for each in cancelled:
            each.cancel()
        await last
        return time.now

    assert time.run(run()) == pytest.approx(1001.03, abs=0.01)


class BrokenStore:
    """Fails from the first request on, with whatever a library raises."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def take(self, wanted: int) -> Grant:
        del wanted
        raise self._error

    async def move(self, moves: Moves) -> None:
        raise AssertionError(moves)

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize(
    ("error", "reason"),
    [(StoreError("the disk is full"), "the disk is full"), (AssertionError("secret"), "AssertionError")],
)
def test_a_store_that_fails_costs_one_warning_and_the_process_keeps_to_the_quota(error: Exception, reason: str) -> None:
    time, starts, failures = VirtualTime(), list[float](), list[str]()
    limiter = time.limiter(10, store=BrokenStore(error), failures=failures)

    async def run() -> None:
        await asyncio.gather(*(send(time, limiter, starts=starts) for _ in range(25)))

    time.run(run())
    assert failures == [reason]
    assert len(starts) == 25
    assert_no_burst(starts, 10)
