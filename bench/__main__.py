"""Measure what certificates cost, as ratios to a named peer: ``make bench``.

A whole ``pulumi preview`` is compared with the same preview of a provider that reads nothing. The emulator runs in the
provider's process and is warm: an earlier run issued its certificates. Ours and the peer take turns, and the figures
are medians of pairs, because machines drift. Each goal is printed beside its figure; a missed goal is no failure.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import audit, calls, certificates, fleets, growth, quota
from bench.projects import CERTIFICATES, PREVIEW, project, seconds

PAIRS = 7
EMPTY = """
import pulumi
from bench.empty import Empty
pulumi.export("values", {{f"device-{{n}}": Empty(f"device-{{n}}").value for n in range({count})}})
"""
GATE = ["device-certificates", "preview", "--stack", "bench", "--html", "page.html", "--json", "report.json"]


def compare(
    name: str, goal: float, ours: dict[str, object], peer: dict[str, object], command: Sequence[str] = PREVIEW
) -> None:
    """Run ``command`` on ours and a plain preview on the peer in turns; print the median ratio."""
    pairs = [(seconds([*command], **ours), seconds(PREVIEW, **peer)) for _ in range(PAIRS)]
    ratios = sorted(mine / other for mine, other in pairs)
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"{name:<62} {statistics.median(ratios):>6.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f}; goal {goal:.2f}; "
        f"{mine:.2f} s to {other:.2f} s)",
        flush=True,
    )


def import_time() -> None:
    """Print how much the import of the data sources adds to the import of ``pulumi``."""
    ours = "import pulumi; from alicloud_device_certificates import MqttDeviceCertificate, export_certificates"
    pairs = [
        (seconds([sys.executable, "-c", ours]), seconds([sys.executable, "-c", "import pulumi"]))
        for _ in range(2 * PAIRS)
    ]
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    extra = statistics.median(first - second for first, second in pairs)
    print(f"{'import beyond pulumi itself, seconds':<62} {extra:>6.2f}  (goal 0.05; {mine:.2f} s to {other:.2f} s)")


def main() -> None:
    """Print one line for each figure."""
    print(f"medians of {PAIRS} pairs, in turns; ratio ours / peer (least to most)\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for count, goal in ((1, 1.05), (100, 1.20)):
            ours = project(Path(folder) / f"ours{count}", CERTIFICATES.format(count=count), count)
            peer = project(Path(folder) / f"peer{count}", EMPTY.format(count=count), count)
            what = "certificate" if count == 1 else "certificates"
            compare(f"preview, {count} {what} / {count} reads of an empty provider", goal, ours, peer)
        compare("the gate, with reports, 100 certificates / their plain preview", 1.50, ours, ours, GATE)
    import_time()
    calls.measure()
    quota.measure()
    fleets.measure()
    growth.measure()
    certificates.measure()
    certificates.measure_hostile()
    audit.measure()


main()
