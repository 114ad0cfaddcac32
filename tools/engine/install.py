"""Install into a folder of the checkout: atomically, and one run at a time."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.processes import log


@contextmanager
def exclusive(home: Path) -> Iterator[None]:
    """Hold the lock of ``home``: a second run waits, and then finds what the first one installed."""
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log("engine: another run is installing it; waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_atomically(place: Path, make: Callable[[Path], Path]) -> None:
    """Let ``make`` make a folder below a temporary root, and move it to ``place`` once it is complete.

    The caller holds ``exclusive``. Nothing is left over, whatever ``make`` raises.
    """
    for killed in place.parent.glob("new-*"):  # left over from a run that was killed
        shutil.rmtree(killed, ignore_errors=True)
    root = Path(tempfile.mkdtemp(prefix="new-", dir=place.parent))
    try:
        folder = make(root)
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)
    finally:
        shutil.rmtree(root, ignore_errors=True)
