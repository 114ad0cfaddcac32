"""The npm packages of the TypeScript example, as pinned by its package-lock.json."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Final

from tools.engine.hosts import HostError
from tools.engine.install import exclusive, install_atomically
from tools.processes import Run

MANIFESTS: Final = ("package.json", "package-lock.json")
INSTALL_TIMEOUT_S: Final = 600.0


def packages_folder(home: Path, example: Path) -> Path:
    """Return the folder for the packages of the folder ``example``; its name depends on the manifests."""
    digest = hashlib.sha256(b"\0".join((example / manifest).read_bytes() for manifest in MANIFESTS))
    return home / f"npm-{digest.hexdigest()[:16]}" / "node_modules"


def get_packages(home: Path, example: Path, *, path: str, run: Run) -> Path:
    """Install the packages of the folder ``example`` into ``home`` once, and return their ``node_modules``.

    Raise HostError.
    """
    packages = packages_folder(home, example)
    with exclusive(home):
        if not packages.is_dir():
            for earlier in home.glob("npm-*"):
                shutil.rmtree(earlier)
            install_atomically(packages.parent, lambda root: _install(root, example, path=path, run=run))
    return packages


def _install(root: Path, example: Path, *, path: str, run: Run) -> Path:
    folder = root / "npm"
    folder.mkdir()
    for manifest in MANIFESTS:
        shutil.copy(example / manifest, folder)
    npm = shutil.which("npm", path=path) or "npm"
    # No package needs its install script, so none is run.
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    title = "engine: installing the example's npm packages"
    completed = run(command, title=title, timeout_s=INSTALL_TIMEOUT_S, cwd=folder)
    if not completed.ok:
        why = f"no result after {INSTALL_TIMEOUT_S:.0f} s" if completed.code is None else completed.last_lines(8)
        raise HostError(f"npm ci for {example.name} failed: {why}")
    return folder
