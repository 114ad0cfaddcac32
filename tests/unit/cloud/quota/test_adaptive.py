"""The rate of a process that is throttled although it keeps to the quota."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.cloud.quota.adaptive import LEAST, AdaptiveRate


@pytest.mark.parametrize("quota", [1, 10, 500, 2000])
def test_it_is_the_quota_until_a_call_is_throttled(quota: int) -> None:
    assert AdaptiveRate(quota).at(1e9) == quota


@pytest.mark.parametrize("quota", [10, 500, 2000])
def test_it_goes_down_at_once_and_comes_back(quota: int) -> None:
    rate = AdaptiveRate(quota)
    rate.throttled(10.0, sent_at=9.9, used=quota)
    rates = [rate.at(10.0 + 0.1 * step) for step in range(100)]
    assert rates[0] == pytest.approx(0.8 * quota)
    assert rates == sorted(rates)
    assert rates[-1] == quota
    assert rate.at(1000.0) == quota


def test_calls_that_were_sent_before_it_went_down_do_not_lower_it_again() -> None:
    rate = AdaptiveRate(500)
    for _ in range(40):
        rate.throttled(10.0, sent_at=9.99, used=500)
    assert rate.at(10.0) == pytest.approx(400)
    rate.throttled(11.0, sent_at=10.5, used=400)
    assert rate.at(11.0) == pytest.approx(320)


def test_it_goes_down_from_what_was_used() -> None:
    rate = AdaptiveRate(500)
    rate.throttled(10.0, sent_at=9.9, used=100)
    assert rate.at(10.0) == pytest.approx(80)


def test_something_is_always_tried() -> None:
    rate = AdaptiveRate(10)
    for second in range(100):
        rate.throttled(float(second), sent_at=second - 0.1, used=0)
        assert rate.at(float(second)) >= LEAST
