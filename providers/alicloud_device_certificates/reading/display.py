"""Whether the engine draws its display on a terminal. If not, each line of a live status stays, such as in a CI log."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_COMMAND: Final = "pulumi"
_NON_INTERACTIVE: Final = b"--non-interactive"
_NO: Final = frozenset({"", "0", "false"})
_PROC: Final = Path("/proc")


@cache
def draws_on_terminal() -> bool:
    """Return whether the command that started this provider draws on a terminal."""
    return is_drawn(os.environ, pid=os.getppid(), proc=_PROC)


def is_drawn(environ: Mapping[str, str], *, pid: int, proc: Path) -> bool:
    """Return whether the Pulumi CLI, which is the process ``pid`` or one above it, draws on a terminal.

    The engine tells a provider nothing of that, so this looks at the CLI's process: where there is no ``/proc``, a
    variable ``CI`` alone decides.
    """
    if environ.get("CI", "").lower() not in _NO:
        return False
    if not (proc / "self").exists():
        return True
    try:
        while (proc / str(pid) / "comm").read_text().strip() != _COMMAND:
            # The name of the command is in brackets and may contain anything; the parent is the second field after it.
            pid = int((proc / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        output = str((proc / str(pid) / "fd" / "1").readlink())
        arguments = (proc / str(pid) / "cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):  # nobody above is the CLI, or it belongs to another user
        return False
    return output.startswith(("/dev/pts/", "/dev/tty")) and _NON_INTERACTIVE not in arguments
