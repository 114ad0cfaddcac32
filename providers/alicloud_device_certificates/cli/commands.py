"""What a command adds itself to, and how it runs.

A command sets ``run``, a function of its options, as a default of its parser. One that no interrupt may stop before it
has prepared itself sets ``prepare`` instead, which returns a ``Run``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Protocol

Release = Callable[[], None]
"""Ends the time in which interrupts are held back, and raises ``KeyboardInterrupt`` if there was one."""

Run = Callable[[Release], int | None]
"""Runs a command after ``Release``, and returns its exit code."""


class Commands(Protocol):
    """The result of ``argparse.ArgumentParser.add_subparsers``, whose own class is private."""

    def add_parser(
        self, name: str, *, help: str, description: str, epilog: str | None = None
    ) -> argparse.ArgumentParser:
        """Add a command and return its parser."""
        ...  # pragma: no cover
