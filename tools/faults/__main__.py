"""Read 1,000 certificates with the real engine while 30 % of the responses are broken: ``make faults``."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tools.faults.project import FaultyProject, compare
from tools.faults.service import serving

SHARE = 0.3
IOT_SHARE = 10


def main(count: int) -> int:
    """Print what was lost, doubled or wrong, the attempts and the time; return 1 if anything was."""
    mqtt, iot = count - count // IOT_SHARE, count // IOT_SHARE
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        with serving(folder, mqtt=mqtt, iot=iot, share=SHARE) as service:
            project = FaultyProject(folder / "project", service, mqtt=mqtt, iot=iot)
            began = time.perf_counter()
            failure = project.update()
            took = time.perf_counter() - began
        if failure is not None:
            print(failure)
            return 1
        found = compare(project.certificates(), service.contents)
    attempts, faults = service.requests.total(), service.injected.total()
    print(f"certificates  {count} ({mqtt} MQTT, {iot} IoT with private keys)")
    print(f"responses     {attempts}, of which {faults} broken ({100 * faults / attempts:.0f} %)")
    print(f"attempts      {attempts / count:.2f} for each certificate, at most {max(service.requests.values())}")
    print(f"time          {took:.1f} s for `pulumi up`")
    for fault, times in sorted(service.injected.items()):
        print(f"  {fault:<24} {times:>5}")
    for what, devices in found.items():
        print(f"{what:<13} {len(devices)} {', '.join(devices[:10])}".rstrip())
    return 1 if any(found.values()) or len(service.contents) != count else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
