"""Measure how previews grow with the number of certificates, and write it into docs/scale.md: ``make scale``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.docs.blocks import fill

from bench import checkpoints, growth
from bench.plot import svg

DOCS = Path(__file__).resolve().parents[1] / "docs"
LINES = {
    "resources": "as resources",
    "same resources": "their floor",
    "fleet": "as a fleet",
    "same fleet": "its floor",
}


def _growth() -> str:
    found = growth.grown()
    lines = {title: found.seconds[name] for name, title in LINES.items()}
    (DOCS / "images" / "scale.svg").write_text(svg(lines), encoding="utf-8")
    return growth.table(found)


PARTS = {"growth": _growth, "checkpoints": checkpoints.table}


def main(names: Sequence[str]) -> None:
    """Measure the parts of these names, or all of them; write the tables and the plot."""
    page = DOCS / "scale.md"
    for name in names or PARTS:
        table = PARTS[name]()
        print(f"{table}\n", flush=True)
        page.write_text(fill(page.read_text(encoding="utf-8"), {name: table}, f"make scale {name}"), encoding="utf-8")


main(sys.argv[1:])
