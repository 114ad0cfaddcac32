"""Build the sdist and the wheel of a commit, twice, and compare them byte by byte."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.processes import Run

BUILD_TIMEOUT_S: Final = 900.0  # a busy machine installs slowly


class ReleaseError(Exception):
    """A step of the release failed; the message has the reason."""


def checked(run: Run, command: list[str], *, cwd: Path, environ: Mapping[str, str] | None = None) -> str:
    """Run a command and return its output. Raise ReleaseError if it fails."""
    completed = run(command, timeout_s=BUILD_TIMEOUT_S, cwd=cwd, environ=environ)
    if not completed.ok:
        name = " ".join(Path(word).name if Path(word).is_absolute() else word for word in command[:4])
        raise ReleaseError(f"{name} failed:\n{completed.output.strip()}")
    return completed.output


def commit_time(checkout: Path, *, run: Run) -> str:
    """Return the time of the current commit, in seconds since 1970. Raise ReleaseError if tracked files differ."""
    if changed := checked(run, ["git", "status", "--porcelain", "--untracked-files=no"], cwd=checkout).strip():
        raise ReleaseError(f"a release is made of a commit, and these files differ from it:\n{changed}")
    return checked(run, ["git", "log", "-1", "--format=%ct"], cwd=checkout).strip()


def build(checkout: Path, into: Path, *, epoch: str, run: Run) -> list[Path]:
    """Build the sdist of the current commit below ``into``, and the wheel from that sdist. Raise ReleaseError."""
    source, unpacked, made = into / "source", into / "unpacked", into / "dist"
    for folder in (source, unpacked, made):
        folder.mkdir(parents=True)
    # Only what git has: no file that lies around in the checkout gets into a distribution.
    archive = into / "source.tar"
    checked(run, ["git", "archive", "--format=tar", f"--output={archive}", "HEAD"], cwd=checkout)
    _unpack(archive, source)
    environ = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(made)]
    checked(run, [*command, "--target", "sdist"], cwd=source, environ=environ)
    (sdist,) = made.iterdir()
    _unpack(sdist, unpacked)
    (folder,) = unpacked.iterdir()
    checked(run, [*command, "--target", "wheel"], cwd=folder, environ=environ)
    return sorted(made.iterdir())


def build_twice(checkout: Path, work: Path, *, epoch: str, run: Run) -> list[Path]:
    """Build in two folders and return the first build. Raise ReleaseError if the second one differs."""
    first, second = (build(checkout, work / name, epoch=epoch, run=run) for name in ("first", "second"))
    differing = [one.name for one, other in zip(first, second, strict=True) if digest(one) != digest(other)]
    if differing:
        raise ReleaseError(f"a second build has other bytes: {', '.join(differing)}")
    return first


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def publish(distributions: list[Path], folder: Path) -> list[Path]:
    """Replace ``folder`` with the distributions and their ``SHA256SUMS``; return the new paths."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    placed = [Path(shutil.copy(path, folder)) for path in distributions]
    (folder / "SHA256SUMS").write_text("".join(f"{digest(path)}  {path.name}\n" for path in placed), encoding="utf-8")
    return placed


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
