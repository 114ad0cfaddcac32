from __future__ import annotations

import pytest

from alicloud_device_certificates.emulator.scenario.times import duration, timestamp

NOW = 1_800_000_000_123  # 2027-01-15T08:00:00.123Z


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("+10s", 10_000),
        ("-5m", -300_000),
        ("+12h", 43_200_000),
        ("-30d", -2_592_000_000),
        ("+2w", 1_209_600_000),
        ("+0s", 0),
    ],
)
def test_a_duration_is_a_sign_a_count_and_a_unit(text: str, milliseconds: int) -> None:
    assert duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "30d", "+30", "+d", "+1y", "+1.5h", "+1d12h", " +1d", "+12345678d", "+1D"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        duration(text)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("+0s", 1_800_000_000_000),
        ("-1s", 1_799_999_999_000),
        ("2027-01-15T08:00:00Z", 1_800_000_000_000),
        ("2027-01-15T09:00:00+01:00", 1_800_000_000_000),
        ("1950-01-01T00:00:00Z", -631_152_000_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ],
)
def test_a_timestamp_is_relative_to_now_or_absolute_and_falls_on_a_whole_second(text: str, milliseconds: int) -> None:
    assert timestamp(text, now=NOW) == milliseconds


@pytest.mark.parametrize("text", ["tomorrow", "2027-01-15", "2027-01-15T08:00:00", "", "2027-13-01T00:00:00Z"])
def test_a_timestamp_without_an_offset_or_a_meaning_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is neither relative"):
        timestamp(text, now=NOW)


@pytest.mark.parametrize("text", ["-9999999d", "+9999999d", "1949-12-31T23:59:59Z"])
def test_a_timestamp_that_x509_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="1950 to 9999"):
        timestamp(text, now=NOW)
