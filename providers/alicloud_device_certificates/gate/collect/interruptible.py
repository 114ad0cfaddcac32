"""A command that is always waited for, whatever signal arrives: a killed engine would leave processes behind."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence

from alicloud_device_certificates.gate.collect.interrupts import interrupted_by_any_signal


def run_until_exit(
    command: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    *,
    output: int | None = None,
    errors: int | None = None,
) -> int:
    """Run a command with this process's own input and output, and return its exit code.

    ``output`` is a file descriptor for its stdout, and for its stderr too without ``errors``. On SIGINT, SIGTERM and
    SIGHUP, interrupt the command at once, wait for its orderly end, and raise KeyboardInterrupt.
    """
    with (
        interrupted_by_any_signal(),
        subprocess.Popen(  # noqa: S603 - no shell
            command,
            cwd=folder,
            env=dict(environment),
            stdout=output,
            stderr=output if errors is None else errors,
            # Apart from the terminal's group: Ctrl-C would reach the command there too, and a second interrupt makes
            # the engine exit without ending its plugins.
            process_group=0,
        ) as process,
    ):
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a command and wait for its end; each further interrupt is passed on too."""
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait()
        except KeyboardInterrupt:
            continue
