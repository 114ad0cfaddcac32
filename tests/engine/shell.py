"""A person's shell, and the README that the person follows."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


# What the engine itself says after an error, whatever it was; before 3.274, nothing of the resource monitor.
_ENGINES_WORDS = re.compile(
    r"(preview|update|refresh|destroy) failed"
    r"|Resource monitor has terminated, shutting down"
    r"|an unhandled error occurred: program exited with non-zero exit code: 1"
)


def error_lines(messages: Iterable[str]) -> list[str]:
    """Return the lines of error messages, without those that the engine adds to every error."""
    lines = [line.removeprefix("error: ") for message in messages for line in message.splitlines() if line]
    return [line for line in lines if not _ENGINES_WORDS.fullmatch(line)]


def blocks(language: str, page: str = README) -> list[str]:
    """Return the code blocks of one language, of the README or of another page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def commands(block: str) -> list[str]:
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


class Shell:
    """A person's shell in a folder, with a Pulumi home and backend of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "backend").mkdir()
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("ALI", "PULUMI"))}
        self.environment = {
            **keep,
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }

    def run(self, command: str) -> str:
        """Run a command that succeeds, and return its output."""
        ended = self._start(command)
        assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def fail(self, command: str) -> str:
        """Run a command that fails, and return its output and errors."""
        ended = self._start(command)
        assert ended.returncode != 0, f"{command}\n{ended.stdout}"
        return ended.stdout + ended.stderr

    def _start(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command.split(), cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def certificates(self) -> dict[str, Any]:
        outputs: dict[str, Any] = json.loads(self.run("pulumi stack output --json"))
        certificates: dict[str, Any] = outputs["certificates"]
        return certificates
