"""A command whose end is waited for, whatever signal comes: cut off, the engine would leave processes behind."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_PATIENCE = 5.0  # seconds for an interrupt of the terminal, which reaches the command as well, to be taken


def run_until_exit(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> int:
    """Run a command with this process's own input and output, and give its exit code.

    On SIGINT and SIGTERM the command is interrupted, once, so that it ends in order; KeyboardInterrupt is then raised.
    """
    with _terminable(), subprocess.Popen(command, cwd=folder, env=dict(environment)) as process:  # noqa: S603 - no shell
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.wait()


@contextmanager
def _terminable() -> Iterator[None]:
    """Take SIGTERM for an interrupt meanwhile."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
