"""The order of sources: PATH, this checkout, the official download, a Go build. Each installs all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from tools.engine.download import download_engine
from tools.engine.engine import NEWEST, OLDEST, Engine, Unavailable, engine_in
from tools.engine.go_build import CLIS, build_engine, manual_commands, update_host
from tools.engine.install import exclusive, install_atomically
from tools.engine.on_path import engine_on_path
from tools.processes import Run, log

CHOICE: Final = "PULUMI_ENGINE"
CHOICES: Final = ("path", "download", "go")


class NoEngineError(Exception):
    """No source has an engine; the message has each reason and the commands that help."""


def get_engine(home: Path, *, version: str | None, environ: Mapping[str, str], run: Run) -> Engine:
    """Return the engine for the checkout with the engine folder ``home``, and install one there if there is none.

    Without a ``version`` any supported one will do: the newest is downloaded, and Go builds the oldest, which takes a
    quarter of the time. ``PULUMI_ENGINE`` (path, download or go) restricts the sources to one. Raise NoEngineError.
    """
    only = environ.get(CHOICE) or None
    if only not in (None, *CHOICES):
        raise NoEngineError(f"{CHOICE} is {only!r}; it must be {', '.join(CHOICES[:-1])} or {CHOICES[-1]}")
    path = environ.get("PATH", "")
    reasons: dict[str, str] = {}

    if only in (None, "path"):
        try:
            return engine_on_path(path, version=version, run=run)
        except Unavailable as why:
            reasons["PATH"] = str(why)
    if only == "path":
        raise NoEngineError(_message(home, version, reasons))

    download, build = version or NEWEST, version or OLDEST
    makers: dict[str, tuple[str, Callable[[Path], Engine]]] = {
        "download": (download, lambda root: download_engine(root, version=download, run=run)),
        "go": (build, lambda root: build_engine(root, version=build, run=run, path=path)),
    }
    with exclusive(home):
        with suppress(Unavailable):  # normal in a fresh checkout, and not worth a message
            engine = installed_engine(home, version=version, run=run)
            update_host(engine.folder, run=run, path=path)
            return engine
        for name, (made, make) in makers.items():
            if only not in (None, name):
                continue
            try:
                return _whole(make, home / made)
            except Unavailable as why:
                reasons[name] = str(why)
                log(f"engine: {name}: {str(why).splitlines()[0]}")
    raise NoEngineError(_message(home, version, reasons))


def installed_engine(home: Path, *, version: str | None, run: Run) -> Engine:
    """Return the engine of this version that ``home`` has, or the newest of any. Raise Unavailable."""
    for each in [version] if version else [NEWEST, OLDEST]:
        with suppress(Unavailable):
            return engine_in(home / each, version=each, source="this checkout", run=run)
    raise Unavailable(f"{home} has no engine")


def _whole(make: Callable[[Path], Engine], place: Path) -> Engine:
    """Make the engine beside its final folder, and move it there once it has reported its version."""
    made: list[Engine] = []

    def engine_folder(root: Path) -> Path:
        made.append(make(root))
        return made[0].folder

    install_atomically(place, engine_folder)
    return replace(made[0], folder=place)


def _message(home: Path, version: str | None, reasons: Mapping[str, str]) -> str:
    wanted = version or f"{OLDEST} or newer"
    built = version or OLDEST
    tried = [f"  {name}: {why}".replace("\n", "\n      ") for name, why in reasons.items()]
    remedies = [
        "  - the Pulumi CLI on PATH:",
        f"      curl -fsSL https://get.pulumi.com | sh -s -- --version {version or NEWEST}",
        '      export PATH="$HOME/.pulumi/bin:$PATH"',
    ]
    if built in CLIS:
        remedies += [
            f"  - Go {CLIS[built].go} or newer on PATH (https://go.dev/dl/); what is then built, by hand:",
            f"      mkdir -p {home / built}",
            *(f"      {command}" for command in manual_commands(home / built, version=built)),
        ]
    return "\n".join(
        [
            f"There is no Pulumi engine ({wanted}, with its Python language host), tried in this order:",
            *tried,
            "One of these is enough; then run the same command again:",
            *remedies,
        ]
    )
