"""A command that prints credentials: profiles of mode ``External`` of the vendor's CLI."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shlex
from asyncio import FIRST_COMPLETED
from collections.abc import Iterator
from typing import IO, Final

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.issued import IN_PROFILE, UnusableError, issued
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.credentials.session import CommandSession
from alicloud_device_certificates.cloud.errors import CredentialsError

_OUTPUT_LIMIT: Final = 64 * 1024
"""Maximum bytes that are read of a command's output. Credentials take about 2 kB."""

_LAST_SECONDS: Final = 1.0
"""Maximum wait for the end of a command that was killed."""


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
            session = CommandSession(arguments)
        except (OSError, ValueError) as error:
            fault = error.strerror or type(error).__name__ if isinstance(error, OSError) else "it has a null character"
        else:
            return await self._read(session, max(0.0, network.time_left()))
        raise self._failed(f"it cannot be started ({fault})")

    async def _read(self, session: CommandSession, seconds: float) -> bytes:
        """Return what was printed until the command ended: what it leaves running may keep the pipe open for ever."""
        ended = asyncio.wrap_future(session.ended)
        with session.stdout:
            output = _Output(session.stdout)
            try:
                with output.collected():
                    await asyncio.wait((ended, output.is_too_long), timeout=seconds, return_when=FIRST_COMPLETED)
                    has_ended = ended.done()
            finally:
                session.end()
                # Also when this was cancelled. Only another user's command, such as sudo, would not end at once.
                await asyncio.wait((ended,), timeout=_LAST_SECONDS)
            output.read_all()
        fault = ""
        if output.is_too_long.done():
            fault = "it printed more than 64 KiB"
        elif not has_ended:
            fault = f"it did not end within {seconds:.0f} s (alicloud:maxRetryTimeout)"
        elif status := ended.result():
            fault = f"it ended with exit status {status}"
        if fault:
            raise self._failed(fault)
        return bytes(output.content)

    def _failed(self, fault: str) -> CredentialsError:
        return CredentialsError(
            f"no credentials from the process_command of {self.origin}: {fault}",
            advice="Run the command in a shell: it must print the credentials as JSON and exit with 0.",
        )


class _Output:
    """What a command has printed so far, and at most one chunk more than the limit."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.content = bytearray()
        self.is_too_long = asyncio.get_running_loop().create_future()
        self._pipe = pipe

    @contextlib.contextmanager
    def collected(self) -> Iterator[None]:
        """Read whatever is printed meanwhile: a command waits if its pipe is full."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pipe, self._read_some)
        try:
            yield
        finally:
            loop.remove_reader(self._pipe)

    def read_all(self) -> None:
        """Read what is in the pipe, without waiting for its end."""
        while self._read_some():
            continue

    def _read_some(self) -> bool:
        """Read what is there; return whether there may be more."""
        if self.is_too_long.done():
            return False
        chunk = self._pipe.read(_OUTPUT_LIMIT)  # None if the pipe is empty
        self.content += chunk or b""
        if len(self.content) > _OUTPUT_LIMIT:
            self.is_too_long.set_result(None)
        if chunk == b"" or self.is_too_long.done():
            # Otherwise the loop would call this again and again.
            asyncio.get_running_loop().remove_reader(self._pipe)
        return bool(chunk)


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
