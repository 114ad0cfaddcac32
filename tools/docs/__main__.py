"""Write every page and source file that follows from code: ``python -m tools.docs``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tools.docs.pages import Render, written

CHECKOUT: Final = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write the files that have changed, and print their paths."""
    files = sorted(written().items())
    if _write(each for each in files if each[0].suffix == ".py"):
        # Pages are made of modules that this process may have imported as they were.
        subprocess.run([sys.executable, "-m", "tools.docs"], check=True)
    else:
        _write(each for each in files if each[0].suffix != ".py")


def _write(files: Iterable[tuple[Path, Render]]) -> bool:
    """Write files and return whether one has changed."""
    has_changed = False
    for path, render in files:
        place = CHECKOUT / path
        before = place.read_text(encoding="utf-8") if place.exists() else ""
        after = render(before)
        if after != before:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(after, encoding="utf-8")
            print(path, flush=True)
            has_changed = True
    return has_changed


if __name__ == "__main__":
    main()
