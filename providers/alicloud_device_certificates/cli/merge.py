"""``device-certificates merge``: the JSON reports on many stacks as one report in any format."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alicloud_device_certificates.cli.commands import Commands
from alicloud_device_certificates.cli.gate_options import add_options, values
from alicloud_device_certificates.cli.report_files import Targets, show_report
from alicloud_device_certificates.gate.options import options_of
from alicloud_device_certificates.gate.report import ExitCode

if TYPE_CHECKING:
    from alicloud_device_certificates.gate.rules.rules import Rule

_EPILOG = (
    f"Exit codes: the worst of the reports, and of what only all of them together show: {ExitCode.summary()}. "
    f"{ExitCode.INCOMPLETE} takes precedence over {ExitCode.FINDINGS}, and {ExitCode.FINDINGS} over "
    f"{ExitCode.CHANGES}. If a file cannot be merged, the exit code is {ExitCode.INCOMPLETE} and nothing is written. "
    "Example: device-certificates merge reports/ --html fleet.html --json fleet.json"
)


def add_merge(commands: Commands) -> None:
    """Add ``merge`` to the program's commands."""
    parser = commands.add_parser(
        "merge",
        help="merge the JSON reports on many stacks into one report",
        description="Merge JSON reports of `preview` and `report`, each on another stack, into one report in any "
        "format. Findings keep the severity that the stack's rules gave them. What only all certificates together "
        "show is added: keys, primes and serial numbers that stacks share.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "files",
        metavar="REPORT",
        nargs="+",
        type=Path,
        help="a JSON report, also a merged one; - is stdin; of a folder, every report.json in it, at any depth",
    )
    add_options(parser, "merge")
    parser.set_defaults(run=_merge, parser=parser, usage_exit=ExitCode.INCOMPLETE)


def _merge(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from alicloud_device_certificates.gate.merge.files import named_files, refuse_written
    from alicloud_device_certificates.gate.merge.merged import merged, read_reports

    parser: argparse.ArgumentParser = options.parser
    try:
        given = values(options, "merge", os.environ)
    except ValueError as error:
        parser.error(str(error))
    if given["quiet"] and given["all"]:
        parser.error("--all has no effect with --quiet")
    rule = _rule(options, given)
    files = named_files(options.files)
    targets = Targets.of(options, given["reports"])
    refuse_written(files, targets.paths)
    report = merged(read_reports(files), rule, datetime.now(UTC).replace(microsecond=0))
    targets.clear()
    targets.write(report)
    show_report(report, targets.stream, everything=bool(given["all"]), quiet=bool(given["quiet"]))
    return report.exit_code


def _rule(options: argparse.Namespace, given: Mapping[str, Any]) -> Rule:
    """Return the severities of what a merge can find. Raise RulesError.

    The reports have judged every other kind. So naming one here is wrong usage; in the environment, which all commands
    share, it is meant for them.
    """
    from alicloud_device_certificates.gate.evaluate.compromised_keys import require_audit
    from alicloud_device_certificates.gate.rules.rules import Rules, parse_kinds, rule_of

    parser: argparse.ArgumentParser = options.parser
    wanted: dict[str, Any] = {}
    for option in options_of("merge"):
        if option.type != "kinds" or given[option.attribute] is None:
            continue
        kinds = parse_kinds(given[option.attribute])
        others = [kind for kind in kinds if not kind.about.is_across_stacks]
        if others and getattr(options, option.attribute) is not None:
            parser.error(f"--{option.name} {others[0]} has no effect: the reports have evaluated that already")
        wanted[option.attribute] = [kind for kind in kinds if kind.about.is_across_stacks]
    rule = rule_of(wanted)
    require_audit(Rules(general=rule))
    return rule
