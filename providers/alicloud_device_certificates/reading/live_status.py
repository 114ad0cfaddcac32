"""The live status in the engine's display: shown while the command runs, and left out of its final output."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto.engine_pb2_grpc import EngineStub

# How the engine passes its own address to a provider, as the first argument.
_ADDRESS = re.compile(r"[\w.]+:\d+")
_TIMEOUT_S = 1.0


def show_live(line: str) -> None:
    """Show a line in the engine's display, from the provider's process.

    It is shown beside the stack, because a read is not told its URN. Without an engine that answers, nothing is shown.
    """
    if len(sys.argv) > 1 and _ADDRESS.fullmatch(sys.argv[1]):
        import grpc
        from pulumi.runtime.proto import engine_pb2

        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, ephemeral=True)
        with suppress(grpc.RpcError):
            _engine(sys.argv[1]).Log(request, timeout=_TIMEOUT_S)


@cache
def _engine(address: str) -> EngineStub:
    # On the first retry only: most previews need no connection of their own.
    import grpc
    from pulumi.runtime.proto import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
