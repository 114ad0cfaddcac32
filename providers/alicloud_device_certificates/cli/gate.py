"""`device-certificates preview` and `device-certificates report`: the gate's arguments, and its exit codes.

Only argparse is imported up here; each command imports what it needs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alicloud_device_certificates.gate.report import Report, ReportSource
    from alicloud_device_certificates.gate.rules.rules import Rule

_EXIT_CODES = (
    "exit codes: 0 nothing to do; 1 the preview could not be made, or the command makes no sense; "
    "2 there are changes (with --detailed-exitcode); 3 a finding fails. 1 goes before 3, and 3 before 2."
)
_FORMATS = {
    "markdown": "Markdown, for a comment or a job's summary; appended to $GITHUB_STEP_SUMMARY too where that is set",
    "html": "one self-contained page",
    "json": "JSON, for programs",
    "junit": "JUnit XML, a case for each certificate",
    "sarif": "SARIF, for code scanning",
    "metrics": "Prometheus text, for node_exporter's textfile collector",
}


def add_preview(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `preview` to the program's commands."""
    parser = commands.add_parser(
        "preview",
        help="the preview of a stack, as a gate: each certificate judged",
        description="Runs `pulumi preview` of a stack, with the config and environment that it has, and judges every "
        "device certificate in it. Nothing is deployed.",
        epilog=_EXIT_CODES,
    )
    _add_place(parser)
    engine = parser.add_argument_group("the engine's own options")
    engine.add_argument("--config-file", metavar="FILE", help="use this stack config instead of Pulumi.<stack>.yaml")
    engine.add_argument("--diff", action="store_true", help="show the preview as a rich diff")
    engine.add_argument("--parallel", type=int, metavar="N", help="at most so many operations at once")
    engine.add_argument("--refresh", action="store_true", help="refresh the state first")
    engine.add_argument("--policy-pack", metavar="DIR", action="append", default=[], help="run this policy pack too")
    _add_rules(parser)
    parser.add_argument("--detailed-exitcode", action="store_true", help="exit with 2 where there are changes")
    _add_reports(parser)
    parser.set_defaults(run=_preview, parser=parser, usage_exit=1)


def add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `report` to the program's commands."""
    parser = commands.add_parser(
        "report",
        help="the same reports of a stack as last deployed, without asking the cloud",
        description="Judges the certificates in the state of a stack as it was last deployed. Neither its program nor "
        "Alibaba Cloud is asked, so no cloud credentials are needed.",
        epilog=_EXIT_CODES,
    )
    _add_place(parser)
    _add_rules(parser)
    _add_reports(parser)
    parser.set_defaults(run=_report, parser=parser, usage_exit=1)


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-C", "--cwd", metavar="DIR", type=Path, default=Path(), help="the project's folder")
    parser.add_argument("-s", "--stack", metavar="NAME", help="the stack (default: the one that is selected)")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    rules = parser.add_argument_group(
        "rules", "these go before the general ones of device-certificates:gate in the stack's config"
    )
    rules.add_argument(
        "--warn-within", metavar="TIME", help="warn before the end of a validity: 30d, 12h, or 10%% of it"
    )
    rules.add_argument("--fail-within", metavar="TIME", help="fail before the end of a validity")
    for option, text in (("fail-on", "fail on"), ("warn-on", "only warn of"), ("allow", "only mention")):
        rules.add_argument(
            f"--{option}",
            metavar="KIND,...",
            action="extend",
            type=lambda kinds: kinds.split(","),
            default=[],
            help=f"{text} these kinds of findings",
        )


def _add_reports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="show every certificate in the terminal, however many")
    reports = parser.add_argument_group("reports", "any number of them; each file is written whole or not at all")
    for name, text in _FORMATS.items():
        reports.add_argument(f"--{name}", metavar="FILE", type=Path, help=text)


def _preview(options: argparse.Namespace) -> int:
    engine_options = {
        "config_file": str(options.config_file) if options.config_file else None,
        "diff": options.diff or None,
        "parallel": options.parallel,
        "refresh": options.refresh or None,
        "policy_packs": options.policy_pack or None,
    }

    def run(general: Rule) -> Report:
        from alicloud_device_certificates.gate.run import preview_report

        return preview_report(
            options.cwd, options.stack, general, engine_options, is_detailed=options.detailed_exitcode
        )

    return _judge(options, run, "preview")


def _report(options: argparse.Namespace) -> int:
    def run(general: Rule) -> Report:
        from alicloud_device_certificates.gate.run import deployed_report

        return deployed_report(options.cwd, options.stack, general)

    return _judge(options, run, "deployed")


def _judge(options: argparse.Namespace, run: Callable[[Rule], Report], source: ReportSource) -> int:
    """Check what was asked for, run, and write what was found, or that nothing could be."""
    from alicloud_device_certificates.gate.errors import GateError
    from alicloud_device_certificates.gate.reports import check_writable
    from alicloud_device_certificates.gate.run import failure_report

    paths = {name: getattr(options, name) for name in _FORMATS if getattr(options, name) is not None}
    check_writable(paths.values())
    try:
        report = run(_general_rule(options))
    except GateError as error:
        _write(failure_report(options.cwd, options.stack, source, error), paths)
        raise
    _write(report, paths)
    _show(report, everything=options.all)
    return report.exit_code


def _show(report: Report, *, everything: bool) -> None:
    from alicloud_device_certificates.gate.reports.terminal import console_for, show

    if sys.stdout is None:
        return
    try:
        show(report, console_for(sys.stdout), everything=everything)
        sys.stdout.flush()
    except OSError:
        # Whoever was to read this is gone, or the disk is full. Nothing more can be said there, at the end neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _general_rule(options: argparse.Namespace) -> Rule:
    from alicloud_device_certificates.gate.errors import GateError
    from alicloud_device_certificates.gate.rules.rules import rule_of

    if not options.cwd.is_dir():
        raise GateError(f"--cwd {options.cwd}: there is no such folder")
    return rule_of(
        warn_within=options.warn_within,
        fail_within=options.fail_within,
        fail_on=options.fail_on,
        warn_on=options.warn_on,
        allow=options.allow,
    )


def _write(report: Report, paths: Mapping[str, Path]) -> None:
    from alicloud_device_certificates.gate.reports import append_step_summary, write_reports

    write_reports(report, paths)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        append_step_summary(report, Path(summary))
