"""One certificate as the engine shows it, before and now: an allow-list of fields, so that no secret comes along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.contract.kinds import KINDS, KindKey

State = Literal["read", "failed", "gone", "not_read", "secret"]
"""``read``: there are outputs; ``failed``: there is a failure; ``gone``: it was taken out of the program; ``not_read``:
its ID is not known yet; ``secret``: the stack keeps its outputs as secrets, so nothing of them can be seen."""

TYPES: dict[str, KindKey] = {kind.type_token: kind.key for kind in KINDS.values()}
"""The type tokens of the data sources. Whatever else is in a stack is not looked at."""

STACK = "pulumi:pulumi:Stack"
"""The type token of a stack itself."""

# How the engine marks objects of its own, and which of them is a secret.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - no secret, but the sign of one

_PEM_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n")


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """One entry of the output ``warnings``."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A read that failed: why (contract/read_failure.py), the service's error code, and the error in one line."""

    category: str
    code: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One certificate: where it stands in the program, and what is known of it.

    ``old`` and ``new`` hold the fields of the output ``certificate`` (contract/fields.py) and nothing else; ``old`` is
    None for one that the stack does not have yet, or has as a secret (``was_secret``), and ``new`` unless ``state`` is
    ``read``. ``id`` names what is read, and ``old_id`` what was read at the last update.
    """

    urn: str
    name: str
    service: KindKey
    state: State
    id: str | None = None
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    warnings: tuple[ReadWarning, ...] = field(default=())
    failure: Failure | None = None
    old_id: str | None = None
    was_secret: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the stack does not have it yet."""
        return self.old is None and not self.was_secret


def name_of(urn: str) -> str:
    """Give the name of the resource that has this URN; a name may hold colons itself."""
    return urn.split("::", 3)[-1]


def allowed_fields(certificate: object) -> dict[str, Any] | None:
    """Copy the known fields of a ``certificate`` output; None where it is none to be seen: unknown, secret, missing."""
    if not isinstance(certificate, Mapping) or is_secret(certificate):
        return None
    return {known.name: value for known in FIELDS if (value := _typed(known, certificate.get(known.name))) is not None}


def is_secret(value: object) -> bool:
    """Say whether this is what the engine shows and stores of a secret."""
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET


def allowed_warnings(warnings: object) -> tuple[ReadWarning, ...]:
    """Copy the codes and messages of a ``warnings`` output."""
    entries = warnings if isinstance(warnings, list) else []
    return tuple(
        ReadWarning(_text(entry.get("code")) or "", _text(entry.get("message")) or "")
        for entry in entries
        if isinstance(entry, Mapping) and not is_secret(entry)
    )


def _typed(known: Field, value: object) -> int | bool | str | list[str] | None:
    """Take a value only as what the field is documented to be."""
    if known.type == "integer":
        # The engine knows no integers, and hands out floats.
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return int(value) if float(value).is_integer() else None
    if known.type == "boolean":
        return value if isinstance(value, bool) else None
    if known.type == "list of strings":
        return [text for item in value if (text := _text(item)) is not None] if isinstance(value, list) else None
    if known.unit == "PEM":
        return "".join(_PEM_BLOCK.findall(value)) or None if isinstance(value, str) else None
    return _text(value)


def _text(value: object) -> str | None:
    """Take a text, unless there is a PEM in it: whatever a program put there, of PEMs only certificates are taken."""
    return value if isinstance(value, str) and "-----BEGIN" not in value else None
