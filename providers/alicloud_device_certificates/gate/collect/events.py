"""Read a preview's engine events: the certificates, the problems, and whether anything would change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pulumi.automation import EngineEvent, StepEventMetadata
from pulumi.runtime.rpc import UNKNOWN

from alicloud_device_certificates.contract.config import EMULATOR
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.read_failure import (
    DECLARED,
    PROPERTY,
    QUERY_FAILED,
    REPEATED,
    cause_of,
    is_same_cause,
)
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.gate.collect.fleets import FLEET_TYPES, members_of, summary_only
from alicloud_device_certificates.gate.collect.identity import follow_by_id, told_apart
from alicloud_device_certificates.gate.collect.observed import (
    STACK,
    TYPES,
    Observed,
    ReadFailure,
    State,
    allowed_fields,
    allowed_warnings,
    engine_id,
    field_warnings,
    is_secret,
    name_of,
)
from alicloud_device_certificates.gate.collect.step_state import account_of, differ, outputs_of

_SHOWN_NAMES = 3
_MAX_MESSAGE = 5000  # characters
_READS = ("read", "read-replacement", "refresh")
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
    notices: tuple[str, ...] = ()
    """What a report says beside the certificates."""


def preview_result(events: Iterable[EngineEvent]) -> PreviewResult:
    """Return the result of a preview from its events, in their order."""
    certificates: dict[str, Observed] = {}
    notices: dict[str, str] = {}
    errors: dict[str, str] = {}
    violated: list[str] = []
    operations: Mapping[str, int] = {}
    declared = 0
    outputs_change = is_emulated = False
    project = None
    for event in events:
        started, ended, diagnostic = event.resource_pre_event, event.res_outputs_event, event.diagnostic_event
        if started is not None:
            _add(certificates, _observed(started.metadata, has_ended=False))
        elif ended is not None:
            if ended.metadata.type in FLEET_TYPES:
                certificates.pop(ended.metadata.urn, None)  # now its members are known, if there are any
            _add(certificates, _observed(ended.metadata, has_ended=True))
            if (notice := _notice(ended.metadata)) is not None:
                notices[ended.metadata.urn] = notice
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
            operations = {_name(step): count for step, count in event.summary_event.resource_changes.items()}
        elif event.prelude_event is not None:
            is_emulated = str(event.prelude_event.config.get(EMULATOR.full_name, "")).lower() == "true"
    shown = told_apart(_with_error(each, errors.get(each.urn)) for each in follow_by_id(certificates.values()))
    return PreviewResult(
        certificates=shown,
        problems=(
            *_problems(errors, {each.urn: each for each in shown}, has_violated=bool(violated)),
            *_unread(declared, shown, has_failed=bool(errors)),
            *(f"{policy} is violated; see the engine's output" for policy in dict.fromkeys(violated)),
        ),
        operations=operations,
        outputs_change=outputs_change,
        project=project,
        is_emulated=is_emulated,
        notices=tuple(notices.values()),
    )


def _add(certificates: dict[str, Observed], observed: Sequence[Observed]) -> None:
    """Keep the last state of certificates, together with what the stack had before the run."""
    for each in observed:
        before = certificates.get(each.urn)
        # After a refresh, the read has the refreshed state as its old one, or none if the refresh let go of it.
        certificates[each.urn] = each if before is None else each.with_past_of(before)


def _notice(step: StepEventMetadata) -> str | None:
    """Return what a report says of a fleet that was read; None if that is nothing."""
    return summary_only(name_of(step.urn), outputs_of(step.new)) if step.type in FLEET_TYPES else None


def _observed(step: StepEventMetadata, *, has_ended: bool) -> list[Observed]:
    """Return the certificates of a step; none for a step of anything else."""
    fleet = FLEET_TYPES.get(step.type)
    service, operation = TYPES.get(step.type) if fleet is None else fleet.member, _name(step.op)
    if service is None or operation not in {*_READS, "discard"}:
        return []
    old, new = outputs_of(step.old), outputs_of(step.new)
    old_id = engine_id(step.old.id) if step.old is not None else None
    id_ = engine_id(step.new.id) if step.new is not None else old_id
    old_account = account_of(step.old)
    account = account_of(step.new) if step.new is not None else old_account
    old_certificate, certificate = allowed_fields(old.get("certificate")), allowed_fields(new.get("certificate"))
    failure = _failure(new.get(PROPERTY))
    state: State
    if operation == "discard" or (operation == "refresh" and has_ended and step.new is None):
        state = "gone"
    elif id_ == UNKNOWN or (has_ended and not id_):
        # The ID of a read that the engine leaves to the update: an empty one since 3.274.
        state, id_ = "known_after_update", None
    elif failure is not None or not has_ended:
        state = "failed"
        failure = failure or ReadFailure(category=QUERY_FAILED, code=None, message="the engine cancelled the read")
    else:
        state = "secret" if certificate is None else "read"
    observed = Observed(
        urn=step.urn,
        name=name_of(step.urn),
        service=service,
        state=state,
        id=id_,
        old=old_certificate,
        new=certificate if state == "read" else None,
        warnings=(*allowed_warnings(new.get("warnings")), *field_warnings(new.get("certificate"))),
        failure=failure,
        old_id=old_id,
        account=account,
        old_account=old_account,
        was_secret=step.old is not None and old_certificate is None and fleet is None,
    )
    if fleet is None:
        return [observed]
    if state == "secret" and not is_secret(new.get("certificates")):
        observed = replace(observed, state="read")
    return members_of(observed, fleet, old, new)


def _failure(output: object) -> ReadFailure | None:
    if not isinstance(output, Mapping):
        return None
    category, code, message = (
        one_line(value, limit=_MAX_MESSAGE) if isinstance(value := output.get(key), str) else ""
        for key in ("category", "code", "message")
    )
    return ReadFailure(category=category, code=code or None, message=message or "the read failed")


def _with_error(observed: Observed, error: str | None) -> Observed:
    """Add the engine's error to a certificate whose read ended the preview."""
    if observed.failure is None or observed.failure.category != QUERY_FAILED or error is None:
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
    left = declared - len({each.urn.partition("#")[0] for each in certificates if each.state != "gone"})
    if has_failed and left > 0:
        yield f"{left} more certificate{'' if left == 1 else 's'} not read: the preview had ended"


def _is_resource(urn: str) -> bool:
    return urn != "" and STACK not in urn


def _message(error: str) -> str | None:
    found = _READ_ERROR.search(error)
    return one_line(found["message"], limit=_MAX_MESSAGE) if found else None


def _name(operation: object) -> str:
    return str(getattr(operation, "value", operation))
