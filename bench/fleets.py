"""What the read of a whole fleet costs: a part of ``make bench``.

Each fleet is read in a process of its own, which also measures its memory, and then what the X.509 parser of this
project alone takes for the same certificates. The service is ``bench/server``.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from alicloud_device_certificates.certificate import read_certificate
from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.reading import Reader
from bench.calls import CONTENT, KEY, SECRET, built, serving

MQTT, IOT = "mqtt-fleet/cn-hangzhou/post-cn-1/00f2", "iot-fleet/cn-shanghai/-/a1B"
UNLIMITED = 1_000_000
LISTED, MILLION = 50_000, 1_000_000
LIST_S = 20.0
"""The list calls of a million certificates at the quota of 500 calls a second."""
MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A fleet, and how it is read."""

    id: str
    props: dict[str, Any]
    quota: int
    url: str
    parses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the read of a fleet cost."""

    count: int
    seconds: float
    memory: int
    """Bytes of the process at the most, without those that it had before."""
    whole_memory: int
    state: int
    """Bytes of the outputs as JSON."""
    parsing: float
    """Seconds that the parser alone takes for the same certificates; 0.0 if it was not measured."""


def measure() -> None:
    """Print one line for each figure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, patch.dict(os.environ, XDG_RUNTIME_DIR=name):
        program = built(Path(name))
        if program is not None:
            _by_calls(program)
            _by_lists(program)
            _summary(program)


def _by_calls(program: str) -> None:
    serial = _sn_prefix()
    # Far more devices than are named: to list them takes more calls.
    with serving(program, "-quota", "500", "-devices", str(MILLION)) as service:
        names = [f"{serial}{number:08x}" for number in range(1, 5001)]
        cost = _read(Fleet(id=MQTT, props={"device_sns": names}, quota=500, url=service.url))
        _print("fleet of 5,000 by single calls, 500/s: seconds", cost.seconds, goal=1.05 * 10 + 1)
    with serving(program, "-quota", "10", "-devices", "500") as service:
        cost = _read(Fleet(id=IOT, props={}, quota=10, url=service.url))
        _print("fleet of 500 of IoT Platform, 10/s: seconds", cost.seconds, goal=1.05 * 50 + 1)


def _by_lists(program: str) -> None:
    with serving(program, "-devices", str(LISTED)) as service:
        cost = _read(Fleet(id=MQTT, props={}, quota=UNLIMITED, url=service.url, parses=True))
    times = f"{cost.seconds:.1f} s to {cost.parsing:.1f} s"
    _print(f"fleet of {LISTED:,} by lists / their parsing alone", cost.seconds / cost.parsing, goal=1.5, more=times)
    sizes = f"{cost.memory / MB:.0f} MB to {cost.state / MB:.0f} MB"
    _print(f"memory of {LISTED:,} / bytes of their state", cost.memory / cost.state, goal=3.0, more=sizes)


def _summary(program: str) -> None:
    with serving(program, "-devices", str(LISTED)) as service:
        # Parsing takes the same time for each of them.
        few = _read(Fleet(id=MQTT, props={}, quota=UNLIMITED, url=service.url, parses=True))
    with serving(program, "-devices", str(MILLION)) as service:
        cost = _read(Fleet(id=MQTT, props={"fields": "summary"}, quota=UNLIMITED, url=service.url))
    assert cost.count == MILLION
    parsing = few.parsing * MILLION / LISTED
    longer = max(LIST_S, parsing)
    times = f"{cost.seconds:.0f} s to {longer:.0f} s"
    _print("summary of a million / the longer of 20 s and the parsing", cost.seconds / longer, goal=1.5, more=times)
    _print("summary of a million: MB of the process", cost.whole_memory / MB, goal=300)


def _print(what: str, figure: float, *, goal: float, more: str = "") -> None:
    print(f"{what:<62} {figure:>6.2f}  (goal {goal:.2f}{f'; {more}' if more else ''})", flush=True)


def _sn_prefix() -> str:
    """Return what the SNs of the service's devices begin with: all of the serial number but its last four bytes."""
    number = read_certificate(CONTENT.read_text(encoding="utf-8")).serial_number_hex or ""
    return number[:-8]


def _read(fleet: Fleet) -> Cost:
    """Read a fleet in another process."""
    command = [sys.executable, "-m", "bench.fleets"]
    result = subprocess.run(command, input=json.dumps(asdict(fleet)), check=True, stdout=subprocess.PIPE, text=True)
    return Cost(**json.loads(result.stdout))


def _measured(fleet: Fleet) -> Cost:
    settings = Settings(access_key_id=KEY, access_key_secret=SECRET, endpoints={"onsmqtt": fleet.url, "iot": fleet.url})

    async def read() -> dict[str, Any]:
        client = Client(settings, quota=QuotaConfig(mqtt=fleet.quota, iot=fleet.quota))
        try:
            return await Reader(client).read_fleet(fleet.id, fleet.props)
        finally:
            await client.aclose()

    before, began = _peak(), time.perf_counter()
    outputs = asyncio.run(read())
    seconds, peak, parsing = time.perf_counter() - began, _peak(), 0.0
    if fleet.parses:
        bodies = [each["certificate_pem"].replace("\n", "\\n") for each in outputs["certificates"].values()]
        began = time.perf_counter()
        for body in bodies:
            read_certificate(body)
        parsing = time.perf_counter() - began
    return Cost(
        count=outputs["summary"]["count"],
        seconds=seconds,
        memory=peak - before,
        whole_memory=peak,
        state=len(json.dumps(outputs)),
        parsing=parsing,
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(Fleet(**json.load(sys.stdin))))))
