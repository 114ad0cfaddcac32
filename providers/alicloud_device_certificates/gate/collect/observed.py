"""One certificate as the engine shows it, before and now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.gate.collect.fleet import Fleet

ReadKey = tuple[str | None, str]
"""What is read: the account, None for that of ``alicloud:``, and the ID."""

Place = tuple[str, str | None]
"""Where a stack has a certificate: the URN of its data source, and its key if that is a fleet."""

State = Literal["read", "failed", "gone", "known_after_update", "secret"]

STATES: Final[Mapping[State, str]] = {
    "read": "the read succeeded",
    "failed": "it failed",
    "gone": "the certificate was removed from the program, or vanished from its fleet",
    "known_after_update": "its ID is not known until the update",
    "secret": "the stack keeps it as a secret",
}
"""What each state means, as the schema of the JSON report shows it."""

TYPES: dict[str, KindKey] = {kind.type_token: kind.key for kind in KINDS.values()}
"""The type tokens of the data sources. Every other resource of a stack is ignored."""

STACK = "pulumi:pulumi:Stack"
"""The type token of a stack itself."""


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """One entry of the output ``warnings``."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailure:
    """Why a read failed."""

    category: str
    """The class of the failure (contract/read_failure.py)."""
    code: str | None
    """The service's error code; None if there is none."""
    message: str
    """The error in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One certificate of a stack, at the last update and now; or a fleet as a whole."""

    urn: str
    """The URN of its data source: the certificates of a fleet have the same one."""
    name: str
    service: KindKey
    state: State
    id: str | None = None
    """The ID that is read; None if it is not known yet."""
    old: Mapping[str, Any] | None = None
    """The fields (contract/fields.py) as of the last update; None if it is new or was a secret."""
    new: Mapping[str, Any] | None = None
    """The fields as read now; None unless ``state`` is ``read``."""
    warnings: tuple[ReadWarning, ...] = field(default=())
    failure: ReadFailure | None = None
    failed_postcondition: str | None = None
    """Which condition of its data source it fails, in one line; None if it fails none."""
    old_id: str | None = None
    """The ID that was read at the last update."""
    account: str | None = None
    """The account that it is read from; None for that of ``alicloud:``."""
    old_account: str | None = None
    """The account that it was read from at the last update."""
    was_secret: bool = False
    """Whether the stack has it as a secret."""
    qualifier: str = ""
    """What tells it apart from others of its name: the types of its parents, and its service. Empty if it is alone."""
    fleet: Fleet | None = None
    """The fleet that it belongs to; None for a certificate with a data source of its own."""
    member: str | None = None
    """Its key within its fleet; None for the fleet itself."""
    stack: str = ""
    """Its project and stack, if the report is of several; else empty."""

    @property
    def place(self) -> Place:
        """Where the stack has it; no other certificate of the run has the same."""
        return self.urn, self.member

    @property
    def address(self) -> str:
        """The place as one text: the URN, and after a ``#`` the key within the fleet."""
        return self.urn if self.member is None else f"{self.urn}#{self.member}"

    @property
    def is_fleet(self) -> bool:
        """Whether it is a fleet as a whole."""
        return self.fleet is not None and self.member is None

    @property
    def key(self) -> ReadKey | None:
        """What is read: accounts can have the same IDs. None if it is not known yet."""
        return None if self.id is None else (self.account, self.id)

    def with_past_of(self, other: Observed) -> Observed:
        """Return it as if the last update had it under the resource of the other one."""
        fleet = self.fleet
        if fleet is not None and other.fleet is not None:
            fleet = replace(
                fleet,
                old_summary=other.fleet.old_summary if other.is_fleet else fleet.old_summary,
                is_partial=fleet.is_partial or other.fleet.is_partial,
            )
        return replace(
            self,
            old=other.old,
            old_id=other.old_id,
            old_account=other.old_account,
            was_secret=other.was_secret,
            fleet=fleet,
        )

    @property
    def old_key(self) -> ReadKey | None:
        """What was read at the last update; None if it is new."""
        return None if self.old_id is None else (self.old_account, self.old_id)

    @property
    def label(self) -> str:
        """The name by which people know it in a report; no other certificate of the report has it."""
        return f"{self.stack}: {self.label_in_stack}" if self.stack else self.label_in_stack

    @property
    def label_in_stack(self) -> str:
        """The name by which people know it in a report of its stack alone."""
        return f"{self.name} ({self.qualifier})" if self.qualifier else self.name

    @property
    def is_new(self) -> bool:
        """Whether the stack does not have it yet."""
        if self.is_fleet:
            return self.old_id is None
        return self.old is None and not self.was_secret
