"""A fake machine for the tools that look for programs on PATH and run them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.processes import Completed


class FakeMachine:
    """What is on PATH, and what each command does there: ``respond`` decides, and ``calls`` lists what was run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.mkdir()
        self.calls: list[str] = []

    def put(self, *programs: str, folder: Path | None = None) -> None:
        """Make programs, on PATH unless ``folder`` is another one."""
        for program in programs:
            file = (folder or self.path) / program
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("")
            file.chmod(0o755)

    def run(
        self,
        command: Sequence[str],
        *,
        title: str | None = None,
        timeout_s: float,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Completed:
        """Stand in for ``tools.processes.run``."""
        assert timeout_s > 0
        return self.respond(command, cwd=cwd, environ=environ)

    @abstractmethod
    def respond(self, command: Sequence[str], *, cwd: Path | None, environ: Mapping[str, str] | None) -> Completed:
        """Return the result of a command, after doing what it would do."""
