"""ARCHITECTURE.md: the picture of the rooms and the table of what each one does."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import grimp

from alicloud_device_certificates.contract.distribution import PACKAGE
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table

ROOT: Final = Path(__file__).resolve().parents[3] / "providers" / PACKAGE
BASE: Final = "contract"
"""The room that nearly all import; arrows to it would hide the others."""

ENTRY: Final = "__main__"
"""Only starts the command line."""

Imports = Mapping[str, frozenset[str]]
"""The rooms that each room imports."""


def room_imports() -> Imports:
    """Return the package's rooms, which are its top-level packages and modules, and what each imports."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    rooms = {name.rpartition(".")[2] for name in graph.find_children(PACKAGE)} - {ENTRY}
    found: dict[str, set[str]] = {room: set() for room in rooms}
    for module in graph.modules - {PACKAGE, f"{PACKAGE}.{ENTRY}"}:
        room = module.split(".")[1]
        imported = {name.split(".")[1] for name in graph.find_modules_directly_imported_by(module) if name != PACKAGE}
        found[room] |= imported - {room}
    return {room: frozenset(found[room]) for room in top_down(found)}


def top_down(imports: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield the rooms, each one before those that it imports. Raise ValueError if there is an import cycle."""
    left = set(imports)
    while left:
        top = sorted(room for room in left if not any(room in imports[other] for other in left))
        if not top:
            raise ValueError(f"these rooms import each other: {sorted(left)}")
        yield from top
        left -= set(top)


def picture(imports: Imports) -> str:
    """Return the Mermaid graph: an arrow from each room to those that it imports."""
    lines = [f"    {room} --> {other}" for room in imports for other in imports if other in imports[room] - {BASE}]
    exceptions = [f"`{room}`" for room in imports if BASE not in imports[room] | {room}]
    others = "every room" if not exceptions else f"every room except {', '.join(exceptions)}"
    note = f"Not drawn: {others} imports `{BASE}` too."
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", "", note])


def purpose(room: str) -> str:
    """Return the first sentence of a room's docstring."""
    source = ROOT / room / "__init__.py" if (ROOT / room).is_dir() else ROOT / f"{room}.py"
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].removesuffix(".").replace("``", "`")


def layers() -> Iterator[tuple[str, str]]:
    """Yield each room that has layers, and these from top to bottom, as import-linter's contracts have them."""
    project = tomllib.loads((ROOT.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in project["tool"]["importlinter"]["contracts"]:
        for container in contract.get("containers", ()):
            if container != PACKAGE:
                yield f"`{container.rpartition('.')[2]}/`", "; ".join(map(_beside, contract["layers"]))


def _beside(layer: str) -> str:
    *most, last = (f"`{name.strip()}`" for name in layer.split("|"))
    return f"{', '.join(most)} and {last}" if most else last


def _render(text: str) -> str:
    imports = room_imports()
    rows = [(f"`{room}/`" if (ROOT / room).is_dir() else f"`{room}.py`", purpose(room)) for room in imports]
    return fill(
        text,
        {
            "picture": picture(imports),
            "rooms": table(("room", "what it does"), rows),
            "layers": table(("room", "layers from top to bottom"), layers()),
        },
    )


WRITES: Final[Mapping[Path, Render]] = {Path("ARCHITECTURE.md"): _render}
