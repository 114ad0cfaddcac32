"""The first source: a CLI that the machine has already."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.alive import Run
from tools.engine.found import CLI, PROGRAMS, Engine, NotHad, version_of


def engine_on_path(path: str, *, run: Run) -> Engine:
    """The engine of the search path `path`; its programs may stand beside the CLI or anywhere on it. Raises NotHad."""
    found = shutil.which(CLI, path=path)
    if found is None:
        raise NotHad("there is no pulumi on PATH")
    cli = Path(found).absolute()
    beside = f"{cli.parent}:{cli.resolve().parent}:{path}"
    missing = [program for program in PROGRAMS if shutil.which(program, path=beside) is None]
    if missing:
        raise NotHad(f"{cli} has no {', '.join(missing)} beside it or on PATH")
    return Engine(folder=cli.parent, version=version_of(cli, run=run), source="PATH")
