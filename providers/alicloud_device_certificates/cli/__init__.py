"""The command line, `device-certificates`: 0 when it is done, 1 when it failed, 2 when it was called wrongly.

The gate (`preview`, `report`) has exit codes of its own, which its help tells. Each command is imported with what it
needs when it runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; a failure is one line on stderr."""
    # Below these imports is nothing but argparse; the packages themselves are imported by their commands.
    from alicloud_device_certificates.cli.comment import add_comment
    from alicloud_device_certificates.cli.emulator import add_emulator
    from alicloud_device_certificates.cli.gate import add_preview, add_report

    parser: argparse.ArgumentParser = _Parser(
        prog="device-certificates",
        description="Alibaba Cloud device certificates as Pulumi data sources: tools around them.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_preview(commands)
    add_report(commands)
    add_comment(commands)
    add_emulator(commands)
    options, rest = parser.parse_known_args(arguments)
    if rest:
        getattr(options, "parser", parser).error(f"unrecognized arguments: {' '.join(rest)}")
    from alicloud_device_certificates.contract.errors import UserFacingError

    try:
        code: int | None = options.run(options)
    except UserFacingError as error:
        print(f"device-certificates: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return code or 0


class _Parser(argparse.ArgumentParser):
    """Exits with 2 when it is called wrongly, unless a command that gives 2 another meaning sets `usage_exit`."""

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
        from alicloud_device_certificates.contract.distribution import version

        print(version())  # noqa: T201
        parser.exit()
