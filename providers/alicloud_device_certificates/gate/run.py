"""One run of the gate: from a stack's preview, or its deployed state, to the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from alicloud_device_certificates.contract.config import GATE
from alicloud_device_certificates.contract.project import project_file, project_file_in_repository
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.gate.collect.deployed import deployed_certificates, is_emulated, project_of
from alicloud_device_certificates.gate.collect.events import preview_result
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.collect.pulumi_cli import Engine
from alicloud_device_certificates.gate.errors import EngineError, GateError, RulesError
from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Report, ReportSource
from alicloud_device_certificates.gate.rules.rules import Rule, rules_of

_EMULATED = "certificates of this stack come from an emulator, not from Alibaba Cloud"
_EMPTY = "this stack has no device certificates, so nothing was judged"
_NOT_BEGUN = "the engine could not begin; the output of the command says why"
_NO_RULES = f"the stack's project is not here, so its {GATE.full_name} is not known: the defaults hold"


def preview_report(
    folder: Path, stack: str | None, general: Rule, engine_options: dict[str, Any], *, is_detailed: bool = False
) -> Report:
    """Run the preview of a stack and judge every certificate in it.

    ``general`` are the rules of the command line, ``engine_options`` the options of ``automation.Stack.preview``,
    and ``is_detailed`` says that changes have an exit code of their own.
    Raises EngineError where the engine cannot even begin, and RulesError for rules that cannot be used.
    """
    now = _now()
    config_file = engine_options.get("config_file")
    if config_file is not None and not (folder / config_file).is_file():
        # The engine would make one, and none of the stack's rules would hold.
        raise RulesError(f"--config-file {config_file}: there is no such file in {folder}")
    engine = Engine(folder, stack)
    rules = rules_of(engine.config(GATE.full_name, file=config_file)).under(general)
    events, has_succeeded = engine.preview(**engine_options)
    seen = preview_result(events)
    if not has_succeeded and not seen.certificates and not seen.problems and not seen.operations:
        raise EngineError("the preview could not begin; the output of the engine says why")
    problems: tuple[str, ...] = ()
    if not has_succeeded:
        problems = seen.problems or ("the preview failed; the output of the engine says why",)
    return Report(
        project=seen.project or _project(folder),
        stack=_short(engine.stack_name),
        source="preview",
        now=now,
        certificates=evaluate_all(seen.certificates, rules, now),
        problems=problems,
        notices=tuple(_notices(seen.certificates, is_emulated=seen.is_emulated, is_whole=not problems)),
        project_file=project_file_in_repository(folder),
        operations=seen.operations,
        outputs_change=seen.outputs_change,
        is_detailed=is_detailed,
    )


def deployed_report(folder: Path, stack: str | None, general: Rule) -> Report:
    """Judge the certificates of a stack as it was last deployed; neither the program nor the cloud is asked.

    Raises EngineError and RulesError as `preview_report`.
    """
    now = _now()
    engine = Engine(folder, stack)
    deployment = engine.export()
    own = _project(folder)
    project = project_of(deployment) or own
    # Of another project there may be a stack of the same name, with rules of its own.
    has_rules = own != "" and own == project
    rules = rules_of(engine.config(GATE.full_name) if has_rules else None).under(general)
    certificates = deployed_certificates(deployment)
    notices = _notices(certificates, is_emulated=is_emulated(deployment), is_whole=True)
    return Report(
        project=project,
        stack=_short(engine.stack_name),
        source="deployed",
        now=now,
        certificates=evaluate_all(certificates, rules, now),
        notices=(*notices, *([] if has_rules else [_NO_RULES])),
        project_file=project_file_in_repository(folder),
        operations={},
    )


def failure_report(folder: Path, stack: str | None, source: ReportSource, error: GateError) -> Report:
    """Report that there is nothing to report, and why, so that nobody takes an earlier report for the last word."""
    # What the engine said could hold anything, such as the address of a backend with its password.
    problem = _NOT_BEGUN if isinstance(error, EngineError) else str(error)
    return Report(
        project=_project(folder),
        stack=_short(stack or ""),
        source=source,
        now=_now(),
        certificates=(),
        problems=(problem,),
        project_file=project_file_in_repository(folder),
        operations={},
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _short(stack: str) -> str:
    """Give a stack's own name: with organization and project before it, it is the same stack."""
    return stack.rpartition("/")[2]


def _notices(certificates: Iterable[Observed], *, is_emulated: bool, is_whole: bool) -> Iterator[str]:
    seen = list(certificates)
    if not seen and is_whole:
        yield _EMPTY
    if is_emulated or any(warning.code == WarningCode.EMULATOR for each in seen for warning in each.warnings):
        yield _EMULATED


def _project(folder: Path) -> str:
    """Give the project's name where the engine did not come to tell it."""
    file = project_file(folder)
    try:
        settings = yaml.safe_load(file.read_text(encoding="utf-8")) if file is not None else {}
    except (OSError, ValueError, yaml.YAMLError):
        return ""  # The engine says what is wrong with it.
    return str(settings.get("name", "")) if isinstance(settings, dict) else ""
