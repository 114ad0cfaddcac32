"""A command in a session of its own, of which nothing stays: neither after its end, nor after that of this process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import IO, Final, cast

_GUARD: Final = 'read -r group || exit; read -r never; kill -s KILL -- "-$group"'
"""Reads the number of a process group, and kills the group once its stdin ends.

This process holds the other end of that pipe, so it ends with this process, even if that was killed. A handler of
signals would not do: only the main thread can set one, and that thread belongs to the SDK.
Only for the instant between the command's start and the message of its number, a kill of this process leaves it behind.
"""


class CommandSession:
    """A running command with what it has started, as far as that stays in its process group."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Start the command without input, its stdout in a pipe. Raise OSError or ValueError if that fails."""
        self.ended: Future[int] = Future()
        """The command's exit status, once it has ended and its group was killed."""
        self._lock = threading.Lock()
        self._guard = subprocess.Popen(  # noqa: S603 - its text is fixed
            ["/bin/sh", "-c", _GUARD],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
        try:
            self._command = subprocess.Popen(  # noqa: S603 - no shell
                arguments,
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except BaseException:
            self._dismiss_guard()
            raise
        with contextlib.suppress(BrokenPipeError):  # somebody has killed the guard
            cast("IO[bytes]", self._guard.stdin).write(f"{self._command.pid}\n".encode())
        self.stdout = cast("IO[bytes]", self._command.stdout)
        """The unbuffered pipe, which never blocks. Its user closes it."""
        os.set_blocking(self.stdout.fileno(), False)
        # A daemon: a command that cannot be killed, such as sudo, must not hold up the end of this process.
        threading.Thread(target=self._wait, name="alicloud-credentials-command", daemon=True).start()

    def end(self) -> None:
        """Kill the command and what it has started, if it still runs. ``ended`` follows."""
        with self._lock:
            if self._command.returncode is None:
                self._kill_group()

    def _wait(self) -> None:
        if hasattr(os, "waitid"):
            # A child that is not reaped yet keeps its number, so no other group can have it when it is killed below.
            with contextlib.suppress(ChildProcessError):  # if SIGCHLD is ignored, the system reaps
                os.waitid(os.P_PID, self._command.pid, os.WEXITED | os.WNOWAIT)
        else:  # pragma: no cover
            # macOS has it from Python 3.13 on. The number stays taken while anything is left in the group. If nothing
            # is, the system would have to use up all of its numbers before the next line.
            self._command.wait()
        with self._lock:
            self._kill_group()
            self._dismiss_guard()
            status = self._command.wait()
        self.ended.set_result(status)

    def _kill_group(self) -> None:
        # macOS does not permit to kill a group that has only its ended leader; nobody may kill another user's command.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._command.pid, signal.SIGKILL)

    def _dismiss_guard(self) -> None:
        self._guard.kill()
        with self._guard:  # closes its pipe, and reaps it
            pass
