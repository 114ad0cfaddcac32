"""What counts against the quota, by when a request was sent and when its response came."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.cloud.quota.window import Window


def test_a_request_counts_while_it_is_under_way_and_a_second_from_when_it_was_sent() -> None:
    window = Window()
    first = window.take(0.0)
    window.settle(first, 0.01)
    assert [window.used(now) for now in (0.01, 1.0, 1.029, 1.031)] == [1, 1, 1, 0]


def test_a_request_that_was_held_up_counts_for_as_much_longer() -> None:
    window = Window()
    held_up = window.take(0.0)
    window.settle(held_up, 0.3)
    assert window.used(1.31) == 1
    assert window.used(1.33) == 0


def test_a_constant_delay_costs_nothing() -> None:
    window = Window()
    window.settle(window.take(0.0), 0.2)
    window.settle(window.take(1.0), 1.2)  # not before this one is it known that the delay is constant
    window.settle(window.take(5.0), 5.2)
    assert window.used(6.029) == 1
    assert window.used(6.031) == 0


def test_a_faster_response_shows_that_earlier_ones_were_late() -> None:
    window = Window()
    window.settle(window.take(0.0), 0.1)
    window.settle(window.take(1.0), 1.2)
    late = window.take(2.0)
    assert window.settle(late, 2.2) == []
    assert late in window.settle(window.take(2.3), 2.31)
    assert window.used(3.1) == 2


def test_a_request_without_a_response_stops_counting_after_a_while() -> None:
    window = Window()
    window.take(0.0)
    assert window.used(2.0) == 1
    assert window.used(2.1) == 0


def test_a_service_that_takes_longer_than_a_second_is_not_slowed_down() -> None:
    window = Window()
    window.settle(window.take(0.0), 2.0)
    window.settle(window.take(2.0), 4.0)
    window.take(5.0)
    assert window.used(6.04) == 0


def test_a_request_is_settled_once() -> None:
    window = Window()
    ticket = window.take(0.0)
    assert (window.settle(ticket, 0.1), window.settle(ticket, 5.0)) == ([ticket], [])
    assert window.used(0.2) == 1


@pytest.mark.parametrize(("count", "expected"), [(1, 1.03), (2, 1.53), (3, 1.73), (9, 1.73)])
def test_it_tells_when_fewer_requests_count(count: int, expected: float) -> None:
    window = Window()
    window.settle(window.take(0.0), 0.01)
    window.settle(window.take(0.5), 0.51)
    window.take(0.7)
    assert window.next_end(0.8, count) == pytest.approx(expected)


def test_without_requests_there_is_nothing_to_wait_for() -> None:
    assert Window().next_end(0.0) is None
