"""The order: PATH, what the checkout has already, the official download, a build by Go. Once, whole or not at all."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tools.alive import Run, say
from tools.engine.download import download_engine
from tools.engine.found import VERSION_TEXT, Engine, NotHad, engine_in
from tools.engine.go_build import build_engine, by_hand, needed_go
from tools.engine.on_path import engine_on_path

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
    home.mkdir(exist_ok=True)
    with _alone(home):
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


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two runs at once must not get two engines: the second waits, and finds the first one's."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("engine: another run is getting it; waiting for that")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _whole(make: Callable[[Path], Engine], home: Path) -> Engine:
    """Make the engine beside its place, and move it there once it has answered; nothing is ever left over."""
    for killed in home.glob("new-*"):  # of a run that could not clean up after itself
        shutil.rmtree(killed, ignore_errors=True)
    root = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    try:
        engine = make(root)
        place = home / "bin"
        shutil.rmtree(place, ignore_errors=True)
        engine.folder.rename(place)
        return Engine(folder=place, version=engine.version, source=engine.source)
    finally:
        shutil.rmtree(root, ignore_errors=True)


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
