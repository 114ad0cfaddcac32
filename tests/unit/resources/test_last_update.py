"""What is said of a certificate that differs from the last update."""

from __future__ import annotations

from typing import Any

import pytest

from alicloud_device_certificates.resources.last_update import change_since

OLD = {
    "status": "active",
    "serial_number_hex": "0a",
    "certificate_pem": "A",
    "not_after": "2026-12-01T00:00:00Z",
    "certificate_sn": "7",
}


ROTATED = {"certificate_pem": "B", "certificate_sn": "8"}


@pytest.mark.parametrize(
    ("new", "line"),
    [
        ({}, None),
        ({"serial_number_hex": "0b"}, None),
        (
            {**ROTATED, "serial_number_hex": "0b", "not_after": "2027-12-01T00:00:00Z"},
            "rotated: serial 0a -> 0b, expires 2027-12-01T00:00:00Z",
        ),
        (ROTATED, "rotated: serial 0a again, expires 2026-12-01T00:00:00Z"),
        ({**ROTATED, "not_after": "9999-12-31T23:59:59Z"}, "rotated: serial 0a again, without expiry"),
        ({"status": "inactive"}, "status active -> inactive"),
        (
            {**ROTATED, "status": "inactive"},
            "status active -> inactive; rotated: serial 0a again, expires 2026-12-01T00:00:00Z",
        ),
        (
            {"certificate_pem": "B", "certificate_sn": "7"},
            "rotated: serial 0a again, expires 2026-12-01T00:00:00Z; but its certificate_sn is still 7: check the "
            "device in the console",
        ),
    ],
)
def test_a_change_is_one_line(new: dict[str, Any], line: str | None) -> None:
    assert change_since(OLD, {**OLD, **new}) == line


def test_a_certificate_that_was_pending_is_no_rotation() -> None:
    assert change_since({"status": "generating"}, {**OLD, "status": "generated"}) == "status generating -> generated"
