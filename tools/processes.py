"""Run long commands with a sign of life: ``python -m tools.processes TITLE COMMAND...``.

It logs one line at the start and one every ten seconds; the command's own output follows only on failure. The command
gets no input and a process group of its own, which ends with this process, however that ends.
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
GRACE_S = 3.0  # between SIGTERM and SIGKILL


@dataclass(frozen=True, slots=True)
class Completed:
    """The result of a command: exit code (None after a timeout), stdout and stderr as one text, and duration."""

    code: int | None
    output: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the command exited with 0 before the timeout."""
        return self.code == 0

    def last_lines(self, count: int = 1) -> str:
        """Return the end of the output, where commands report why they failed."""
        lines = [line for line in self.output.splitlines() if line.strip()]
        return "\n".join(lines[-count:])


class Run(Protocol):
    """The signature of ``run``, which tests replace."""

    def __call__(
        self,
        command: Sequence[str],
        *,
        title: str | None = None,
        timeout_s: float,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run a command as ``run`` does."""
        ...


def log(line: str) -> None:
    """Print one line of progress on stderr; stdout is for results."""
    print(line, file=sys.stderr, flush=True)


def run(
    command: Sequence[str],
    *,
    title: str | None = None,
    timeout_s: float,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    heartbeat_s: float = HEARTBEAT_S,
) -> Completed:
    """Run ``command`` for at most ``timeout_s`` seconds, and log its progress if it has a ``title``.

    Raise OSError if the command cannot be started.
    """
    start = time.monotonic()
    if title:
        log(f"{title} ...")
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
            code = _wait(process, title=title, start=start, timeout_s=timeout_s, heartbeat_s=heartbeat_s)
        finally:
            _end_group(process)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Completed(code=code, output=text, seconds=time.monotonic() - start)


def _wait(
    process: subprocess.Popen[bytes], *, title: str | None, start: float, timeout_s: float, heartbeat_s: float
) -> int | None:
    while True:
        elapsed = time.monotonic() - start
        if elapsed >= timeout_s:
            return None
        try:
            return process.wait(timeout=min(heartbeat_s, timeout_s - elapsed))
        except subprocess.TimeoutExpired:
            elapsed = time.monotonic() - start
            if title and elapsed < timeout_s:
                log(f"{title} ... {elapsed:.0f} s")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Stop the process group of a command that is still running: SIGTERM first, then SIGKILL."""
    if process.poll() is not None:
        return
    with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=GRACE_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the group is gone, or has only zombies left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run_attached(command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], grace_s: float = 30.0) -> int:
    """Run a command on this terminal and return its exit code.

    If this process is stopped, the command gets SIGINT and ``grace_s`` seconds to stop its own processes.
    Raise OSError if the command cannot be started.
    """
    process = subprocess.Popen(command, cwd=cwd, env=dict(environ))
    try:
        return process.wait()
    except BaseException as reason:
        # Pulumi and pytest shut down cleanly on SIGINT only. On Ctrl-C the terminal has sent it to them already, and a
        # second one would abort the shutdown.
        if not isinstance(reason, KeyboardInterrupt):
            process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def end_on_sigterm() -> None:
    """Make SIGTERM unwind the stack as Ctrl-C does, to close files and stop child processes."""

    def unwind(_number: int, _frame: object) -> NoReturn:
        sys.exit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, unwind)


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; print its output if that is not 0."""
    end_on_sigterm()
    title, *command = arguments
    try:
        completed = run(command, title=title, timeout_s=float("inf"))
    except KeyboardInterrupt:
        return 130
    if not completed.ok:
        log(completed.output)
        log(f"{title}: failed, exit code {completed.code}")
    return completed.code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
