"""A program whose preview is interrupted: it ends at once, without a traceback."""

from __future__ import annotations

import signal
import threading

from alicloud_device_certificates.resources.pulumi_runtime import is_mocked, is_preview


def end_without_traceback() -> None:
    """Let an interrupt end this program, if it runs in a preview and has no handler of its own.

    Python would raise KeyboardInterrupt somewhere in the SDK, and then wait for threads that wait for the engine. A
    preview has nothing to clean up.
    """
    is_program = threading.current_thread() is threading.main_thread()  # the provider imports this in another thread
    if (
        is_program
        and is_preview()
        and not is_mocked()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
