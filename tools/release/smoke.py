"""Try the wheel out in an environment that has nothing but the wheel and its pinned requirements."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final

from tools.engine.engine import Engine
from tools.processes import Run
from tools.release.build import ReleaseError, checked

PROJECT: Final = "name: smoke\nruntime: python\n"
CONFIG: Final = "config:\n  alicloud:region: cn-hangzhou\n  device-certificates:emulator: true\n"


def install(wheel: Path, folder: Path, *, requirements: Path, run: Run) -> Path:
    """Create a virtual environment in ``folder`` with the wheel; return its executables. Raise ReleaseError."""
    checked(run, [sys.executable, "-m", "venv", str(folder)], cwd=folder.parent)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    pinned = ["install", "--quiet", "--require-hashes", "--no-deps", "-r", str(requirements)]
    checked(run, [*pip, *pinned], cwd=folder)
    checked(run, [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], cwd=folder)
    checked(run, [*pip, "check"], cwd=folder)
    return folder / "bin"


def smoke(programs: Path, folder: Path, *, version: str, run: Run) -> None:
    """Import the package and run its command. Raise ReleaseError if either fails or shows another version."""
    environ = {"PATH": f"{programs}{os.pathsep}{os.defpath}", "HOME": str(folder)}
    script = "import alicloud_device_certificates as package; print(*package.__all__)"
    if "MqttDeviceCertificate" not in checked(
        run, [str(programs / "python"), "-c", script], cwd=folder, environ=environ
    ):
        raise ReleaseError("the package does not export its data sources")
    command = str(programs / "device-certificates")
    shown = checked(run, [command, "--version"], cwd=folder, environ=environ).strip()
    if shown != version:
        raise ReleaseError(f"device-certificates --version prints {shown!r}, and the project's version is {version}")
    checked(run, [command, "--help"], cwd=folder, environ=environ)


def preview(programs: Path, folder: Path, *, readme: str, engine: Engine, run: Run) -> None:
    """Preview the README's program on the embedded emulator. Raise ReleaseError."""
    program = re.search(r"^```python\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    if program is None:
        raise ReleaseError("the README has no program in Python")
    for name, text in (("__main__.py", program[1]), ("Pulumi.yaml", PROJECT), ("Pulumi.smoke.yaml", CONFIG)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "backend").mkdir()
    environ = {
        "PATH": os.pathsep.join([str(programs), str(engine.folder), os.defpath]),
        "HOME": str(folder),
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "smoke",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    pulumi = str(engine.folder / "pulumi")
    checked(run, [pulumi, "stack", "init", "smoke"], cwd=folder, environ=environ)
    shown = checked(run, [pulumi, "preview", "--stack", "smoke"], cwd=folder, environ=environ)
    if "BEGIN CERTIFICATE" not in shown:
        raise ReleaseError(f"the preview shows no certificate:\n{shown}")
