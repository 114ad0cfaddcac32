"""A Redis of a test's own, on a free port of this machine; Debian's package redis-server has the program."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PASSWORD = "s3cret-of-redis"
# Only ends a test that would hang: how fast a machine is does not matter.
_PATIENCE_S = 60


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Start a Redis that keeps nothing, and yield its URL, with the password."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server on PATH: apt-get install redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--requirepass",
        PASSWORD,
        "--dir",
        str(folder),
    ]
    with subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            log = []
            for line in process.stdout:
                log.append(line)
                if "eady to accept connections" in line:
                    break
            else:
                raise AssertionError("".join(log))
            yield f"redis://:{PASSWORD}@127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate(timeout=_PATIENCE_S)
