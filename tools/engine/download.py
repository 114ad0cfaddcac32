"""The second source: the official download, by the SDK's installer (``pulumi.automation.PulumiCommand.install``)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from tools.engine.engine import Engine, Unavailable, engine_in
from tools.processes import Run

INSTALLER: Final = "https://get.pulumi.com/install.sh"
PROBE_TIMEOUT_S: Final = 8.0  # a machine without access must not wait for the installer's retries
INSTALL_TIMEOUT_S: Final = 600.0

# Each runs in a process of its own, because neither a name look-up nor the installer has a timeout.
PROBE: Final = """
import sys, urllib.request
from pulumi.automation import PulumiCommand
with urllib.request.urlopen(sys.argv[1], timeout=5) as response:
    response.read(1)
"""
INSTALL: Final = """
import sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


def download_engine(root: Path, *, version: str, run: Run) -> Engine:
    """Download the engine into ``root``/bin, which a failure may leave incomplete. Raise Unavailable."""
    probe = run(
        [sys.executable, "-c", PROBE, INSTALLER],
        title="engine: looking for the official download",
        timeout_s=PROBE_TIMEOUT_S,
    )
    if not probe.ok:
        why = probe.last_lines() or f"no response in {PROBE_TIMEOUT_S:.0f} s"
        raise Unavailable(f"{INSTALLER} cannot be reached: {why}")
    install = run(
        [sys.executable, "-c", INSTALL, str(root), version],
        title=f"engine: downloading Pulumi {version}",
        timeout_s=INSTALL_TIMEOUT_S,
    )
    if not install.ok:
        why = f"no result after {INSTALL_TIMEOUT_S:.0f} s" if install.code is None else install.last_lines()
        raise Unavailable(f"the installer failed: {why}")
    return engine_in(root / "bin", version=version, source="official download", run=run)
