"""The fields of a fleet's summary, in the order in which they are shown.

The reader counts them, and the JSON report, the TypeScript types and the documentation follow from this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryField:
    """One field of a summary."""

    name: str
    type: Literal["integer", "object of integers", "string"]
    """Its type in JSON."""
    unit: str = ""
    """Its unit or form."""
    meaning: str
    """What it is, as a noun phrase."""
    left_out: str = ""
    """When a summary lacks it; empty if each one has it."""


_WITHOUT_EXPIRY: Final = "if no certificate has an end of validity"
_ENTRIES = (
    SummaryField(
        name="count",
        type="integer",
        unit="certificates",
        meaning="all that were read, also those that `select` leaves out",
    ),
    SummaryField(name="selected", type="integer", unit="certificates", meaning="those that `select` picks"),
    SummaryField(
        name="by_status",
        type="object of integers",
        unit="certificates",
        meaning="how many there are, by the status in the service",
    ),
    SummaryField(
        name="by_ca",
        type="object of integers",
        unit="certificates",
        meaning="how many there are, by the CA's SN",
        left_out="if the service keeps no CAs",
    ),
    SummaryField(
        name="by_expiry_month",
        type="object of integers",
        unit="certificates",
        meaning="how many there are, by the month of expiry in UTC, such as `2027-03`",
    ),
    SummaryField(
        name="earliest_expiry",
        type="string",
        unit="RFC 3339, to the second",
        meaning="when the first one expires, in UTC",
        left_out=_WITHOUT_EXPIRY,
    ),
    SummaryField(
        name="latest_expiry",
        type="string",
        unit="RFC 3339, to the second",
        meaning="when the last one expires, in UTC",
        left_out=_WITHOUT_EXPIRY,
    ),
)

SUMMARY_FIELDS: Final[Mapping[str, SummaryField]] = MappingProxyType({field.name: field for field in _ENTRIES})
"""Every field by its name."""
