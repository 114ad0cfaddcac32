"""What a whole preview costs as the certificates grow in number: as single resources, and as one fleet.

The peer of each is the same program with a provider that returns outputs of the same size (``bench/same.py``), which is
the floor that the engine and its SDK set. The service is ``bench/server``, without a quota.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.reading import Reader
from bench.calls import KEY, SECRET, UNLIMITED, Service, built, serving
from bench.projects import PREVIEW, seconds, with_stack
from bench.same import OUTPUTS

PAIRS = 3
COUNTS = (1, 10, 100, 1000, 10_000)
FLEET_ID = "mqtt-fleet/cn-hangzhou/post-cn-1/00f2"
SINGLES = """
import json
from alicloud_device_certificates import MqttDeviceCertificate, export_certificates
with open("outputs.json") as file:
    sns = list(json.load(file)["certificates"])
export_certificates({
    sn: MqttDeviceCertificate(sn, mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn=sn) for sn in sns
})
"""
FLEET = """
from alicloud_device_certificates import MqttDeviceCertificates, export_certificates
export_certificates({"fleet": MqttDeviceCertificates("fleet", mqtt_instance_id="post-cn-1", ca_sn="00f2")})
"""
SAME = "from bench.same import {0}\n{0}()\n"
CONFIG = """
config:
  alicloud:region: cn-hangzhou
  alicloud:endpoints: [{{onsmqtt: "{0}", iot: "{0}"}}]
  alicloud:protocol: HTTP
  device-certificates:quota: {{mqtt: 1000000}}
"""
PROGRAMS = {
    "resources": SINGLES,
    "fleet": FLEET,
    "same resources": SAME.format("singles"),
    "same fleet": SAME.format("fleet"),
}
"""By name: what is measured, and the peer of each."""


@dataclass(frozen=True, slots=True)
class Projects:
    """The projects of one number of certificates, ready to be previewed."""

    options: dict[str, dict[str, Any]]
    state: int
    """Bytes of the outputs as JSON."""

    def seconds(self, name: str) -> float:
        """Return the wall time of a preview."""
        return seconds(PREVIEW, **self.options[name])


@contextmanager
def projects(folder: Path, program: str, count: int, *names: str) -> Iterator[Projects]:
    """Serve ``count`` certificates, and create the projects of these names."""
    with serving(program, "-devices", str(count)) as service:
        outputs = json.dumps(_outputs(service))
        options = {}
        for name in names:
            place = folder / f"{name.replace(' ', '-')}-{count}"
            place.mkdir()
            (place / OUTPUTS).write_text(outputs, encoding="utf-8")
            # Without it, the engine saves the state after each resource, which is far slower than all of the rest.
            keys = {"ALICLOUD_ACCESS_KEY": KEY, "ALICLOUD_SECRET_KEY": SECRET, "PULUMI_SKIP_CHECKPOINTS": "true"}
            options[name] = with_stack(place, PROGRAMS[name], CONFIG.format(service.host), **keys)
        yield Projects(options, len(outputs))


def _outputs(service: Service) -> dict[str, Any]:
    """Return the outputs of the fleet."""
    settings = Settings(access_key_id=KEY, access_key_secret=SECRET, endpoints={"onsmqtt": service.url})

    async def read() -> dict[str, Any]:
        client = Client(settings, quota=UNLIMITED)
        try:
            return await Reader(client).read_fleet(FLEET_ID, {})
        finally:
            await client.aclose()

    return asyncio.run(read())


@dataclass(frozen=True, slots=True)
class Growth:
    """How previews grow."""

    seconds: dict[str, dict[int, float]]
    """By the name of the project and the number of certificates; the least of some previews."""
    state: dict[int, int]
    """Bytes of the outputs of a fleet as JSON, by the number of certificates."""


def grown() -> Growth:
    """Measure all projects with each number of certificates. Raise SystemExit if there is no Go."""
    growth = Growth({name: {} for name in PROGRAMS}, {})
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        program = built(folder)
        if program is None:
            raise SystemExit("the service is written in Go, and there is no go on PATH")
        for count in COUNTS:
            with projects(folder, program, count, *PROGRAMS) as found:
                growth.state[count] = found.state
                # The long ones take minutes, and differ by far more than what machines drift.
                for _ in range(PAIRS if count < COUNTS[-1] else 1):
                    for each, times in growth.seconds.items():
                        times[count] = min(times.get(count, inf), found.seconds(each))
    return growth


def table(growth: Growth) -> str:
    """Return a table of seconds."""
    titles = ["as resources", "their floor", "as a fleet", "its floor", "outputs of the fleet"]
    lines = [f"| certificates | {' | '.join(titles)} |", f"|{' ---: |' * (len(titles) + 1)}"]
    order = ("resources", "same resources", "fleet", "same fleet")
    for count, state in growth.state.items():
        cells = [f"{count:,}", *(f"{growth.seconds[name][count]:.1f} s" for name in order), _size(state)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _size(count: int) -> str:
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def measure() -> None:
    """Print one line for each figure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        program = built(folder)
        if program is None:
            return
        with projects(folder, program, 10_000, "fleet", "same fleet") as found:
            _compare("preview, 10,000 in a fleet / outputs of the same size", found, "fleet", "same fleet", goal=1.5)
        with projects(folder, program, 1000, "fleet", "resources") as found:
            _compare("preview, 1,000 in a fleet / 1,000 resources", found, "fleet", "resources", goal=1 / 3)


def _compare(what: str, found: Projects, ours: str, peer: str, *, goal: float) -> None:
    pairs = [(found.seconds(ours), found.seconds(peer)) for _ in range(PAIRS)]
    ratios = sorted(mine / other for mine, other in pairs)
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"{what:<62} {statistics.median(ratios):>6.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f}; goal {goal:.2f}; "
        f"{mine:.1f} s to {other:.1f} s)",
        flush=True,
    )


if __name__ == "__main__":
    measure()
