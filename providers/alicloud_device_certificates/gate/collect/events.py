"""Read a preview's engine events: the certificates, the problems, and whether anything would change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pulumi.automation import EngineEvent, StepEventMetadata

from alicloud_device_certificates.contract.config import EMULATOR
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.read_failure import (
    DECLARED,
    QUERY_FAILED,
    REPEATED,
    cause_of,
    is_same_cause,
)
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.gate.collect.allow_list import name_of
from alicloud_device_certificates.gate.collect.identity import follow_by_id, told_apart
from alicloud_device_certificates.gate.collect.members import is_from_emulator, without_healthy_fleets
from alicloud_device_certificates.gate.collect.observed import STACK, Observed
from alicloud_device_certificates.gate.collect.read_steps import ReadSteps, is_read, name_of_operation
from alicloud_device_certificates.gate.collect.step_state import differ, outputs_of

_SHOWN_NAMES = 3
_MAX_MESSAGE = 5000  # characters
# The provider's errors are written for people and contain no secret. All others stay in the engine's own output.
_READ_ERROR = re.compile(rf"{PACKAGE}\.ReadError: (?P<message>[^\n]+)")


# What the engine adds to every error, with its marks of colours; it says nothing of its own.
_CLOSING_WORDS = re.compile(
    r"(<\{%[^%]*%\}>|\s)*(preview failed|Resource monitor has terminated, shutting down)(<\{%[^%]*%\}>|\s)*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """The result of one preview."""

    certificates: tuple[Observed, ...] = ()
    problems: tuple[str, ...] = ()
    """Why the preview could not be completed, one line each."""
    operations: Mapping[str, int] = field(default_factory=dict)
    """The number of resources by the engine's step."""
    outputs_change: bool = False
    project: str | None = None
    is_emulated: bool = False


def preview_result(events: Iterable[EngineEvent]) -> PreviewResult:
    """Return the result of a preview from its events, in their order."""
    reads: dict[str, ReadSteps] = {}
    errors: dict[str, str] = {}
    violated: list[str] = []
    operations: Mapping[str, int] = {}
    declared = 0
    outputs_change = is_emulated = False
    project = None
    for event in events:
        started, ended, diagnostic = event.resource_pre_event, event.res_outputs_event, event.diagnostic_event
        if started is not None:
            _add(reads, started.metadata, has_ended=False)
        elif ended is not None:
            _add(reads, ended.metadata, has_ended=True)
            if ended.metadata.type == STACK:
                # The stack has two such events; the last one has its outputs.
                outputs_change = differ(outputs_of(ended.metadata.old), outputs_of(ended.metadata.new))
                project = ended.metadata.urn.partition("::")[2].partition("::")[0]
        elif diagnostic is not None and diagnostic.severity == "debug":
            declared += diagnostic.message.lstrip().startswith(DECLARED)
        elif diagnostic is not None and diagnostic.severity == "error":
            if not _CLOSING_WORDS.fullmatch(diagnostic.message):
                errors.setdefault(diagnostic.urn or "", diagnostic.message)
        elif event.policy_event is not None and event.policy_event.enforcement_level == "mandatory":
            violated.append(f"the policy {event.policy_event.policy_name} of {event.policy_event.policy_pack_name}")
        elif event.summary_event is not None:
            operations = {
                name_of_operation(step): count for step, count in event.summary_event.resource_changes.items()
            }
        elif event.prelude_event is not None:
            is_emulated = str(event.prelude_event.config.get(EMULATOR.full_name, "")).lower() == "true"
    followed = follow_by_id(each for read in reads.values() for each in read.observed())
    shown = told_apart(_with_error(each, errors.get(each.urn)) for each in without_healthy_fleets(followed))
    return PreviewResult(
        certificates=shown,
        problems=(
            *_problems(errors, {each.urn: each for each in shown if each.member is None}, has_violated=bool(violated)),
            *_unread(declared, followed, has_failed=bool(errors)),
            *(f"{policy} is violated; see the engine's output" for policy in dict.fromkeys(violated)),
        ),
        operations=operations,
        outputs_change=outputs_change,
        project=project,
        # The warning of a fleet that is nothing beside its certificates is not shown itself.
        is_emulated=is_emulated or any(is_from_emulator(each) for each in followed),
    )


def _add(reads: dict[str, ReadSteps], step: StepEventMetadata, *, has_ended: bool) -> None:
    """Keep the last step of a data source, together with what the stack had before the run."""
    if is_read(step):
        known = reads.get(step.urn)
        reads[step.urn] = ReadSteps(past=step.old if known is None else known.past, last=step, has_ended=has_ended)


def _with_error(observed: Observed, error: str | None) -> Observed:
    """Add the engine's error to a certificate whose read ended the preview."""
    if observed.failure is None or observed.failure.category != QUERY_FAILED or error is None or observed.member:
        return observed
    message = _message(error) or "the read failed; see the engine's output"
    return replace(observed, failure=replace(observed.failure, message=message))


def _problems(errors: Mapping[str, str], certificates: Mapping[str, Observed], *, has_violated: bool) -> Iterator[str]:
    """Yield every problem that is not a finding on a certificate itself."""
    has_failed_query = False
    failed: list[tuple[str, str]] = []
    for urn, error in errors.items():
        failure = certificates[urn].failure if urn in certificates else None
        if failure is None or failure.category == QUERY_FAILED:
            has_failed_query = has_failed_query or urn in certificates
            if _is_resource(urn):
                label = certificates[urn].label if urn in certificates else name_of(urn)
                if (message := _message(error)) is not None:
                    failed.append((label, message))
                else:
                    yield f"{label}: failed; see the engine's output"
    yield from _by_cause(failed)
    # A violated policy ends the program too, which is no fault of the program.
    if not has_failed_query and not has_violated and any(not _is_resource(urn) for urn in errors):
        yield "the program failed; see the engine's output"


def _by_cause(failed: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield one line for each cause of failed reads, given by label and message, with those that it concerns."""
    full = sorted(failed, key=lambda each: each[1].startswith(REPEATED))
    while full:
        label, message = full[0]
        same = [each for each, other in full if is_same_cause(other, message)]
        full = [(each, other) for each, other in full[1:] if not is_same_cause(other, message)]
        if len(same) > 1:
            names = ", ".join(sorted(same)[:_SHOWN_NAMES]) + (", ..." if len(same) > _SHOWN_NAMES else "")
            yield f"{len(same)} certificates ({names}): {cause_of(message)}"
        else:
            yield f"{label}: {message}"


def _unread(declared: int, certificates: Sequence[Observed], *, has_failed: bool) -> Iterator[str]:
    """Yield how many certificates of the program the engine has not even begun to read."""
    left = declared - sum(each.state != "gone" and each.member is None for each in certificates)
    if has_failed and left > 0:
        yield f"{left} more certificate{'' if left == 1 else 's'} not read: the preview had ended"


def _is_resource(urn: str) -> bool:
    return urn != "" and STACK not in urn


def _message(error: str) -> str | None:
    found = _READ_ERROR.search(error)
    return one_line(found["message"], limit=_MAX_MESSAGE) if found else None
