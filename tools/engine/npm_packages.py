"""The npm packages of the example in TypeScript, exactly as its package-lock.json has them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Final

from tools.alive import Run
from tools.engine.node_host import NodeHostError
from tools.engine.place import alone, made_whole

MANIFESTS: Final = ("package.json", "package-lock.json")
INSTALL_LIMIT_S: Final = 600.0


def packages_place(home: Path, example: Path) -> Path:
    """Where the packages of the folder `example` are kept: a change of its manifests makes it another place."""
    digest = hashlib.sha256(b"\0".join((example / manifest).read_bytes() for manifest in MANIFESTS))
    return home / f"npm-{digest.hexdigest()[:16]}" / "node_modules"


def get_packages(home: Path, example: Path, *, path: str, run: Run) -> Path:
    """The `node_modules` of the folder `example`, installed into `home` once. Raises NodeHostError."""
    packages = packages_place(home, example)
    with alone(home):
        if not packages.is_dir():
            for earlier in home.glob("npm-*"):
                shutil.rmtree(earlier)
            made_whole(packages.parent, lambda root: _install(root, example, path=path, run=run))
    return packages


def _install(root: Path, example: Path, *, path: str, run: Run) -> Path:
    folder = root / "npm"
    folder.mkdir()
    for manifest in MANIFESTS:
        shutil.copy(example / manifest, folder)
    npm = shutil.which("npm", path=path) or "npm"
    # No package's own script is needed, so none is run.
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    finished = run(command, title="engine: installing the example's npm packages", limit_s=INSTALL_LIMIT_S, cwd=folder)
    if not finished.ok:
        why = f"not finished in {INSTALL_LIMIT_S:.0f} s" if finished.code is None else finished.last_lines(8)
        raise NodeHostError(f"npm ci for {example.name} failed: {why}")
    return folder
