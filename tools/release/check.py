"""Check distributions before they are published."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.processes import Run
from tools.release.build import checked


def check(distributions: list[Path], *, checkout: Path, run: Run) -> None:
    """Check the metadata of all distributions and the contents of the wheels. Raise ReleaseError."""
    programs = Path(sys.executable).parent
    checked(run, [sys.executable, "-m", "twine", "check", "--strict", *map(str, distributions)], cwd=checkout)
    wheels = [str(path) for path in distributions if path.suffix == ".whl"]
    checked(run, [str(programs / "check-wheel-contents"), *wheels], cwd=checkout)
