"""A fleet as the engine shows it: its name, what it keeps of its certificates, and its summary before and now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from alicloud_device_certificates.contract.field_values import is_text
from alicloud_device_certificates.contract.fleets import FLEETS, FleetKind
from alicloud_device_certificates.contract.fleets import SUMMARY as SUMMARY_ONLY
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS
from alicloud_device_certificates.contract.timestamps import time_of

FLEET_TYPES: Final[Mapping[str, FleetKind]] = {fleet.type_token: fleet for fleet in FLEETS.values()}
"""The type tokens of the data sources of fleets."""

_NUMBERS, _COUNTS, _TIMES = (
    tuple(field.name for field in SUMMARY_FIELDS.values() if field.type == type_)
    for type_ in ("integer", "object of integers", "string")
)
# What a certificate picked by these has now it may not have in the next read, without having vanished.
_CHANGING_CONDITIONS = ("status", "expires_within")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What is known of a fleet beside its certificates."""

    name: str
    """The name of its data source."""
    is_summarized: bool = False
    """Whether it keeps only some of its certificates, so that its summary is judged too."""
    is_partial: bool = False
    """Whether it leaves out fields of its certificates, or did so at the last update."""
    tolerates_errors: bool = False
    """Whether an update goes on if some certificates cannot be read (``on_error="report"``)."""
    has_members: bool = False
    """Whether the last update kept certificates of it."""
    unreadable: int = 0
    """The number of its certificates that could not be read: no count of the summary has them."""
    summary: Mapping[str, Any] | None = None
    """The output ``summary`` as read now; None if it is not known."""
    old_summary: Mapping[str, Any] | None = None
    """The output ``summary`` of the last update; None if there is none."""

    @property
    def is_changed(self) -> bool:
        """Whether its summary differs from that of the last update."""
        return self.summary != self.old_summary


def keeps_summary_only(outputs: Mapping[str, Any]) -> bool:
    """Return whether a fleet keeps only those certificates that ``select`` picks, by the arguments that it returns."""
    return outputs.get("fields") == SUMMARY_ONLY


def leaves_out_fields(outputs: Mapping[str, Any]) -> bool:
    """Return whether a fleet keeps only some fields of its certificates."""
    return isinstance(outputs.get("fields"), list)


def has_changing_selection(outputs: Mapping[str, Any]) -> bool:
    """Return whether a certificate can leave what ``select`` picks without having vanished from the service."""
    select = outputs.get("select")
    return isinstance(select, Mapping) and any(select.get(condition) is not None for condition in _CHANGING_CONDITIONS)


def allowed_summary(summary: object) -> dict[str, Any] | None:
    """Copy the known parts of a ``summary`` output, with integers in place of the engine's floats; None without one."""
    if not isinstance(summary, Mapping):
        return None
    taken: dict[str, Any] = {name: count for name in _NUMBERS if (count := _count(summary.get(name))) is not None}
    for name in _COUNTS:
        if isinstance(counts := summary.get(name), Mapping):
            taken[name] = {
                key: count
                for key, value in counts.items()
                if is_text(key) and "-----BEGIN" not in key and (count := _count(value)) is not None
            }
    for name in _TIMES:
        if isinstance(text := summary.get(name), str) and time_of(text) is not None:
            taken[name] = text
    return taken if "count" in taken else None


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53 or value != int(value):
        return None
    return int(value)
