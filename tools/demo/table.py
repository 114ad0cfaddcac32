"""The stack output ``certificates`` as a text table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alicloud_device_certificates.cli.columns import aligned
from alicloud_device_certificates.contract.kinds import kind_of

HEADINGS: Final = ("NAME", "SERVICE", "SERIAL NUMBER", "NOT AFTER", "STATUS")
ABSENT: Final = "-"  # a pending certificate has no serial number and no dates


def certificate_table(certificates: Mapping[str, Mapping[str, Any]]) -> str:
    """Return aligned columns: a line of headings, then one line for each certificate of the stack output."""
    rows = [HEADINGS, *(_row(name, certificate) for name, certificate in certificates.items())]
    return "\n".join(aligned(rows))


def _row(name: str, certificate: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        name,
        kind_of(certificate).key,
        *(str(certificate.get(field, ABSENT)) for field in ("serial_number", "not_after", "status")),
    )
