"""The demo's sandbox: a folder of the checkout with a Pulumi home, a backend and a copy of the stack's config.

The demo neither reads nor writes the user's own Pulumi login, stacks or tracked files. It previews with a copy of the
config, because the CLI writes an encryption salt into the config file of each stack.
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
PASSPHRASE: Final = "demo"  # protects nothing but the emulator's certificates


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The folders of one checkout's demo."""

    checkout: Path

    @property
    def folder(self) -> Path:
        """The folder of everything that the demo writes, except the emulator's state."""
        return self.checkout / ".demo"

    @property
    def config_file(self) -> Path:
        """The copy of the stack's config that the CLI may write to."""
        return self.folder / f"Pulumi.{STACK}.yaml"

    def environ(self, user: Mapping[str, str], *, engine: Path) -> dict[str, str]:
        """Return the user's environment with the demo's Pulumi settings in place of the user's own."""
        kept = {name: value for name, value in user.items() if not name.startswith("PULUMI_")}
        # The virtual environment comes first: the engine runs the first `python` on PATH.
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
        """Create the folders, copy the config, and hold the lock. Raise BlockingIOError if another demo is running."""
        for name in ("home", "state"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # With our lock held, a lock of the backend can only be left over from a demo that was killed.
            shutil.rmtree(self.folder / "state" / ".pulumi" / "locks", ignore_errors=True)
            for name in ("Pulumi.yaml", self.config_file.name):
                shutil.copyfile(self.checkout / name, self.folder / name)
            yield
