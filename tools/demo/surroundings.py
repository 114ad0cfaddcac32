"""Where the demo lives: a folder of the checkout with a Pulumi home, a backend and a copy of the stack's config.

Nothing of the user's own Pulumi is read or written, and no file that git knows: the CLI writes its salt into the
config file of each stack that it creates or previews, so that it is given a copy.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STACK: Final = "dev"
PASSPHRASE: Final = "demo"  # opens certificates that the emulator made up, and nothing else


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The folders of one checkout's demo."""

    checkout: Path

    @property
    def folder(self) -> Path:
        """Everything that the demo writes, but for the emulator's own state."""
        return self.checkout / ".demo"

    @property
    def config_file(self) -> Path:
        """The copy of the stack's config that the CLI may write to."""
        return self.folder / f"Pulumi.{STACK}.yaml"

    def environ(self, user: Mapping[str, str], *, engine: Path) -> dict[str, str]:
        """The user's environment without anything of Pulumi's in it (tokens, backends, stacks), and the demo's own."""
        kept = {name: value for name, value in user.items() if not name.startswith("PULUMI_")}
        # The virtual environment first: the engine starts the first `python` on PATH.
        path = [str(self.checkout / ".venv" / "bin"), str(engine), user.get("PATH", os.defpath)]
        return {
            **kept,
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """The folders and copies, anew from the checkout, for one demo at a time (BlockingIOError for a second one)."""
        for name in ("home", "state"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # We are alone here, so that a lock of the backend's own can only be of a demo that was killed.
            shutil.rmtree(self.folder / "state" / ".pulumi" / "locks", ignore_errors=True)
            for name in ("Pulumi.yaml", self.config_file.name):
                shutil.copyfile(self.checkout / name, self.folder / name)
            yield
