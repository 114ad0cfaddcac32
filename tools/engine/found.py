"""What counts as an engine: a CLI that is new enough, with everything that runs a Python program beside it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.alive import Run

VERSION: Final = (3, 230, 0)  # the oldest that will do, and the one that is downloaded or built
VERSION_TEXT: Final = ".".join(map(str, VERSION))
CLI: Final = "pulumi"
HOST: Final = "pulumi-language-python"
PROGRAMS: Final = (CLI, HOST, "pulumi-language-python-exec", "pulumi-resource-pulumi-python")


@dataclass(frozen=True, slots=True)
class Engine:
    """A usable engine: the folder to put on PATH, the CLI's version, and where it came from (one phrase)."""

    folder: Path
    version: str
    source: str


class NotHad(Exception):  # noqa: N818 - an answer, not an error: the next source is asked
    """A source has no engine; the message says why."""


def version_of(cli: Path, *, run: Run) -> str:
    """The CLI's own word on its version, without the `v`; raises NotHad unless it is one that will do."""
    try:
        finished = run([str(cli), "version"], limit_s=30, environ={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"})
    except OSError as error:
        raise NotHad(f"{cli} does not run: {error.strerror}") from None
    match = re.search(r"^v?((\d+)\.(\d+)\.(\d+)\S*)$", finished.output, re.MULTILINE)
    if not finished.ok or match is None:
        raise NotHad(f"`{cli} version` gives no version: {finished.last_lines() or 'no output'}")
    version = match[1]
    numbers = (int(match[2]), int(match[3]), int(match[4]))
    if numbers < VERSION:
        raise NotHad(f"{cli} is {version}, and {VERSION_TEXT} or newer is needed")
    if numbers[0] != VERSION[0]:
        raise NotHad(f"{cli} is {version}, and the Python SDK works with {VERSION[0]}.x")
    return version


def engine_in(folder: Path, *, source: str, run: Run) -> Engine:
    """The engine that lies whole in `folder`; raises NotHad where a program is missing or the version will not do."""
    for program in PROGRAMS:
        if not os.access(folder / program, os.X_OK):
            raise NotHad(f"{folder} has no {program}")
    return Engine(folder=folder, version=version_of(folder / CLI, run=run), source=source)
