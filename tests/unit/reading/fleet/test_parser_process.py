"""The second process that parses certificates finds what this one would, or leaves it to this one."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tests.unit.reading.fleet.fleets import Fleets, account

from alicloud_device_certificates.certificate import Certificate, read_certificate
from alicloud_device_certificates.reading.fleet import mqtt
from alicloud_device_certificates.reading.fleet.parser_process import ParserProcess

VECTORS = Path(__file__).parents[2] / "vectors" / "certificate"
BODIES = [path.read_text(encoding="utf-8") for path in sorted(VECTORS.glob("*.pem"))]
USUAL = (VECTORS / "ec-p256.pem").read_text(encoding="utf-8")


def run(story: Callable[[ParserProcess], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        parser = ParserProcess()
        try:
            await story(parser)
        finally:
            await parser.aclose()
        assert all(process.returncode is not None for process in parser._killed)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    # A machine of one processor too has this process, for these tests.
    with patch.object(os, "sched_getaffinity", lambda _: {0, 1}, create=True):
        asyncio.run(whole())


def same(one: Certificate, other: Certificate) -> bool:
    return replace(one, parts=other.parts) == other


def test_a_certificate_is_what_it_is_in_this_process() -> None:
    async def story(parser: ParserProcess) -> None:
        parsed = await parser.parse(BODIES)
        assert any(parsed)
        for body, certificate in zip(BODIES, parsed, strict=True):
            assert certificate is None or same(certificate, read_certificate(body))

    run(story)


def test_what_is_odd_is_left_to_this_process() -> None:
    async def story(parser: ParserProcess) -> None:
        usual = await parser.parse(["garbage", "", USUAL, USUAL + BODIES[0]])
        assert [certificate is None for certificate in usual] == [True, True, False, True]

    run(story)


def test_requests_at_once_get_each_their_own_certificates() -> None:
    async def story(parser: ParserProcess) -> None:
        usual = [body for body, found in zip(BODIES, await parser.parse(BODIES), strict=True) if found]
        found = await asyncio.gather(*(parser.parse([body]) for body in usual * 3))
        for body, (certificate,) in zip(usual * 3, found, strict=True):
            assert certificate is not None
            assert same(certificate, read_certificate(body))

    run(story)


def test_a_request_that_is_given_up_takes_its_response_with_it() -> None:
    async def story(parser: ParserProcess) -> None:
        await parser.parse([USUAL])
        first = asyncio.ensure_future(parser.parse([BODIES[0]] * 50))
        await asyncio.sleep(0)
        assert parser._lock.locked()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        (certificate,) = await parser.parse([USUAL])
        assert certificate is not None
        assert same(certificate, read_certificate(USUAL))

    run(story)


def test_without_the_process_everything_is_left_to_this_one() -> None:
    async def ended(parser: ParserProcess) -> None:
        await parser.parse([USUAL])
        assert parser._process is not None
        parser._process.kill()
        await parser._process.wait()
        assert await parser.parse([USUAL]) == [None]
        assert await parser.parse([USUAL, USUAL]) == [None, None]

    async def missing(parser: ParserProcess) -> None:
        with patch.object(sys, "executable", "/no/such/python"):
            assert await parser.parse([USUAL]) == [None]

    run(ended)
    run(missing)


def test_a_fleet_is_the_same_with_and_without_the_process(tmp_path: Path) -> None:
    devices = (
        '{sn: "01"}, {sn: "02", shape: base64, status: inactive}, {sn: "03", shape: odd-times},'
        ' {sn: "04", serial: "9"}, {sn: "05", shape: negative-serial}, {sn: "06", shape: chain},'
        ' {sn: "07", shape: garbage}, {sn: "08", reported_shift: +1d}'
    )
    instance = f"[{{id: post-1, cas: [{{sn: 00f2, devices: [{devices}], synthetic: {{devices: 250}}}}]}}]"
    fleets = Fleets(tmp_path, account(mqtt=instance))
    id_ = "mqtt-fleet/cn-hangzhou/post-1/00f2"
    alone = fleets.read(id_, on_error="report")
    parsed: list[Certificate | None] = []

    class Watched(ParserProcess):
        async def parse(self, bodies: list[str]) -> list[Certificate | None]:
            found = await super().parse(bodies)
            parsed.extend(found)
            return found

    with (
        patch.object(mqtt, "WORTH", 1),
        patch.object(mqtt, "ParserProcess", Watched),
        patch.object(os, "sched_getaffinity", lambda _: {0, 1}, create=True),
    ):
        together = fleets.read(id_, on_error="report")
    assert sum(certificate is not None for certificate in parsed) >= 250
    for found in (alone, together):
        for error in found["errors"].values():
            error["message"] = error["message"].partition("request ID")[0]
    assert together == alone
