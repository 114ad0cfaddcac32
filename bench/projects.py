"""Projects on the emulator whose commands are measured, each with a home and a backend of its own."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

CERTIFICATES = """
from alicloud_device_certificates import MqttDeviceCertificate, export_certificates
export_certificates({{
    f"device-{{n}}": MqttDeviceCertificate(
        f"device-{{n}}", mqtt_instance_id="post-1", ca_sn="00f2", device_sn=f"a{{n:04}}"
    )
    for n in range({count})
}})
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


def seconds(command: list[str], **process_options: object) -> float:
    """Return the wall time of a command. Raise SystemExit if it fails."""
    began = time.perf_counter()
    ended = subprocess.run(command, check=False, capture_output=True, text=True, **process_options)  # type: ignore[call-overload]
    took = time.perf_counter() - began
    if ended.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{ended.stdout}{ended.stderr}")
    return took


def project(folder: Path, program: str, devices: int) -> dict[str, object]:
    """Create and warm up a project on the emulator. Return its folder and environment for ``subprocess.run``."""
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(SCENARIO % ", ".join(f"{{sn: a{n:04}}}" for n in range(devices)))
    process_options = with_stack(folder, program, CONFIG)
    seconds(PREVIEW, **process_options)
    return process_options


def with_stack(folder: Path, program: str, config: str, **variables: str) -> dict[str, object]:
    """Create a project with a stack. Return its folder and environment for ``subprocess.run``."""
    (folder / "backend").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
    (folder / "Pulumi.bench.yaml").write_text(config)
    (folder / "__main__.py").write_text(program)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PYTHONPATH": str(CHECKOUT),
        **variables,
    }
    process_options: dict[str, object] = {"cwd": folder, "env": environment}
    seconds(["pulumi", "stack", "init", "bench"], **process_options)
    return process_options
