"""One certificate as the engine shows it, before and now: an allow-list of fields, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from alicloud_device_certificates.contract.field_values import as_integer, invalid_fields, is_text, is_valid
from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.contract.warnings import WarningCode

ReadKey = tuple[str | None, str]
"""What is read: the account, None for that of ``alicloud:``, and the ID."""

State = Literal["read", "failed", "gone", "known_after_update", "secret"]

STATES: Final[Mapping[State, str]] = {
    "read": "the read succeeded",
    "failed": "it failed",
    "gone": "the certificate was removed from the program",
    "known_after_update": "its ID is not known until the update",
    "secret": "the stack keeps it as a secret",
}
"""What each state means, as the schema of the JSON report shows it."""

TYPES: dict[str, KindKey] = {kind.type_token: kind.key for kind in KINDS.values()}
"""The type tokens of the data sources. Every other resource of a stack is ignored."""

STACK = "pulumi:pulumi:Stack"
"""The type token of a stack itself."""

# The key by which the engine marks special objects, and its value for secrets.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not a secret

_MAX_WARNINGS = 100
_MAX_WARNING = 5000  # characters

_PEM_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n")


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
    """One certificate of a stack, at the last update and now."""

    urn: str
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

    @property
    def key(self) -> ReadKey | None:
        """What is read: accounts can have the same IDs. None if it is not known yet."""
        return None if self.id is None else (self.account, self.id)

    def with_past_of(self, other: Observed) -> Observed:
        """Return it as if the last update had it under the resource of the other one."""
        return replace(
            self, old=other.old, old_id=other.old_id, old_account=other.old_account, was_secret=other.was_secret
        )

    @property
    def old_key(self) -> ReadKey | None:
        """What was read at the last update; None if it is new."""
        return None if self.old_id is None else (self.old_account, self.old_id)

    @property
    def label(self) -> str:
        """The name by which people know it in a report; no other certificate of the report has it."""
        return f"{self.name} ({self.qualifier})" if self.qualifier else self.name

    @property
    def is_new(self) -> bool:
        """Whether the stack does not have it yet."""
        return self.old is None and not self.was_secret


def name_of(urn: str) -> str:
    """Return the resource's name from its URN; the name itself can contain colons."""
    return urn.split("::", 3)[-1]


def allowed_fields(certificate: object) -> dict[str, Any] | None:
    """Copy the known fields of a ``certificate`` output; None if the output is unknown, secret or missing."""
    if not isinstance(certificate, Mapping) or is_secret(certificate):
        return None
    return {known.name: value for known in FIELDS if (value := _typed(known, certificate.get(known.name))) is not None}


def field_warnings(certificate: object) -> tuple[ReadWarning, ...]:
    """Return a warning if fields of a ``certificate`` output have values that no read returns: nothing judges those."""
    if not isinstance(certificate, Mapping) or is_secret(certificate):
        return ()
    invalid, taken = invalid_fields(certificate), allowed_fields(certificate) or {}
    # A text can be valid and yet be none that is taken: a PEM that is not one, or a key elsewhere.
    lost = {field.name for field in FIELDS if certificate.get(field.name) is not None and field.name not in taken}
    names = [field.name for field in FIELDS if field.name in {*invalid, *lost}]
    if not names:
        return ()
    message = f"its outputs have no valid {', '.join(names)}: the state is damaged, or of another program"
    return (ReadWarning(WarningCode.UNREADABLE, message),)


def is_secret(value: object) -> bool:
    """Return whether this value is the engine's form of a secret."""
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET


def allowed_warnings(warnings: object) -> tuple[ReadWarning, ...]:
    """Copy the codes and messages of a ``warnings`` output, as many and as long as a read returns."""
    entries = warnings if isinstance(warnings, list) else []
    return tuple(
        ReadWarning(
            (_text(entry.get("code")) or "")[:_MAX_WARNING],
            (_text(entry.get("message")) or "")[:_MAX_WARNING],
        )
        for entry in entries[:_MAX_WARNINGS]
        if isinstance(entry, Mapping) and not is_secret(entry)
    )


def engine_id(value: object) -> str | None:
    """Return the ID of a resource, which is text; None if there is none."""
    return value if is_text(value) else None


def account_in(*values: Mapping[str, Any]) -> str | None:
    """Return the account in the first of these inputs or outputs of a data source that has one."""
    return next((account for each in values if (account := _text(each.get("account")))), None)


def _typed(known: Field, value: object) -> int | bool | str | list[str] | None:
    """Return the value if it has the field's documented type, else None."""
    if known.type == "list of strings":
        return [text for item in value if (text := _text(item)) is not None] if isinstance(value, list) else None
    if not is_valid(known, value):
        return None
    if known.type == "integer":
        return as_integer(value)
    if known.type == "boolean":
        return bool(value)
    if known.unit == "PEM":
        return "".join(_PEM_BLOCK.findall(str(value))) or None
    return _text(value)


def _text(value: object) -> str | None:
    """Return a text, unless it contains a PEM: only PEM fields can hold one, and only certificates."""
    return value if is_text(value) and "-----BEGIN" not in value else None
