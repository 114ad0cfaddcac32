"""Lines in the engine's display: a live status, shown while the command runs, and warnings."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from alicloud_device_certificates.reading.display import draws_on_terminal

if TYPE_CHECKING:
    from pulumi.runtime.proto.engine_pb2_grpc import EngineStub

# How the engine passes its own address to a provider, as the first argument.
_ADDRESS = re.compile(r"[\w.]+:\d+")
_TIMEOUT_S = 1.0


def show_live(line: str, *, urn: str | None = None) -> None:
    """Show a line in the engine's display, from the provider's process, and leave it out of the final output.

    It is shown beside a resource if its URN is known, else beside the stack. Without an engine, nothing is shown.
    """
    _show(line, urn=urn, is_warning=False)


def show_progress(line: str, *, urn: str | None = None) -> None:
    """Show a line as ``show_live`` does, but on a terminal alone: elsewhere the engine prints and keeps each."""
    if draws_on_terminal():
        show_live(line, urn=urn)


def show_warning(line: str) -> None:
    """Show a warning beside the stack, which stays in the final output. Without an engine, nothing is shown."""
    _show(line, urn=None, is_warning=True)


def _show(line: str, *, urn: str | None, is_warning: bool) -> None:
    if len(sys.argv) > 1 and _ADDRESS.fullmatch(sys.argv[1]):
        import grpc
        from pulumi.runtime.proto import engine_pb2

        severity = engine_pb2.WARNING if is_warning else engine_pb2.INFO
        request = engine_pb2.LogRequest(severity=severity, message=line, urn=urn or "", ephemeral=not is_warning)
        with suppress(grpc.RpcError):
            _engine(sys.argv[1]).Log(request, timeout=_TIMEOUT_S)


@cache
def _engine(address: str) -> EngineStub:
    # On the first retry only: most previews need no connection of their own.
    import grpc
    from pulumi.runtime.proto import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
