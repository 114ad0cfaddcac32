"""``device-certificates preview`` and ``device-certificates report``: the gate's commands and their exit codes.

Only argparse and the gate's tables are imported up here; each command imports what it needs when it runs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alicloud_device_certificates.cli.commands import Commands, Release, Run
from alicloud_device_certificates.cli.gate_options import add_options, values
from alicloud_device_certificates.cli.report_files import Targets, show_report, takes_stdout
from alicloud_device_certificates.gate.collect.interrupts import interrupted_by_any_signal
from alicloud_device_certificates.gate.errors import GateError
from alicloud_device_certificates.gate.options import OPTIONS, RULE_OPTIONS
from alicloud_device_certificates.gate.report import ExitCode

if TYPE_CHECKING:
    from alicloud_device_certificates.gate.collect.pulumi_cli import EngineDisplay
    from alicloud_device_certificates.gate.report import Report, ReportSource
    from alicloud_device_certificates.gate.rules.rules import Rule

EXIT_CODES = (
    f"Exit codes: {ExitCode.summary()}. "
    f"If several apply, {ExitCode.INCOMPLETE} takes precedence over {ExitCode.FINDINGS}, and {ExitCode.FINDINGS} over "
    f"{ExitCode.CHANGES}. "
    "Each option except those of single reports can also be set by an environment variable, such as GATE_WARN_WITHIN."
)
Values = Mapping[str, Any]


def add_preview(commands: Commands) -> None:
    """Add ``preview`` to the program's commands."""
    parser = commands.add_parser(
        "preview",
        help="preview a stack and evaluate each device certificate in it",
        description="Run `pulumi preview` for a stack, with its own config and environment, and evaluate every device "
        "certificate in it. Nothing is deployed.",
        epilog=EXIT_CODES,
    )
    add_options(parser, "preview")
    parser.set_defaults(prepare=_preview, parser=parser, usage_exit=ExitCode.INCOMPLETE)


def add_report(commands: Commands) -> None:
    """Add ``report`` to the program's commands."""
    parser = commands.add_parser(
        "report",
        help="evaluate the device certificates of a stack as last deployed, without cloud access",
        description="Evaluate the certificates in the state of a stack as it was last deployed. Neither its program "
        "nor Alibaba Cloud is involved, so no cloud credentials are needed.",
        epilog=EXIT_CODES,
    )
    add_options(parser, "report")
    parser.set_defaults(prepare=_report, parser=parser, usage_exit=ExitCode.INCOMPLETE)


def _preview(options: argparse.Namespace) -> Run:
    given = _values(options, "preview")
    engine_options = {option.engine_argument: given[option.attribute] for option in OPTIONS if option.engine_argument}

    def run(folder: Path, general: Rule) -> Report:
        from alicloud_device_certificates.gate.run import preview_report

        return preview_report(
            folder,
            given["stack"],
            general,
            engine_options,
            display=_display(options, given),
            is_detailed=bool(given["detailed_exitcode"]),
        )

    return _prepared(options, given, "preview", run)


def _report(options: argparse.Namespace) -> Run:
    given = _values(options, "report")

    def run(folder: Path, general: Rule) -> Report:
        from alicloud_device_certificates.gate.run import deployed_report

        return deployed_report(folder, given["stack"], general)

    return _prepared(options, given, "deployed", run)


def _values(options: argparse.Namespace, command: str) -> Values:
    parser: argparse.ArgumentParser = options.parser
    try:
        given = values(options, command, os.environ)
    except ValueError as error:
        parser.error(str(error))
    if given["quiet"] and (useless := [name for name in ("all", "diff") if given.get(name)]):
        parser.error(f"--{useless[0]} has no effect with --quiet")
    return given


def _prepared(
    options: argparse.Namespace, given: Values, source: ReportSource, make: Callable[[Path, Rule], Report]
) -> Run:
    """Check the arguments, and return what runs and writes the reports, even if they can only report a failure."""
    folder = Path(given["cwd"] or "")
    # From here on, the reports of an earlier run can no longer say that all is well.
    targets = Targets.of(options, given["reports"])
    targets.clear()
    # Imports take most of the time until the engine starts.
    from alicloud_device_certificates.gate.run import failure_report

    def write_failure(error: GateError) -> None:
        targets.write(failure_report(folder, given["stack"], source, error))

    def run(release: Release) -> int:
        try:
            release()
            with interrupted_by_any_signal():
                try:
                    report = make(folder, _general_rule(folder, given))
                except GateError as error:
                    write_failure(error)
                    raise
                targets.write(report)
        except KeyboardInterrupt:
            write_failure(GateError("the run was interrupted"))
            raise
        show_report(report, targets.stream, everything=bool(given["all"]), quiet=bool(given["quiet"]))
        return report.exit_code

    return run


def _display(options: argparse.Namespace, given: Values) -> EngineDisplay:
    if given["quiet"]:
        return "on failure"
    return "stderr" if takes_stdout(options) else "stdout"


def _general_rule(folder: Path, given: Values) -> Rule:
    from alicloud_device_certificates.gate.rules.rules import rule_of

    if not folder.is_dir():
        raise GateError(f"--cwd {folder}: there is no such folder")
    return rule_of({option.attribute: given[option.attribute] for option in RULE_OPTIONS})
