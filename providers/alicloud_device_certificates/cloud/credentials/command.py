"""A command that prints credentials: profiles of mode ``External`` of the vendor's CLI."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shlex
import signal
from typing import Final

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.issued import IN_PROFILE, UnusableError, issued
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.errors import CredentialsError

_OUTPUT_LIMIT: Final = 64 * 1024
"""Maximum bytes that are read of a command's output. Credentials take about 2 kB."""


class Command:
    """A command. Neither it nor its output is ever shown: both may hold secrets."""

    def __init__(self, command: str, *, origin: str) -> None:
        self._command = command
        self.origin = origin

    async def provide(self, network: Network) -> Credentials:
        """Return the credentials that the command prints within the time of a lookup."""
        output = await self._output(network)
        document = _object(output)
        fault = "it printed no JSON object"
        if document is not None:
            if document.get("mode") == "StsToken" and not document.get("sts_token"):
                fault = "it printed no sts_token"
            else:
                try:
                    return issued(document, origin=self.origin, now=network.timing.clock(), names=IN_PROFILE)
                except UnusableError as unusable:
                    fault = str(unusable)
        raise self._failed(fault)

    async def _output(self, network: Network) -> bytes:
        arguments = _split(self._command)
        if not arguments:
            raise self._failed("it is empty, or has an unclosed quote")
        try:
            # A session of its own, so that what it starts can be ended with it.
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            fault = error.strerror or type(error).__name__ if isinstance(error, OSError) else "it has a null character"
        else:
            return await self._ended(process, max(0.0, network.time_left()))
        raise self._failed(f"it cannot be started ({fault})")

    async def _ended(self, process: asyncio.subprocess.Process, seconds: float) -> bytes:
        output = b""
        fault = ""
        try:
            async with asyncio.timeout(seconds):
                output = await _read(process)
                if len(output) <= _OUTPUT_LIMIT:
                    await process.wait()
        except TimeoutError:
            fault = f"it did not end within {seconds:.0f} s (alicloud:maxRetryTimeout)"
        finally:
            await _end(process)
        if len(output) > _OUTPUT_LIMIT:
            fault = "it printed more than 64 KiB"
        elif not fault and process.returncode:
            fault = f"it ended with exit status {process.returncode}"
        if fault:
            raise self._failed(fault)
        return output

    def _failed(self, fault: str) -> CredentialsError:
        return CredentialsError(
            f"no credentials from the process_command of {self.origin}: {fault}",
            advice="Run the command in a shell: it must print the credentials as JSON and exit with 0.",
        )


async def _read(process: asyncio.subprocess.Process) -> bytes:
    """Return all of the output, or one byte more than the limit."""
    if process.stdout is None:
        return b""
    output = bytearray()
    while len(output) <= _OUTPUT_LIMIT and (chunk := await process.stdout.read(_OUTPUT_LIMIT)):
        output += chunk
    return bytes(output)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the command, and what it has started, unless it has ended by itself."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _object(output: bytes) -> dict[str, object] | None:
    """Return what was printed, if it is a JSON object. The decoder's error would hold the output."""
    try:
        document = json.loads(output)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
