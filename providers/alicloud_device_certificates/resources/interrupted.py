"""A program whose preview is interrupted: it ends at once, and the gate shows no traceback of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping

from alicloud_device_certificates.contract.read_failure import is_gated


def end_without_traceback(environ: Mapping[str, str]) -> None:
    """Let an interrupt end this program, if the gate runs its preview and the program has no handler of its own.

    Python would raise KeyboardInterrupt somewhere in the SDK, and the engine would show where. A preview has nothing to
    clean up.
    """
    is_program = threading.current_thread() is threading.main_thread()  # the provider imports this in another thread
    if is_gated(environ) and is_program and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
