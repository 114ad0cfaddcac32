"""How long calls take in front of a service with a quota, and what the limiter costs: a part of ``make bench``.

The service is ``bench/server`` with a strict quota, for any window of one second. The processes share the quota through
a store of their own, so that nothing else on the machine counts.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.mqtt import get_device_certificate
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.quota.local_store import LocalStore
from alicloud_device_certificates.cloud.settings.settings import Settings
from bench.calls import built, serving

ROUNDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A number of calls of some processes, in front of a quota of which somebody else may use a part."""

    what: str
    quota: int
    calls: int
    processes: int = 1
    others: int = 0

    @property
    def goal(self) -> float:
        """Return the seconds that all calls may take."""
        if self.others:
            return 1.2 * self.calls / (self.quota - self.others)
        return 1.05 * self.calls / self.quota + 1


CASES = (
    Case(what="5,000 calls, 500/s", quota=500, calls=5000),
    Case(what="100 calls, 10/s", quota=10, calls=100),
    Case(what="3,000 calls of two processes, 500/s", quota=500, calls=3000, processes=2),
    Case(what="2,500 calls, 500/s, half of it somebody else's", quota=500, calls=2500, others=250),
    Case(what="50 calls, 10/s, half of it somebody else's", quota=10, calls=50, others=5),
)


def measure() -> None:
    """Print one line for each figure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, patch.dict(os.environ, XDG_RUNTIME_DIR=name):
        program = built(Path(name))
        for case in CASES if program else ():
            _measure(program or "", case)
        asyncio.run(_store(Path(name)))


def _measure(program: str, case: Case) -> None:
    arguments = ["-quota", str(case.quota), "-others", str(case.others)]
    with serving(program, *arguments) as service, ProcessPoolExecutor(case.processes) as processes:
        began = time.perf_counter()
        each = case.calls // case.processes
        list(processes.map(_read, *zip(*[(service.url, case.quota, each)] * case.processes, strict=True)))
        seconds = time.perf_counter() - began
        with urllib.request.urlopen(f"{service.url}/quota") as response:
            counts = json.load(response)
    print(
        f"{f'{case.what}: seconds':<62} {seconds:>6.2f}  (goal {case.goal:.2f}; {counts['throttled']} throttled, "
        f"{counts['accepted']} accepted)",
        flush=True,
    )


def _read(url: str, quota: int, calls: int) -> None:
    settings = Settings(access_key_id="key", access_key_secret="secret", endpoints={"onsmqtt": url})

    async def run() -> None:
        client = Client(settings, quota=QuotaConfig(mqtt=quota))
        await asyncio.gather(
            *(
                get_device_certificate(
                    client, region="cn-hangzhou", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn=str(number)
                )
                for number in range(calls)
            )
        )
        await client.aclose()

    asyncio.run(run())


@contextmanager
def _timed(what: str, count: int, goal: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds = (time.perf_counter() - began) / count
    print(f"{f'{what}, microseconds':<62} {seconds * 1e6:>6.0f}  (goal {goal})", flush=True)


async def _store(folder: Path) -> None:
    """Print what the store of the machine costs: alone, and if a busy process takes several turns at a time."""
    with _timed("the first turn from the store of the machine, imports included", 1, "50,000"):
        store = LocalStore(folder / "first", "key", 500)
        await store.take(1)
    await store.aclose()
    for at_once, goal in ((1, "1,000"), (10, "50")):
        store = LocalStore(folder / str(at_once), "key", 10_000)
        await store.take(1)
        with _timed(f"a turn from the store of the machine, {at_once} at a time", ROUNDS * at_once, goal):
            for _ in range(ROUNDS):
                await store.take(at_once)
        await store.aclose()
