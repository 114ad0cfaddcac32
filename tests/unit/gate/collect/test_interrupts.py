"""Signals: which of them are an interrupt, and when it arrives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from alicloud_device_certificates.gate.collect.interrupts import interrupted_by_any_signal, interrupts_held

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    """Python's own ones for the test, whatever this process ignores."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_each_signal_is_an_interrupt(number: int) -> None:
    with pytest.raises(KeyboardInterrupt), interrupted_by_any_signal():
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupt_is_held_back_until_the_end_of_the_block(number: int) -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_held():
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        reached.append("end")
    assert reached == ["end"]


def test_a_block_that_fails_reports_its_own_error() -> None:
    with pytest.raises(ValueError, match="its own"), interrupts_held():
        os.kill(os.getpid(), signal.SIGTERM)
        raise ValueError("its own")


@pytest.mark.parametrize("number", SIGNALS)
def test_an_ignored_signal_stays_ignored_and_each_handler_is_put_back(number: int) -> None:
    signal.signal(number, signal.SIG_IGN)
    handlers = [signal.getsignal(each) for each in SIGNALS]
    with interrupted_by_any_signal(), interrupts_held():
        assert (number != signal.SIGINT) or signal.getsignal(number) is signal.SIG_IGN
        os.kill(os.getpid(), number)
    assert [signal.getsignal(each) for each in SIGNALS] == handlers
