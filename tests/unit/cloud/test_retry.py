"""Whether to ask again and when, decision by decision."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.cloud.retry import (
    DEFAULT,
    Kind,
    Policy,
    Tried,
    jitter,
    moment_in,
    wait,
    wish_in,
    worth_another,
)

POLICY = Policy(attempts=3, base=1.0, cap=5.0)


def test_what_may_pass_is_asked_until_the_attempts_are_used_up() -> None:
    asked = [worth_another(Kind.TRANSIENT, Tried(attempts=attempts), policy=POLICY) for attempts in (1, 2, 3, 4)]
    assert asked == [True, True, False, False]


def test_throttling_is_waited_for_however_often_it_takes() -> None:
    assert worth_another(Kind.THROTTLED, Tried(attempts=99), policy=POLICY)


def test_what_is_permanent_is_asked_once() -> None:
    assert not worth_another(Kind.PERMANENT, Tried(attempts=1), policy=POLICY)


def test_a_remedy_is_tried_once_whatever_the_attempts() -> None:
    assert worth_another(Kind.CREDENTIALS, Tried(attempts=9), policy=POLICY)
    assert not worth_another(Kind.CREDENTIALS, Tried(attempts=1, renewed=True), policy=POLICY)
    assert worth_another(Kind.CLOCK, Tried(attempts=9), policy=POLICY)
    assert not worth_another(Kind.CLOCK, Tried(attempts=1, corrected=True), policy=POLICY)


def test_the_jitter_is_full_and_its_bound_doubles_up_to_the_cap() -> None:
    most = [jitter(attempt, policy=POLICY, random=lambda: 1.0) for attempt in (1, 2, 3, 4, 5)]
    assert most == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert jitter(3, policy=POLICY, random=lambda: 0.0) == 0.0
    assert jitter(3, policy=POLICY, random=lambda: 0.25) == 1.0


def test_a_wish_of_the_server_is_waited_for_and_jittered_on_top() -> None:
    assert wait(Kind.THROTTLED, 1, wish=7.0, policy=POLICY, random=lambda: 0.5) == 7.5
    assert wait(Kind.TRANSIENT, 1, wish=None, policy=POLICY, random=lambda: 0.5) == 0.5


@pytest.mark.parametrize("kind", [Kind.CREDENTIALS, Kind.CLOCK])
def test_nothing_is_waited_for_after_a_remedy(kind: Kind) -> None:
    assert wait(kind, 1, wish=7.0, policy=DEFAULT, random=lambda: 1.0) == 0.0


@pytest.mark.parametrize(
    ("headers", "wish"),
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
def test_wishes_come_in_milliseconds_seconds_and_dates(headers: dict[str, str], wish: float | None) -> None:
    assert wish_in(headers, now=10.0) == wish


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 99 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 99999999 00:00:00 GMT"]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert moment_in(date) is None
