"""One run of the gate: from a stack's preview or its deployed state to the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alicloud_device_certificates.contract.config import GATE
from alicloud_device_certificates.contract.project import project_file_in_repository, project_name
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.gate.collect.deployed import deployed_certificates, is_emulated, project_of
from alicloud_device_certificates.gate.collect.events import preview_result
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.collect.pulumi_cli import Engine, EngineDisplay
from alicloud_device_certificates.gate.errors import EngineError, GateError, RulesError
from alicloud_device_certificates.gate.evaluate.compromised_keys import require_audit, unaudited
from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Report, ReportSource
from alicloud_device_certificates.gate.rules.rules import Rule, Rules, rules_of

_EMULATED = "certificates of this stack come from an emulator, not from Alibaba Cloud"
_EMPTY = "this stack has no device certificates, so there was nothing to evaluate"
_NOT_STARTED = "the engine could not start; see the command's output"
_NOT_KEPT = (
    "the certificates of this fleet are not kept in the stack, or only those that select picks; the others were "
    "evaluated by their summary: the earliest expiry, the numbers, and no threshold that is a share of a lifetime"
)
_NO_RULES = f"the stack's project is not in this folder, so its {GATE.full_name} is not known and the defaults apply"


def preview_report(
    folder: Path,
    stack: str | None,
    general: Rule,
    engine_options: dict[str, Any],
    *,
    display: EngineDisplay = "stdout",
    is_detailed: bool = False,
) -> Report:
    """Preview a stack and evaluate every certificate in it.

    ``general`` is the rule of the command line, ``engine_options`` are the options of ``automation.Stack.preview``,
    ``display`` says where the engine's own output goes, and with ``is_detailed`` changes have an exit code of their
    own. Raise EngineError if the engine cannot start, and RulesError for invalid rules.
    """
    now = _now()
    config_file = engine_options.get("config_file")
    if config_file is not None and not (folder / config_file).is_file():
        # The engine would create the file, and none of the stack's rules would apply.
        raise RulesError(f"--config-file {config_file}: there is no such file in {folder}")
    engine = Engine(folder, stack, display)
    rules = rules_of(engine.config(GATE.full_name, file=config_file)).with_general(general)
    require_audit(rules)
    events, has_succeeded = engine.preview(**engine_options)
    result = preview_result(events)
    if not has_succeeded and not result.certificates and not result.problems and not result.operations:
        raise EngineError("the preview could not start; see the engine's output")
    problems: tuple[str, ...] = ()
    if not has_succeeded:
        problems = result.problems or ("the preview failed; see the engine's output",)
    return Report(
        project=result.project or project_name(folder),
        stack=_short(engine.stack_name),
        source="preview",
        now=now,
        certificates=evaluate_all(result.certificates, rules, now),
        problems=problems,
        notices=tuple(_notices(result.certificates, rules, is_emulated=result.is_emulated, is_complete=not problems)),
        project_file=project_file_in_repository(folder),
        operations=result.operations,
        outputs_change=result.outputs_change,
        is_detailed=is_detailed,
    )


def deployed_report(folder: Path, stack: str | None, general: Rule) -> Report:
    """Evaluate the certificates of a stack as last deployed, without its program and without cloud access.

    Raise EngineError and RulesError as ``preview_report`` does.
    """
    now = _now()
    engine = Engine(folder, stack)
    deployment = engine.export()
    own = project_name(folder)
    project = project_of(deployment) or own
    # Another project can have a stack with the same name and its own rules.
    has_rules = own != "" and own == project
    rules = rules_of(engine.config(GATE.full_name) if has_rules else None).with_general(general)
    require_audit(rules)
    certificates = deployed_certificates(deployment)
    notices = _notices(certificates, rules, is_emulated=is_emulated(deployment), is_complete=True)
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
    """Report why a run failed, in place of the reports of an earlier run."""
    # The engine's own message can contain anything, such as the address of a backend with its password.
    problem = _NOT_STARTED if isinstance(error, EngineError) else str(error)
    return Report(
        project=project_name(folder),
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
    """Return a stack's name without organization and project."""
    return stack.rpartition("/")[2]


def _notices(certificates: Iterable[Observed], rules: Rules, *, is_emulated: bool, is_complete: bool) -> Iterator[str]:
    found = list(certificates)
    if not found and is_complete:
        yield _EMPTY
    if is_complete:
        for pattern in rules.without_match(each.name for each in found):
            yield f"warning: the rule for {pattern!r} in {GATE.full_name} matches no certificate, so it has no effect"
    for each in found:
        if each.fleet is not None and each.is_fleet and each.state == "read" and each.fleet.is_summarized:
            yield f"{each.label}: {_NOT_KEPT}"
    if remark := unaudited(found):
        yield remark
    if is_emulated or any(warning.code == WarningCode.EMULATOR for each in found for warning in each.warnings):
        yield _EMULATED
