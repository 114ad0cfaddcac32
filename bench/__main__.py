"""Measure what certificates cost, as ratios to a named peer: ``make bench``.

A whole ``pulumi preview`` is compared with the same preview of a provider that reads nothing. The emulator runs in the
provider's process and is warm: an earlier run issued its certificates. Ours and the peer take turns, and the figures
are medians of pairs, because machines drift. Each goal is printed beside its figure; a missed goal is no failure.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import certificates

CHECKOUT = Path(__file__).resolve().parents[1]
PAIRS = 7

CERTIFICATES = """
from alicloud_device_certificates import MqttDeviceCertificate, export_certificates
export_certificates({{
    f"device-{{n}}": MqttDeviceCertificate(
        f"device-{{n}}", mqtt_instance_id="post-1", ca_sn="00f2", device_sn=f"a{{n:04}}"
    )
    for n in range({count})
}})
"""
EMPTY = """
import pulumi
from bench.empty import Empty
pulumi.export("values", {{f"device-{{n}}": Empty(f"device-{{n}}").value for n in range({count})}})
"""
SCENARIO = """
accounts:
  - id: "1"
    users: [{access_key_id: key, access_key_secret: secret}]
    mqtt_instances:
      - id: post-1
        cas: [{sn: 00f2, devices: [%s]}]
"""
CONFIG = """
config:
  alicloud:region: cn-hangzhou
  device-certificates:emulator: true
  device-certificates:emulatorScenario: scenario.yaml
"""


PREVIEW = ["pulumi", "preview", "--stack", "bench"]
GATE = ["device-certificates", "preview", "--stack", "bench", "--html", "page.html", "--json", "report.json"]


def seconds(command: list[str], **process_options: object) -> float:
    """Return the wall time of a command. Raise SystemExit if it fails."""
    began = time.perf_counter()
    ended = subprocess.run(command, check=False, capture_output=True, text=True, **process_options)  # type: ignore[call-overload]
    took = time.perf_counter() - began
    if ended.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{ended.stdout}{ended.stderr}")
    return took


def project(folder: Path, program: str, devices: int) -> dict[str, object]:
    """Create and warm up a project, and return its folder and environment as arguments of ``subprocess.run``."""
    (folder / "backend").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
    (folder / "Pulumi.bench.yaml").write_text(CONFIG)
    (folder / "__main__.py").write_text(program)
    (folder / "scenario.yaml").write_text(SCENARIO % ", ".join(f"{{sn: a{n:04}}}" for n in range(devices)))
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PYTHONPATH": str(CHECKOUT),
    }
    process_options: dict[str, object] = {"cwd": folder, "env": environment}
    seconds(["pulumi", "stack", "init", "bench"], **process_options)
    seconds(PREVIEW, **process_options)
    return process_options


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
        for count, goal in ((1, 1.15), (100, 1.30)):
            ours = project(Path(folder) / f"ours{count}", CERTIFICATES.format(count=count), count)
            peer = project(Path(folder) / f"peer{count}", EMPTY.format(count=count), count)
            what = "certificate" if count == 1 else "certificates"
            compare(f"preview, {count} {what} / {count} reads of an empty provider", goal, ours, peer)
        compare("the gate, with reports, 100 certificates / their plain preview", 1.50, ours, ours, GATE)
    import_time()
    certificates.measure()
    certificates.measure_hostile()


main()
