"""The order: PATH, what the checkout has already, the official download, a build by Go. Once, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from tools.alive import Run, say
from tools.engine.download import download_engine
from tools.engine.found import VERSION_TEXT, Engine, NotHad, engine_in
from tools.engine.go_build import build_engine, by_hand, needed_go
from tools.engine.on_path import engine_on_path
from tools.engine.place import alone, made_whole

CHOICE: Final = "PULUMI_ENGINE"
CHOICES: Final = ("path", "download", "go")


class NoEngineError(Exception):
    """No source had an engine; the message says why each had none, and what to type."""


def get_engine(home: Path, *, environ: Mapping[str, str], run: Run) -> Engine:
    """The engine for the checkout whose engine folder is `home`; gets one into it only where there is none.

    `PULUMI_ENGINE` (path, download or go) leaves one source alone. Raises NoEngineError.
    """
    only = environ.get(CHOICE) or None
    if only not in (None, *CHOICES):
        raise NoEngineError(f"{CHOICE} is {only!r}; it may be {', '.join(CHOICES[:-1])} or {CHOICES[-1]}")
    path = environ.get("PATH", "")
    refusals: dict[str, str] = {}

    if only in (None, "path"):
        try:
            return engine_on_path(path, run=run)
        except NotHad as why:
            refusals["PATH"] = str(why)
    if only == "path":
        raise NoEngineError(_message(home, refusals))

    makers: dict[str, Callable[[Path], Engine]] = {
        "download": lambda root: download_engine(root, run=run),
        "go": lambda root: build_engine(root, run=run, path=path),
    }
    with alone(home):
        with suppress(NotHad):  # the usual state of a fresh checkout, and nothing to tell
            return engine_in(home / "bin", source="this checkout", run=run)
        for name, make in makers.items():
            if only not in (None, name):
                continue
            try:
                return _whole(make, home)
            except NotHad as why:
                refusals[name] = str(why)
                say(f"engine: {name}: {str(why).splitlines()[0]}")
    raise NoEngineError(_message(home, refusals))


def _whole(make: Callable[[Path], Engine], home: Path) -> Engine:
    """Make the engine beside its place, and move it there once it has answered."""
    made: list[Engine] = []

    def engine_folder(root: Path) -> Path:
        made.append(make(root))
        return made[0].folder

    place = home / "bin"
    made_whole(place, engine_folder)
    return replace(made[0], folder=place)


def _message(home: Path, refusals: Mapping[str, str]) -> str:
    tried = [f"  {name}: {why}".replace("\n", "\n      ") for name, why in refusals.items()]
    remedies = [
        "  - the Pulumi CLI on PATH:",
        f"      curl -fsSL https://get.pulumi.com | sh -s -- --version {VERSION_TEXT}",
        '      export PATH="$HOME/.pulumi/bin:$PATH"',
        f"  - Go {needed_go()} or newer on PATH (https://go.dev/dl/); what is then built, by hand:",
        f"      mkdir -p {home / 'bin'}",
        *(f"      {command}" for command in by_hand(home / "bin")),
    ]
    return "\n".join(
        [
            f"There is no Pulumi engine ({VERSION_TEXT} or newer, with its Python language host), tried in this order:",
            *tried,
            "One of these is enough; then run the same command again:",
            *remedies,
        ]
    )
