"""Read and preview under faults for five minutes: ``make soak``. Memory, threads and descriptors have to stay flat.

One process reads all devices again and again, as a provider does. Beside it, previews run in a loop. The figures of the
first rounds are not counted: imports, caches and the allocator need them.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.reading import Reader, ReadOptions
from tools.faults.project import FaultyProject
from tools.faults.service import CA, KEY, MQTT, PRODUCT, SECRET, FaultyService, serving

SECONDS: Final = 300
SHARE: Final = 0.3
WARM_UP: Final = 5  # rounds
GROWTH: Final = 1.1
"""How much more memory the last rounds may need than the first ones: fragmentation is not a leak."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a process holds."""

    memory_kib: int
    threads: int
    descriptors: int

    @classmethod
    def now(cls) -> Figures:
        """Return those of this process (Linux)."""
        status = Path("/proc/self/status").read_text()
        (memory,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        return cls(int(memory), threading.active_count(), len(list(Path("/proc/self/fd").iterdir())))


def ids(mqtt: int, iot: int) -> list[str]:
    """Return the IDs of all devices."""
    gateways = [f"mqtt/cn-hangzhou/{MQTT}/{CA}/a{number:05}" for number in range(mqtt)]
    return [*gateways, *(f"iot/cn-shanghai/-/{PRODUCT}/lamp-{number}" for number in range(iot))]


async def read_rounds(host: str, devices: list[str], go_on: Callable[[int], bool]) -> list[Figures]:
    """Read all devices, round by round, with one client. Return the figures after each round."""
    settings = Settings(
        access_key_id=KEY,
        access_key_secret=SECRET,
        endpoints={"onsmqtt": host, "iot": host},
        protocol="http",
        read_timeout=1.0,
    )
    client, found = Client(settings), list[Figures]()
    while go_on(len(found)):
        # A new reader for each round, because a reader keeps the certificates of CAs.
        reader = Reader(client)
        options = ReadOptions(include_private_key=True)
        await asyncio.gather(*(reader.read(device, options) for device in devices))
        found.append(Figures.now())
    await client.aclose()
    return found


def is_flat(rounds: list[Figures]) -> bool:
    """Return whether the last rounds held no more than the first ones after the warm-up."""
    counted = rounds[WARM_UP:]
    first, last = counted[: len(counted) // 4 or 1], counted[-(len(counted) // 4 or 1) :]
    return (
        max(each.memory_kib for each in last) <= GROWTH * max(each.memory_kib for each in first)
        and max(each.threads for each in last) <= max(each.threads for each in first)
        and min(each.descriptors for each in last) <= max(each.descriptors for each in first)
    )


def _read(service: FaultyService, devices: list[str], seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tools.faults.soak", f"127.0.0.1:{service.port}", str(seconds), *devices]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main() -> int:
    """Print the figures; return 1 if they grew, or if a preview failed."""
    mqtt, iot, previews = 80, 20, 0
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as name,
        serving(Path(name), mqtt=mqtt, iot=iot, share=SHARE) as it,
    ):
        project = FaultyProject(Path(name) / "project", it, mqtt=mqtt, iot=iot)
        failure = project.update()
        reading = _read(it, ids(mqtt, iot), SECONDS)
        while reading.poll() is None and failure is None:
            ended = project.run("preview", "--expect-no-changes")
            failure = None if ended.returncode == 0 else ended.stdout + ended.stderr
            previews += 1
        report, _ = reading.communicate()
        print(report, end="")
        print(
            f"previews      {previews}, each without a change; "
            f"{it.requests.total()} requests, {it.injected.total()} broken responses"
        )
    if failure is not None:
        print(failure)
    return 1 if failure is not None or reading.returncode != 0 else 0


def read(host: str, seconds: float, devices: list[str]) -> int:
    """Read for some time and print the figures; return 1 if they grew."""
    end = time.monotonic() + seconds
    rounds = asyncio.run(read_rounds(host, devices, lambda count: count <= 2 * WARM_UP or time.monotonic() < end))
    for what, each in (("start", rounds[WARM_UP]), ("end", rounds[-1])):
        print(f"{what:<13} {each.memory_kib / 1024:.1f} MiB, {each.threads} threads, {each.descriptors} descriptors")
    print(f"reads         {len(rounds) * len(devices)} in one process, {len(rounds)} rounds")
    return 0 if is_flat(rounds) else 1


if __name__ == "__main__":
    sys.exit(read(sys.argv[1], float(sys.argv[2]), sys.argv[3:]) if len(sys.argv) > 1 else main())
