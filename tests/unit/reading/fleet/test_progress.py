"""The lines on how far the read of a fleet is."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.reading.fleet.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def progress(clock: Clock, lines: list[str]) -> Progress:
    return Progress(lines.append, monotonic=clock)


def test_a_line_says_how_many_of_how_many_how_fast_and_how_long(
    progress: Progress, clock: Clock, lines: list[str]
) -> None:
    progress.total = 5000
    clock.now += 1240 / 480
    progress.update(1240)
    assert lines == ["1,240 of 5,000 certificates, 480/s, 8 s left"]


def test_a_read_that_is_over_within_a_second_shows_nothing(progress: Progress, clock: Clock, lines: list[str]) -> None:
    progress.total = 5000
    for count in range(5000):
        clock.now += 0.99 / 5000
        progress.update(count)
    assert lines == []


def test_there_are_two_lines_a_second_however_many_certificates_are_read(
    progress: Progress, clock: Clock, lines: list[str]
) -> None:
    progress.total = 10_000
    for count in range(1, 10_001):
        clock.now += 1 / 1000
        progress.update(count)
    assert 18 <= len(lines) <= 20
    assert lines[0].endswith(" of 10,000 certificates, 1,000/s, 9 s left")


@pytest.mark.parametrize("total", [0, 3])
def test_without_a_total_that_can_be_right_there_is_no_time_left(
    progress: Progress, clock: Clock, lines: list[str], total: int
) -> None:
    progress.total = total
    clock.now += 2
    progress.update(1500)
    assert lines == ["1,500 certificates, 750/s"]


def test_nothing_is_divided_by_a_rate_of_nothing(progress: Progress, clock: Clock, lines: list[str]) -> None:
    progress.total = 10
    clock.now += 5
    progress.update(0)
    assert lines == ["0 of 10 certificates, 0/s"]


def test_a_slow_read_has_a_rate_that_is_not_nothing(progress: Progress, clock: Clock, lines: list[str]) -> None:
    progress.total = 100
    clock.now += 10
    progress.update(4)
    assert lines == ["4 of 100 certificates, 0.4/s, 240 s left"]


def test_one_certificate_is_one(progress: Progress, clock: Clock, lines: list[str]) -> None:
    clock.now += 2
    progress.update(1)
    assert lines == ["1 certificate, 0.5/s"]
