"""Timestamps as RFC 3339 text."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1654137303000, "2022-06-02T02:35:03Z"),
        (1654137303999, "2022-06-02T02:35:03Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (253402300799000, "9999-12-31T23:59:59Z"),
        (-62135596800000, "0001-01-01T00:00:00Z"),
    ],
)
def test_milliseconds_become_rfc_3339_in_utc(milliseconds: int, text: str) -> None:
    assert rfc3339_from_milliseconds(milliseconds) == text


@pytest.mark.parametrize("milliseconds", [253402300800000, -62135596800001, 10**30])
def test_a_time_beyond_the_calendar_is_an_error(milliseconds: int) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        rfc3339_from_milliseconds(milliseconds)
