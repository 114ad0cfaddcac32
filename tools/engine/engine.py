"""A usable engine: a recent CLI with all that it needs to run a Python program."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.processes import Run

NEWEST: Final = "3.274.1"
"""The version that most tests run on, and the one to download."""
OLDEST: Final = "3.230.0"
"""The oldest supported version. Go builds it in a quarter of the time."""

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
    match = re.search(r"^v?(\d+\.\d+\.\d+\S*)$", completed.output, re.MULTILINE)
    if not completed.ok or match is None:
        raise Unavailable(f"`{cli} version` prints no version: {completed.last_lines() or 'no output'}")
    version = match[1]
    if numbers(version) < numbers(OLDEST):
        raise Unavailable(f"{cli} is {version}, and {OLDEST} or newer is needed")
    if numbers(version)[0] != numbers(OLDEST)[0]:
        raise Unavailable(f"{cli} is {version}, and the Python SDK works with {numbers(OLDEST)[0]}.x")
    return version


def version_named(text: str) -> str:
    """Return the version that ``newest`` or ``oldest`` stands for; any other text is one already."""
    return {"newest": NEWEST, "oldest": OLDEST}.get(text, text)


def numbers(version: str) -> tuple[int, ...]:
    """Return major, minor and patch version of ``3.274.1`` or ``3.275.0-alpha.1``."""
    return tuple(int(number) for number in re.split(r"[.+-]", version, maxsplit=3)[:3])


def engine_in(folder: Path, *, version: str, source: str, run: Run) -> Engine:
    """Return the engine in ``folder``. Raise Unavailable if a program is missing or the CLI has another version."""
    for program in PROGRAMS:
        if not os.access(folder / program, os.X_OK):
            raise Unavailable(f"{folder} has no {program}")
    found = version_of(folder / CLI, run=run)
    if found != version:
        raise Unavailable(f"{folder / CLI} is {found}, and {version} is wanted")
    return Engine(folder=folder, version=version, source=source)
