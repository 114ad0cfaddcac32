"""The order of sources: PATH, this checkout, the official download, a Go build. Each installs all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from tools.engine.download import download_engine
from tools.engine.engine import VERSION_TEXT, Engine, Unavailable, engine_in
from tools.engine.go_build import build_engine, manual_commands, required_go
from tools.engine.install import exclusive, install_atomically
from tools.engine.on_path import engine_on_path
from tools.processes import Run, log

CHOICE: Final = "PULUMI_ENGINE"
CHOICES: Final = ("path", "download", "go")


class NoEngineError(Exception):
    """No source has an engine; the message has each reason and the commands that help."""


def get_engine(home: Path, *, environ: Mapping[str, str], run: Run) -> Engine:
    """Return the engine for the checkout with the engine folder ``home``, and install one there if there is none.

    ``PULUMI_ENGINE`` (path, download or go) restricts the sources to one. Raise NoEngineError.
    """
    only = environ.get(CHOICE) or None
    if only not in (None, *CHOICES):
        raise NoEngineError(f"{CHOICE} is {only!r}; it must be {', '.join(CHOICES[:-1])} or {CHOICES[-1]}")
    path = environ.get("PATH", "")
    reasons: dict[str, str] = {}

    if only in (None, "path"):
        try:
            return engine_on_path(path, run=run)
        except Unavailable as why:
            reasons["PATH"] = str(why)
    if only == "path":
        raise NoEngineError(_message(home, reasons))

    makers: dict[str, Callable[[Path], Engine]] = {
        "download": lambda root: download_engine(root, run=run),
        "go": lambda root: build_engine(root, run=run, path=path),
    }
    with exclusive(home):
        with suppress(Unavailable):  # normal in a fresh checkout, and not worth a message
            return engine_in(home / "bin", source="this checkout", run=run)
        for name, make in makers.items():
            if only not in (None, name):
                continue
            try:
                return _whole(make, home)
            except Unavailable as why:
                reasons[name] = str(why)
                log(f"engine: {name}: {str(why).splitlines()[0]}")
    raise NoEngineError(_message(home, reasons))


def _whole(make: Callable[[Path], Engine], home: Path) -> Engine:
    """Make the engine beside its final folder, and move it there once it has reported its version."""
    made: list[Engine] = []

    def engine_folder(root: Path) -> Path:
        made.append(make(root))
        return made[0].folder

    place = home / "bin"
    install_atomically(place, engine_folder)
    return replace(made[0], folder=place)


def _message(home: Path, reasons: Mapping[str, str]) -> str:
    tried = [f"  {name}: {why}".replace("\n", "\n      ") for name, why in reasons.items()]
    remedies = [
        "  - the Pulumi CLI on PATH:",
        f"      curl -fsSL https://get.pulumi.com | sh -s -- --version {VERSION_TEXT}",
        '      export PATH="$HOME/.pulumi/bin:$PATH"',
        f"  - Go {required_go()} or newer on PATH (https://go.dev/dl/); what is then built, by hand:",
        f"      mkdir -p {home / 'bin'}",
        *(f"      {command}" for command in manual_commands(home / "bin")),
    ]
    return "\n".join(
        [
            f"There is no Pulumi engine ({VERSION_TEXT} or newer, with its Python language host), tried in this order:",
            *tried,
            "One of these is enough; then run the same command again:",
            *remedies,
        ]
    )
