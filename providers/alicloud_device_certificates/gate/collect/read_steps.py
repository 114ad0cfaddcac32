"""What the engine's steps of one data source show: its certificate, or a fleet and its certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pulumi.automation import StepEventMetadata
from pulumi.runtime.rpc import UNKNOWN

from alicloud_device_certificates.contract.postconditions import FAILED
from alicloud_device_certificates.contract.read_failure import PROPERTY, QUERY_FAILED
from alicloud_device_certificates.gate.collect.allow_list import (
    allowed_fields,
    allowed_warnings,
    engine_id,
    failed_postconditions,
    failure_of,
    field_warnings,
    name_of,
    warnings_by_member,
)
from alicloud_device_certificates.gate.collect.fleet import FLEET_TYPES
from alicloud_device_certificates.gate.collect.members import failed_of_fleet, fleet_of, has_members, members
from alicloud_device_certificates.gate.collect.observed import TYPES, Observed, ReadFailure, State
from alicloud_device_certificates.gate.collect.step_state import account_of, outputs_of

_READS: Final = ("read", "read-replacement", "refresh")
_CANCELLED: Final = ReadFailure(category=QUERY_FAILED, code=None, message="the engine cancelled the read")


@dataclass(slots=True)
class ReadSteps:
    """The steps of one data source in a run."""

    past: Any
    """Its state before the run: after a refresh, a read has the refreshed state as its old one, or none."""
    last: StepEventMetadata
    has_ended: bool

    def observed(self) -> Iterator[Observed]:
        """Yield its certificate; of a fleet the fleet itself, and then its certificates."""
        step = self.last
        if (fleet := FLEET_TYPES.get(step.type)) is None:
            yield self._single()
            return
        old, new = outputs_of(self.past), outputs_of(step.new)
        state, id_, failure = self._state(is_known=has_members(new), failure=failure_of(new.get(PROPERTY)))
        whole = Observed(
            urn=step.urn,
            name=name_of(step.urn),
            service=fleet.member,
            state=state,
            id=id_,
            warnings=tuple(warnings_by_member(new.get("warnings")).get(None, ())),
            failure=failure,
            failed_postcondition=failed_of_fleet(new),
            was_secret=self.past is not None and not has_members(old),
            fleet=fleet_of(name_of(step.urn), old=old, new=new),
            **self._ids(),
        )
        yield whole
        yield from members(whole, fleet, old=old, new=new)

    def _single(self) -> Observed:
        step = self.last
        old, new = outputs_of(self.past), outputs_of(step.new)
        old_certificate, certificate = allowed_fields(old.get("certificate")), allowed_fields(new.get("certificate"))
        state, id_, failure = self._state(is_known=certificate is not None, failure=failure_of(new.get(PROPERTY)))
        return Observed(
            urn=step.urn,
            name=name_of(step.urn),
            service=TYPES[step.type],
            state=state,
            id=id_,
            old=old_certificate,
            new=certificate if state == "read" else None,
            warnings=(*allowed_warnings(new.get("warnings")), *field_warnings(new.get("certificate"), certificate)),
            failure=failure,
            failed_postcondition=failed_postconditions(new.get(FAILED)).get(None),
            was_secret=self.past is not None and old_certificate is None,
            **self._ids(),
        )

    def _ids(self) -> dict[str, Any]:
        step, past = self.last, self.past
        return {
            "old_id": engine_id(past.id) if past is not None else None,
            "account": account_of(step.new if step.new is not None else step.old),
            "old_account": account_of(past),
        }

    def _state(self, *, is_known: bool, failure: ReadFailure | None) -> tuple[State, str | None, ReadFailure | None]:
        """Return the state and the ID, and why the read failed if it did; ``is_known``: its outputs can be judged."""
        step = self.last
        before = engine_id(step.old.id) if step.old is not None else None
        id_ = engine_id(step.new.id) if step.new is not None else before
        operation = name_of_operation(step.op)
        if operation == "discard" or (operation == "refresh" and self.has_ended and step.new is None):
            return "gone", id_, failure
        if id_ == UNKNOWN or (self.has_ended and not id_):
            # The ID of a read that the engine leaves to the update: an empty one since 3.274.
            return "known_after_update", None, failure
        if failure is not None or not self.has_ended:
            return "failed", id_, failure or _CANCELLED
        return ("read" if is_known else "secret"), id_, None


def is_read(step: StepEventMetadata) -> bool:
    """Return whether a step is that of a data source."""
    is_ours = step.type in TYPES or step.type in FLEET_TYPES
    return is_ours and name_of_operation(step.op) in {*_READS, "discard"}


def name_of_operation(operation: object) -> str:
    """Return the name of an engine's operation."""
    return str(getattr(operation, "value", operation))
