"""Long commands that show that they are alive: `python -m tools.alive TITLE COMMAND...` is one line now, one every ten
seconds, and the command's own output only where it fails.

The command gets no input and its own process group, and the whole group ends with us, however we end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

HEARTBEAT_S = 10.0
GRACE_S = 3.0  # between asking a group to end and ending it


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended: exit code (None when its time was over), stdout and stderr as one text, seconds taken."""

    code: int | None
    output: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it came to its end in time, with exit code 0."""
        return self.code == 0

    def last_lines(self, count: int = 1) -> str:
        """The end of the output, where commands say why they failed."""
        lines = [line for line in self.output.splitlines() if line.strip()]
        return "\n".join(lines[-count:])


class Run(Protocol):
    """The shape of `run`, for what takes another in its place."""

    def __call__(
        self,
        command: Sequence[str],
        *,
        title: str | None = None,
        limit_s: float,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Finished:
        """As `run` does."""
        ...


def say(line: str) -> None:
    """One line about what goes on, on stderr: stdout belongs to results."""
    print(line, file=sys.stderr, flush=True)


def run(
    command: Sequence[str],
    *,
    title: str | None = None,
    limit_s: float,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    heartbeat_s: float = HEARTBEAT_S,
) -> Finished:
    """Run `command` for at most `limit_s` seconds; with a `title`, say that it goes on. Raises OSError."""
    start = time.monotonic()
    if title:
        say(f"{title} ...")
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=None if environ is None else dict(environ),
            process_group=0,
        )
        try:
            code = _wait(process, title=title, start=start, limit_s=limit_s, heartbeat_s=heartbeat_s)
        finally:
            _end_group(process)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Finished(code=code, output=text, seconds=time.monotonic() - start)


def _wait(
    process: subprocess.Popen[bytes], *, title: str | None, start: float, limit_s: float, heartbeat_s: float
) -> int | None:
    while True:
        elapsed = time.monotonic() - start
        if elapsed >= limit_s:
            return None
        try:
            return process.wait(timeout=min(heartbeat_s, limit_s - elapsed))
        except subprocess.TimeoutExpired:
            elapsed = time.monotonic() - start
            if title and elapsed < limit_s:
                say(f"{title} ... {elapsed:.0f} s")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the group of a command that has not come to its own end: first asked, then made to."""
    if process.poll() is not None:
        return
    with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=GRACE_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nothing, or only the dead, is left of the group
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_on_sigterm() -> None:
    """Let SIGTERM unwind like Ctrl-C does, so that what is open is closed and what runs is ended."""

    def unwind(_number: int, _frame: object) -> NoReturn:
        sys.exit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, unwind)


def main(arguments: Sequence[str]) -> int:
    """The command's own exit code, after its whole output where that is not 0."""
    end_on_sigterm()
    title, *command = arguments
    try:
        finished = run(command, title=title, limit_s=float("inf"))
    except KeyboardInterrupt:
        return 130
    if not finished.ok:
        say(finished.output)
        say(f"{title}: failed, exit code {finished.code}")
    return finished.code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
