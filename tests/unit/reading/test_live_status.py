"""Lines in the engine's display, of a read in the program's own process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import engine_pb2

from alicloud_device_certificates.reading.live_status import own_engine, show_live, show_warning


class Engine:
    """Keeps what it is to show."""

    def __init__(self) -> None:
        self.requests: list[engine_pb2.LogRequest] = []

    def Log(self, request: engine_pb2.LogRequest, timeout: float) -> None:  # noqa: N802 - as gRPC has it
        self.requests.append(request)


class Ended(Engine):
    """An engine that is gone."""

    def Log(self, request: engine_pb2.LogRequest, timeout: float) -> None:  # noqa: N802 - as gRPC has it
        raise grpc.RpcError


@pytest.fixture(params=[Engine, Ended])
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    made = request.param()
    token = own_engine.set(made)
    yield made
    own_engine.reset(token)


def test_the_engine_of_the_program_shows_them_and_keeps_warnings_alone(engine: Engine) -> None:
    show_live("waits 2 s")
    show_warning("the quota is not shared")
    if not isinstance(engine, Ended):
        assert [(each.message, each.ephemeral, each.severity) for each in engine.requests] == [
            ("waits 2 s", True, engine_pb2.INFO),
            ("the quota is not shared", False, engine_pb2.WARNING),
        ]


def test_without_an_engine_nothing_is_shown() -> None:
    show_live("waits 2 s")
    show_warning("the quota is not shared")
