"""The first source: a CLI that is already on the machine."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.engine.engine import CLI, PROGRAMS, Engine, Unavailable, version_of
from tools.processes import Run


def engine_on_path(path: str, *, version: str | None, run: Run) -> Engine:
    """Return the engine on the search path ``path``; its programs may be beside the CLI or anywhere on that path.

    Raise Unavailable, also if ``version`` is given and the CLI has another one.
    """
    found = shutil.which(CLI, path=path)
    if found is None:
        raise Unavailable("there is no pulumi on PATH")
    cli = Path(found).absolute()
    beside = f"{cli.parent}:{cli.resolve().parent}:{path}"
    missing = [program for program in PROGRAMS if shutil.which(program, path=beside) is None]
    if missing:
        raise Unavailable(f"{cli} has no {', '.join(missing)} beside it or on PATH")
    has = version_of(cli, run=run)
    if version not in (None, has):
        raise Unavailable(f"{cli} is {has}, and {version} is wanted")
    return Engine(folder=cli.parent, version=has, source="PATH")
