"""The second source: the official download, by the SDK's own installer (`pulumi.automation.PulumiCommand.install`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from tools.alive import Run
from tools.engine.found import VERSION_TEXT, Engine, NotHad, engine_in

INSTALLER: Final = "https://get.pulumi.com/install.sh"
PROBE_LIMIT_S: Final = 8.0  # a machine without access must not wait for the installer's own retries
INSTALL_LIMIT_S: Final = 600.0

# Both run as their own process: neither a name look-up nor the installer can be bounded in time from within.
PROBE: Final = """
import sys, urllib.request
from pulumi.automation import PulumiCommand
with urllib.request.urlopen(sys.argv[1], timeout=5) as answer:
    answer.read(1)
"""
INSTALL: Final = """
import sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


def download_engine(root: Path, *, run: Run) -> Engine:
    """Put the engine into `root`/bin, a folder of the caller's that may be left half full. Raises NotHad."""
    probe = run(
        [sys.executable, "-c", PROBE, INSTALLER],
        title="engine: looking for the official download",
        limit_s=PROBE_LIMIT_S,
    )
    if not probe.ok:
        raise NotHad(f"{INSTALLER} cannot be reached: {probe.last_lines() or f'no answer in {PROBE_LIMIT_S:.0f} s'}")
    install = run(
        [sys.executable, "-c", INSTALL, str(root), VERSION_TEXT],
        title=f"engine: downloading Pulumi {VERSION_TEXT}",
        limit_s=INSTALL_LIMIT_S,
    )
    if not install.ok:
        why = f"not finished in {INSTALL_LIMIT_S:.0f} s" if install.code is None else install.last_lines()
        raise NotHad(f"the installer failed: {why}")
    return engine_in(root / "bin", source="official download", run=run)
