"""The deadline of a call, which the wait for the quota does not use up."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.cloud.quota.virtual_time import VirtualTime

from alicloud_device_certificates.cloud.call import AttemptFailed
from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.quota.limiter import Limiter
from alicloud_device_certificates.cloud.quota.turns import Turns
from alicloud_device_certificates.cloud.retry import FailureClass


def turns(time: VirtualTime, limiter: Limiter | None, limit: float = 60.0) -> Turns:
    return Turns(limiter, limit=limit, monotonic=time.monotonic)


async def attempt(
    time: VirtualTime, turns: Turns, failure: FailureClass | None = None, *, seconds: float = 0.01
) -> float:
    """Make one attempt, and return the time that was left for it."""
    async with turns.turn():
        left = turns.time_left()
        await time.sleep(seconds)
        if failure is not None:
            raise AttemptFailed(CloudError("no"), failure)
    return left


async def fail(time: VirtualTime, turns: Turns, failure: FailureClass) -> None:
    with pytest.raises(AttemptFailed):
        await attempt(time, turns, failure)


def test_a_fleet_waits_for_its_quota_longer_than_a_call_may_take() -> None:
    time = VirtualTime()
    limiter = time.limiter(10)

    async def run() -> list[float]:
        return await asyncio.gather(*(attempt(time, turns(time, limiter)) for _ in range(1000)))

    left = time.run(run())
    assert time.now - 1000 > 100
    assert min(left) > 58


def test_calls_that_a_dead_service_holds_up_still_meet_their_deadline() -> None:
    time = VirtualTime()
    limiter = time.limiter(500)

    async def run() -> float:
        held_up = [asyncio.ensure_future(fail_after(turns(time, limiter), 60.0)) for _ in range(40)]
        await time.sleep(0.1)
        last = turns(time, limiter)
        async with last.turn():
            left = last.time_left()
        await asyncio.gather(*held_up)
        return left

    async def fail_after(each: Turns, seconds: float) -> None:
        with pytest.raises(AttemptFailed):
            await attempt(time, each, FailureClass.TRANSIENT, seconds=seconds)

    assert time.run(run()) < 1


def test_a_throttled_call_goes_on_while_the_service_accepts_others() -> None:
    time = VirtualTime()
    limiter = time.limiter(10)

    async def run() -> float:
        throttled = turns(time, limiter)
        for _ in range(200):
            await fail(time, throttled, FailureClass.THROTTLED)
            await attempt(time, turns(time, limiter))
        return throttled.time_left()

    left = time.run(run())
    assert time.now - 1000 > 100
    assert left > 50


def test_a_service_that_throttles_everything_ends_a_call_at_its_deadline() -> None:
    time = VirtualTime()
    limiter = time.limiter(10)

    async def run() -> int:
        throttled, attempts = turns(time, limiter), 0
        while throttled.time_left() > 0:
            await fail(time, throttled, FailureClass.THROTTLED)
            attempts += 1
        return attempts

    attempts = time.run(run())
    assert 60 <= time.now - 1000 < 63
    assert attempts < 90


def test_without_a_limiter_there_is_no_wait_and_the_deadline_stays() -> None:
    time = VirtualTime()

    async def run() -> float:
        one = turns(time, None)
        await fail(time, one, FailureClass.THROTTLED)
        async with one.turn() as took_long:
            assert not took_long
        return one.time_left()

    assert time.run(run()) == pytest.approx(59.99)
