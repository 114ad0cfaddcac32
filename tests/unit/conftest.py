"""A Pulumi program without an engine: the SDK's own mocks stand in for it, each run in a context of its own."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime import test as run_to_its_end
from pulumi.runtime.config import set_all_config


class Engine(mocks.Mocks):
    """Responds to each read with these outputs, and keeps the requests."""

    def __init__(self, outputs: Mapping[str, Any], stacks: Mapping[str, Mapping[str, Any]]) -> None:
        self.outputs = outputs
        self.stacks = stacks
        self.reads: list[mocks.MockResourceArgs] = []
        self.warnings: list[str] = []
        self.exports: dict[str, Any] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.reads.append(args)
        outputs = self.stacks[args.inputs["name"]] if args.typ == "pulumi:pulumi:StackReference" else self.outputs
        return args.resource_id or "", {**args.inputs, **outputs}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a data source calls no function, but {args.token} was called")


class _Warnings(logging.Handler):
    def __init__(self, engine: Engine) -> None:
        super().__init__(logging.WARNING)
        self._engine = engine

    def emit(self, record: logging.LogRecord) -> None:
        self._engine.warnings.append(record.getMessage())


@pytest.fixture(autouse=True, scope="session")
def _own_runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Share no quota with other processes of this user, and leave nothing in their folder."""
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(tmp_path_factory.mktemp("runtime"))):
        yield


@pytest.fixture(autouse=True)
def _no_event_loop_is_left() -> Iterator[None]:
    """Close all loops that a test made and that do not run.

    The SDK's mocks and its policies make some in threads of theirs and leave them to the garbage collector, which comes
    when it likes, in another test perhaps, and cannot always close them.
    """
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # Python 3.14 deprecates policies
        policy = asyncio.get_event_loop_policy()
    make, made = policy.new_event_loop, list[asyncio.AbstractEventLoop]()

    def remember() -> asyncio.AbstractEventLoop:
        made.append(make())
        return made[-1]

    with patch.object(policy, "new_event_loop", remember):
        yield
    for loop in made:
        if not loop.is_running():
            loop.close()


RunProgram = Callable[..., Engine]


@pytest.fixture
def run_program() -> RunProgram:
    """Run a program to its end and return its requests to the engine; raises what the program raised."""

    def run(
        program: Callable[[], object],
        *,
        outputs: Mapping[str, Any] | None = None,
        stacks: Mapping[str, Mapping[str, Any]] | None = None,
        config: Mapping[str, str] | None = None,
        secret_keys: tuple[str, ...] = (),
        preview: bool = False,
    ) -> Engine:
        engine = Engine({"certificate": {"status": "active"}, "warnings": [], **(outputs or {})}, stacks or {})

        def within() -> None:
            logger = logging.Logger("program")
            logger.addHandler(_Warnings(engine))
            mocks.set_mocks(
                engine, project="fleet", stack="test", organization="organization", preview=preview, logger=logger
            )
            set_all_config(dict(config or {}), list(secret_keys))
            root = pulumi.runtime.get_root_resource()
            engine.exports = root.outputs  # type: ignore[union-attr]

            run_to_its_end(program)()  # type: ignore[no-untyped-call] # untyped in the SDK

        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            contextvars.Context().run(within)
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            # The SDK leaves futures with the exception that the program has raised. Whenever they are collected,
            # asyncio would log it, in another test perhaps.
            loop.set_exception_handler(lambda *_: None)
            asyncio.set_event_loop(None)
        return engine

    return run
