"""What a command adds itself to."""

from __future__ import annotations

import argparse
from typing import Protocol


class Commands(Protocol):
    """The result of ``argparse.ArgumentParser.add_subparsers``, whose own class is private."""

    def add_parser(
        self, name: str, *, help: str, description: str, epilog: str | None = None
    ) -> argparse.ArgumentParser:
        """Add a command and return its parser."""
        ...  # pragma: no cover
