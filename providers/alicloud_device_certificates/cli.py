"""The command line, `device-certificates`: 0 when it is done, 1 when it failed, 2 when it was called wrongly.

Each command is imported with what it needs when it runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; a failure is one line on stderr."""
    # Below this import is nothing but argparse; the package of the emulator itself is imported by its commands.
    from alicloud_device_certificates.emulator.command_line import add_emulator

    parser = argparse.ArgumentParser(
        prog="device-certificates",
        description="Alibaba Cloud device certificates as Pulumi data sources: tools around them.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_emulator(commands)
    options = parser.parse_args(arguments)
    from alicloud_device_certificates.emulator.errors import EmulatorError

    try:
        options.run(options)
    except EmulatorError as error:
        print(f"device-certificates: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


class _Version(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import version

        print(version("pulumi-alicloud-device-certificates"))  # noqa: T201
        parser.exit()
