from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.gate.errors import RulesError
from alicloud_device_certificates.gate.rules.thresholds import RENEWAL_WINDOW, parse_threshold

YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("90m", timedelta(minutes=90)),
        ("1w2d", timedelta(days=9)),
        (" 7D ", timedelta(days=7)),
        ("10%", timedelta(days=36.5)),
        ("0.5%", timedelta(days=1.825)),
        ("100%", YEAR),
    ],
)
def test_a_threshold_is_a_duration_or_a_share_of_the_lifetime(text: str, span: timedelta) -> None:
    assert parse_threshold(text).of(YEAR) == span


@pytest.mark.parametrize(
    "text",
    ["", "30", "d", "-1d", "0d", "1y", "101%", "0%", "%", "1d 2h", "999999999999d", "9" * 5000 + "d", "³d", 30, None],
)
def test_anything_else_is_one_line_that_says_how_it_is_written(text: object) -> None:
    with pytest.raises(
        RulesError, match=r"is not a threshold; write a duration such as 30d, .* such as 10%$"
    ) as raised:
        parse_threshold(text)
    assert len(str(raised.value)) < 250


def test_a_duration_can_be_longer_than_a_lifetime_and_a_share_cannot() -> None:
    assert parse_threshold("366d").exceeds(YEAR)
    assert not parse_threshold("365d").exceeds(YEAR)
    assert not parse_threshold("100%").exceeds(timedelta(days=1))
    assert not RENEWAL_WINDOW.exceeds(timedelta(days=1))


def test_without_a_threshold_it_is_30_days_or_the_last_third_of_a_shorter_life() -> None:
    assert RENEWAL_WINDOW.of(YEAR) == timedelta(days=30)
    assert RENEWAL_WINDOW.of(timedelta(days=9)) == timedelta(days=3)


@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    try:
        threshold = parse_threshold(text)
    except RulesError as error:
        assert "\n" not in str(error)
    else:
        assert timedelta(0) < threshold.of(YEAR)
        assert (threshold.duration is None) != (threshold.share is None)


@given(st.integers(1, 5000), st.sampled_from("wdhm"))
def test_what_is_written_is_what_holds(count: int, unit: str) -> None:
    spans = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
    assert parse_threshold(f"{count}{unit}").duration == count * spans[unit]
