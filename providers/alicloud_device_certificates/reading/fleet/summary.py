"""What a fleet is as a whole, in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = tuple[str, str, str]
"""What a summary needs of a certificate: its status, its CA's SN and its end of validity, each empty if unknown."""


@dataclass(slots=True)
class Summary:
    """Counts of the certificates that were read, also of those that ``select`` leaves out."""

    count: int = 0
    selected: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    cas: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    earliest: str | None = None
    latest: str | None = None

    def add(self, row: Row, *, is_selected: bool) -> None:
        """Count a certificate by its ``row``."""
        status, ca_sn, not_after = row
        self.count += 1
        self.selected += is_selected
        self.statuses[status] += 1
        if ca_sn:
            self.cas[ca_sn] += 1
        if not_after:
            self.months[not_after[:7]] += 1
            # RFC 3339 in UTC, of one length: the order of texts is that of times.
            self.earliest = min(self.earliest or not_after, not_after)
            self.latest = max(self.latest or not_after, not_after)

    def to_output(self, *, has_cas: bool) -> dict[str, Any]:
        """Return the output ``summary``: what there is none of is left out."""
        output: dict[str, Any] = {
            "count": self.count,
            "selected": self.selected,
            "by_status": dict(sorted(self.statuses.items())),
            "by_expiry_month": dict(sorted(self.months.items())),
        }
        if has_cas:
            output["by_ca"] = dict(sorted(self.cas.items()))
        if self.earliest and self.latest:
            output |= {"earliest_expiry": self.earliest, "latest_expiry": self.latest}
        return output


def row_of(certificate: Mapping[str, Any]) -> Row:
    """Return the row of a certificate."""
    return (
        str(certificate.get("status") or ""),
        str(certificate.get("ca_sn") or ""),
        str(certificate.get("not_after") or ""),
    )
