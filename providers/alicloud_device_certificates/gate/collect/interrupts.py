"""Signals that end the gate: all are an interrupt, and none gets in between where that would leave things half done.

It imports little, because it runs before anything else of the gate.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interrupted_by_any_signal() -> Iterator[None]:
    """Treat SIGTERM and SIGHUP as an interrupt, unless they are ignored, as ``nohup`` has it."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    with _handled(_ENDING, interrupt):
        yield


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold an interrupt of any kind back until the block has ended well, and raise KeyboardInterrupt then.

    A module whose import was interrupted often cannot be imported again, and some code swallows an interrupt.
    """
    is_interrupted = False

    def hold(number: int, frame: FrameType | None) -> None:
        nonlocal is_interrupted
        is_interrupted = True

    with _handled((signal.SIGINT, *_ENDING), hold):
        yield
    if is_interrupted:
        raise KeyboardInterrupt


@contextmanager
def _handled(numbers: Iterable[int], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle these signals in a block, except those that are ignored."""
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
