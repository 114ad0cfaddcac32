"""The stack output `certificates` as a table for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

HEADINGS: Final = ("NAME", "SERVICE", "SERIAL NUMBER", "NOT AFTER", "STATUS")
ABSENT: Final = "-"  # a certificate that the service is still making has neither serial number nor dates


def certificate_table(certificates: Mapping[str, Mapping[str, Any]]) -> str:
    """One line for each certificate under a line of headings, in columns; `certificates` as the stack gives it out."""
    rows = [HEADINGS, *(_row(name, certificate) for name, certificate in certificates.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(name: str, certificate: Mapping[str, Any]) -> tuple[str, ...]:
    # Only a certificate of the MQTT service has a `device_sn`.
    service = "mqtt" if "device_sn" in certificate else "iot"
    return (name, service, *(str(certificate.get(field, ABSENT)) for field in ("serial_number", "not_after", "status")))
