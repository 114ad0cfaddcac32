"""A usable engine: a recent CLI with all that it needs to run a Python program."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.processes import Run

VERSION: Final = (3, 230, 0)  # the oldest supported one, and the one to download or build
VERSION_TEXT: Final = ".".join(map(str, VERSION))
CLI: Final = "pulumi"
HOST: Final = "pulumi-language-python"
PROGRAMS: Final = (CLI, HOST, "pulumi-language-python-exec", "pulumi-resource-pulumi-python")


@dataclass(frozen=True, slots=True)
class Engine:
    """The folder to put on PATH, the CLI's version, and its origin (one phrase)."""

    folder: Path
    version: str
    source: str


class Unavailable(Exception):  # noqa: N818 - not a failure: the next source is tried
    """A source has no usable engine; the message has the reason."""


def version_of(cli: Path, *, run: Run) -> str:
    """Return the version that the CLI prints, without the ``v``. Raise Unavailable if it is not supported."""
    try:
        completed = run([str(cli), "version"], timeout_s=30, environ={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"})
    except OSError as error:
        raise Unavailable(f"{cli} does not run: {error.strerror}") from None
    match = re.search(r"^v?((\d+)\.(\d+)\.(\d+)\S*)$", completed.output, re.MULTILINE)
    if not completed.ok or match is None:
        raise Unavailable(f"`{cli} version` prints no version: {completed.last_lines() or 'no output'}")
    version = match[1]
    numbers = (int(match[2]), int(match[3]), int(match[4]))
    if numbers < VERSION:
        raise Unavailable(f"{cli} is {version}, and {VERSION_TEXT} or newer is needed")
    if numbers[0] != VERSION[0]:
        raise Unavailable(f"{cli} is {version}, and the Python SDK works with {VERSION[0]}.x")
    return version


def engine_in(folder: Path, *, source: str, run: Run) -> Engine:
    """Return the engine in ``folder``. Raise Unavailable if a program is missing or the version is not supported."""
    for program in PROGRAMS:
        if not os.access(folder / program, os.X_OK):
            raise Unavailable(f"{folder} has no {program}")
    return Engine(folder=folder, version=version_of(folder / CLI, run=run), source=source)
