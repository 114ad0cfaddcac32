"""A command that is always waited for, whatever signal arrives: a killed engine would leave processes behind."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_GRACE_S = 5.0
"""How long an interrupt of the terminal, which reaches the command too, has to take effect, in seconds."""


def run_until_exit(
    command: Sequence[str], folder: str, environment: Mapping[str, str], *, output: int | None = None
) -> int:
    """Run a command with this process's own input and output, and return its exit code.

    ``output`` is a file descriptor for both its stdout and its stderr. On SIGINT and SIGTERM, interrupt the command
    once, wait for its orderly end, and raise KeyboardInterrupt.
    """
    with (
        _sigterm_as_interrupt(),
        subprocess.Popen(  # noqa: S603 - no shell
            command, cwd=folder, env=dict(environment), stdout=output, stderr=output
        ) as process,
    ):
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.wait()


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Treat SIGTERM as an interrupt."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
