"""A folder of the checkout that is made once, whole or not at all, by one run at a time."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.alive import say


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Two runs at once must not make the same thing: the second waits, and finds the first one's."""
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("engine: another run is getting it; waiting for that")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made_whole(place: Path, make: Callable[[Path], Path]) -> None:
    """Put at `place` the folder that `make` makes somewhere in the root it is given, once that is done; within `alone`.

    Nothing is ever left over, whatever `make` raises.
    """
    for killed in place.parent.glob("new-*"):  # of a run that could not clean up after itself
        shutil.rmtree(killed, ignore_errors=True)
    root = Path(tempfile.mkdtemp(prefix="new-", dir=place.parent))
    try:
        folder = make(root)
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)
    finally:
        shutil.rmtree(root, ignore_errors=True)
