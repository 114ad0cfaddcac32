"""A second process that parses certificates, while this one requests more and compares those that are parsed.

It reads lists of bodies from its standard input, and writes lists of attributes to its standard output. For a body or a
certificate that is odd it returns None: whoever reads that in full finds out why. It ends with its standard input, so
it outlives nobody.
"""

from __future__ import annotations

import asyncio
import marshal
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

from alicloud_device_certificates.certificate import Certificate, CertificateError, read_certificate
from alicloud_device_certificates.certificate.parts import Parts

WORTH: Final = 3000
"""The number of certificates from which on it saves more than its start takes."""
_SIZE_BYTES: Final = 8
_ODD: Final = ("parse_problem", "deviation", "issuers", "beside")
_NAMES: Final = tuple(field.name for field in fields(Certificate) if field.name not in {*_ODD, "parts"})
_attributes = attrgetter(*_NAMES)
_odd_attributes = attrgetter(*_ODD)


class ParserProcess:
    """Parses in another process. Use it on one event loop."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._killed: list[asyncio.subprocess.Process] = []
        self._lock = asyncio.Lock()
        self._is_usable = len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else True

    async def parse(self, bodies: list[str]) -> list[Certificate | None]:
        """Return the certificates in the bodies; None for those that are left to the whole read.

        Their parts are those of no certificate, so they cannot be compared with a CA's.
        """
        nothing: list[Certificate | None] = [None] * len(bodies)
        if not self._is_usable:
            return nothing
        async with self._lock:
            try:
                answer = await self._request(marshal.dumps(bodies))
            except (OSError, EOFError):
                self._is_usable = False
                return nothing
            except asyncio.CancelledError:
                # Its response would be taken for that of the next request.
                self._kill()
                raise
        return [None if values is None else _certificate(values) for values in answer]

    async def aclose(self) -> None:
        """End the process."""
        self._kill()
        for process in self._killed:
            await process.communicate()

    async def _request(self, message: bytes) -> list[tuple[Any, ...] | None]:
        process = self._process or await self._started()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        process.stdin.write(len(message).to_bytes(_SIZE_BYTES) + message)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(_SIZE_BYTES))
        answer: list[tuple[Any, ...] | None] = marshal.loads(await process.stdout.readexactly(size))  # noqa: S302
        return answer

    async def _started(self) -> asyncio.subprocess.Process:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        # Without the folder in which the program is: a module there could have the name of one that is imported.
        command = [sys.executable, "-P", "-m", __name__]
        self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nothing)
        return self._process

    def _kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._killed.append(self._process)
            self._process = None


def _certificate(values: Iterable[Any]) -> Certificate:
    return Certificate(**dict(zip(_NAMES, values, strict=True)), parts=Parts(b"", None))


def _parsed(body: str) -> tuple[Any, ...] | None:
    try:
        certificate = read_certificate(body)
    except CertificateError:
        return None
    return None if any(_odd_attributes(certificate)) else _attributes(certificate)


def main() -> None:
    """Parse what comes, until nothing comes any more."""
    while size := sys.stdin.buffer.read(_SIZE_BYTES):
        bodies: list[str] = marshal.loads(sys.stdin.buffer.read(int.from_bytes(size)))  # noqa: S302 - from our own process
        message = marshal.dumps([_parsed(body) for body in bodies])
        sys.stdout.buffer.write(len(message).to_bytes(_SIZE_BYTES) + message)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
