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
from pathlib import Path
from typing import Any

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.reading import Reader
from bench.calls import KEY, SECRET, UNLIMITED, Service, built, serving
from bench.projects import PREVIEW, seconds, warm
from bench.same import OUTPUTS

PAIRS = 3
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
            options[name] = warm(place, PROGRAMS[name], CONFIG.format(service.host), **keys)
        yield Projects(options)


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
