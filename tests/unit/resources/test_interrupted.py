"""A program that is interrupted while the gate previews it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

_WAITS = """
import threading, {module}
print("waiting", flush=True)
threading.Event().wait()
"""
_OWN_HANDLER = """
import signal, threading
signal.signal(signal.SIGINT, lambda *_: exit(7))
import alicloud_device_certificates.resources
print("waiting", flush=True)
threading.Event().wait()
"""


def interrupted(program: str, **environment: str) -> tuple[int, str]:
    """The exit code and stderr of a program that is interrupted once it waits."""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A background job of a shell ignores SIGINT, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        _, shown = process.communicate()
    return process.returncode, shown


@pytest.mark.parametrize(
    "module", ["alicloud_device_certificates.resources", "alicloud_device_certificates.stack.reference"]
)
def test_a_program_that_the_gate_previews_ends_without_a_traceback(module: str) -> None:
    code, shown = interrupted(_WAITS.format(module=module), DEVICE_CERTIFICATES_PREVIEW_GATE="1")
    assert (code, shown) == (-signal.SIGINT, "")


def test_any_other_program_is_left_alone() -> None:
    module = "alicloud_device_certificates.resources"
    assert "KeyboardInterrupt" in interrupted(_WAITS.format(module=module))[1]
    assert interrupted(_OWN_HANDLER, DEVICE_CERTIFICATES_PREVIEW_GATE="1") == (7, "")
