"""The command line, ``device-certificates``. Exit codes: 0 OK, 1 failure, 2 wrong usage.

The gate (``preview``, ``report``, ``merge``) has its own exit codes; see its help. Each command imports what it needs
when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NoReturn

from alicloud_device_certificates.cli.commands import Release, Run
from alicloud_device_certificates.gate.collect.interrupts import interrupts_held


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a failure is one line on stderr."""
    try:
        with ExitStack() as held:
            held.enter_context(interrupts_held())
            from alicloud_device_certificates.cli.streams import accept_any_text, settle

            accept_any_text()
            try:
                return _run(arguments, held.close)
            finally:
                settle()
    except KeyboardInterrupt:
        return 130


def _run(arguments: Sequence[str] | None, release: Release) -> int:
    from alicloud_device_certificates.cli.streams import say
    from alicloud_device_certificates.contract.errors import UserFacingError
    from alicloud_device_certificates.contract.text import printable

    try:
        return _prepared(arguments)(release) or 0
    except UserFacingError as error:
        say(f"device-certificates: {printable(str(error))}", sys.stderr)
        return 1
    except FileNotFoundError:
        if _has_folder():
            raise
        say("device-certificates: the current folder no longer exists; change to another one", sys.stderr)
        return 1


def _prepared(arguments: Sequence[str] | None) -> Run:
    """Return the run of a command. What no interrupt may leave half done, the command's ``prepare`` has done."""
    # These modules import only argparse and tables; each command imports the rest when it runs.
    from alicloud_device_certificates.cli.comment import add_comment
    from alicloud_device_certificates.cli.config import add_config
    from alicloud_device_certificates.cli.emulator import add_emulator
    from alicloud_device_certificates.cli.gate import add_preview, add_report
    from alicloud_device_certificates.cli.merge import add_merge

    parser: argparse.ArgumentParser = _Parser(
        prog="device-certificates",
        description="Tools for Alibaba Cloud device certificates as Pulumi data sources.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_preview(commands)
    add_report(commands)
    add_merge(commands)
    add_comment(commands)
    add_config(commands)
    add_emulator(commands)
    options, rest = parser.parse_known_args(arguments)
    if rest:
        getattr(options, "parser", parser).error(f"unrecognized arguments: {' '.join(rest)}")
    if prepare := getattr(options, "prepare", None):
        prepared: Run = prepare(options)
        return prepared

    def run(release: Release) -> int | None:
        release()
        code: int | None = options.run(options)
        return code

    return run


def _has_folder() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - as everything that takes a relative path does
    except FileNotFoundError:
        return False
    return True


class _Parser(argparse.ArgumentParser):
    """A parser that exits with 2 on wrong usage, or with the command's own ``usage_exit``."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(self.get_default("usage_exit") or 2, f"{self.prog}: error: {message}\n")


class _Version(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        from alicloud_device_certificates.cli.streams import say
        from alicloud_device_certificates.contract.distribution import version

        say(version())
        parser.exit()
