"""A program that is interrupted while it runs in a preview."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

_PROGRAM = """
import signal, threading
from pulumi.runtime import settings
settings.configure(settings.Settings(project="p", stack="s", dry_run={is_preview}, monitor="127.0.0.1:1"))
"""
_WAITS = """
import {module}
print("waiting", flush=True)
threading.Event().wait()
"""
_OWN_HANDLER = """
signal.signal(signal.SIGINT, lambda *_: exit(7))
import alicloud_device_certificates.resources
print("waiting", flush=True)
threading.Event().wait()
"""


def interrupted(program: str, *, is_preview: bool) -> tuple[int, str]:
    """The exit code and stderr of a program that is interrupted once it waits."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM.format(is_preview=is_preview) + program],
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
def test_a_program_in_a_preview_ends_without_a_traceback(module: str) -> None:
    assert interrupted(_WAITS.format(module=module), is_preview=True) == (-signal.SIGINT, "")


def test_any_other_program_is_left_alone() -> None:
    module = "alicloud_device_certificates.resources"
    assert "KeyboardInterrupt" in interrupted(_WAITS.format(module=module), is_preview=False)[1]
    assert interrupted(_OWN_HANDLER, is_preview=True) == (7, "")
