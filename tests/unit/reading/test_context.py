"""Results that several reads share: each is read once, and an error is not kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.unit.reading.test_reading import Generated

from alicloud_device_certificates.cloud.errors import UnavailableError
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.reading.context import ReadContext

CA = CertificateId.of("mqtt-ca", region="cn-hangzhou", mqtt_instance_id="post-1", ca_sn="00f2")


class Flaky:
    """Fails the first time."""

    def __init__(self) -> None:
        self.reads = 0

    async def __call__(self) -> str:
        self.reads += 1
        count = self.reads
        await asyncio.sleep(0)
        if count == 1:
            raise UnavailableError("not now")
        return "certificate"


def test_all_that_wait_get_the_error_and_the_next_one_reads_again() -> None:
    async def story() -> tuple[list[Any], list[str], int]:
        context, read = ReadContext(Generated("", "")), Flaky()
        failed = await asyncio.gather(*(context.once(CA, read) for _ in range(3)), return_exceptions=True)
        later = [await context.once(CA, read) for _ in range(3)]
        return failed, later, read.reads

    failed, later, reads = asyncio.run(story())
    assert [type(each) for each in failed] == [UnavailableError] * 3
    assert later == ["certificate"] * 3
    assert reads == 2


def test_a_read_that_is_given_up_takes_the_result_from_no_other() -> None:
    async def story() -> str:
        context, started, go_on = ReadContext(Generated("", "")), asyncio.Event(), asyncio.Event()

        async def read() -> str:
            started.set()
            await go_on.wait()
            return "certificate"

        first = asyncio.ensure_future(context.once(CA, read))
        await started.wait()
        other = asyncio.ensure_future(context.once(CA, read))
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go_on.set()
        return await other

    assert asyncio.run(story()) == "certificate"
