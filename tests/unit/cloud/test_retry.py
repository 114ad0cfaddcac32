"""Whether and when to retry, decision by decision."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.cloud.retry import (
    DEFAULT,
    FailureClass,
    RetryPolicy,
    RetryState,
    delay,
    jitter,
    parse_http_date,
    retry_after_in,
    should_retry,
)

POLICY = RetryPolicy(attempts=3, base=1.0, cap=5.0)


def test_a_transient_failure_is_retried_until_the_attempts_are_used_up() -> None:
    requested = [
        should_retry(FailureClass.TRANSIENT, RetryState(attempts=attempts), policy=POLICY) for attempts in (1, 2, 3, 4)
    ]
    assert requested == [True, True, False, False]


def test_throttling_is_waited_for_however_often_it_takes() -> None:
    assert should_retry(FailureClass.THROTTLED, RetryState(attempts=99), policy=POLICY)


def test_a_permanent_failure_is_not_retried() -> None:
    assert not should_retry(FailureClass.PERMANENT, RetryState(attempts=1), policy=POLICY)


def test_new_credentials_are_fetched_once_whatever_the_attempts() -> None:
    assert should_retry(FailureClass.CREDENTIALS, RetryState(attempts=9), policy=POLICY)
    assert not should_retry(FailureClass.CREDENTIALS, RetryState(attempts=1, renewed=True), policy=POLICY)


def test_a_clock_is_corrected_as_often_as_a_transient_failure_is_retried() -> None:
    # The first response may have a wrong date.
    assert [should_retry(FailureClass.CLOCK, RetryState(attempts=n), policy=POLICY) for n in (2, 3)] == [True, False]


def test_a_response_that_may_be_another_calls_is_always_requested_again() -> None:
    assert should_retry(FailureClass.UNPROVEN, RetryState(attempts=99), policy=POLICY)


def test_the_jitter_is_full_and_its_bound_doubles_up_to_the_cap() -> None:
    most = [jitter(attempt, policy=POLICY, random=lambda: 1.0) for attempt in (1, 2, 3, 4, 5)]
    assert most == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert jitter(9999, policy=POLICY, random=lambda: 1.0) == 5.0
    assert jitter(3, policy=POLICY, random=lambda: 0.0) == 0.0
    assert jitter(3, policy=POLICY, random=lambda: 0.25) == 1.0


def test_a_retry_after_is_waited_for_with_jitter_on_top() -> None:
    assert delay(FailureClass.THROTTLED, 1, retry_after=7.0, policy=POLICY, random=lambda: 0.5) == 7.5
    assert delay(FailureClass.TRANSIENT, 1, retry_after=None, policy=POLICY, random=lambda: 0.5) == 0.5


@pytest.mark.parametrize("failure_class", [FailureClass.CREDENTIALS, FailureClass.CLOCK])
def test_nothing_is_waited_for_after_a_remedy(failure_class: FailureClass) -> None:
    assert delay(failure_class, 1, retry_after=7.0, policy=DEFAULT, random=lambda: 1.0) == 0.0


@pytest.mark.parametrize(
    ("headers", "retry_after"),
    [
        ({}, None),
        ({"x-acs-retry-after": "1500"}, 1.5),
        ({"x-acs-retry-after": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "9"}, 9.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:30 GMT"}, 20.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:05 GMT"}, 0.0),
        ({"x-acs-retry-after": "soon", "retry-after": "later"}, None),
        ({"x-acs-retry-after": "9" * 30}, None),
        ({"retry-after": "²"}, None),
    ],
)
def test_a_retry_after_comes_in_milliseconds_seconds_and_dates(
    headers: dict[str, str], retry_after: float | None
) -> None:
    assert retry_after_in(headers, now=10.0) == retry_after


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 99 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 99999999 00:00:00 GMT"]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert parse_http_date(date) is None
