"""The real engine, through the Automation API: a project in a folder of its own, with a file backend of its own."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import re
import select
import shutil
import socket
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi import automation
from pulumi.automation import errors
from tests.engine.gated import GatedProject

CA = {"mqttInstanceId": "post-cn-emulator01", "caSn": "00f26900ba87"}
Program = Callable[[], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The SDK leaves event loops, coroutines and threads of its inline programs behind.
    left_behind = pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::pytest.PytestUnhandledThreadExceptionWarning"
    )
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(left_behind)


@pytest.hookimpl(wrapper=True)
def pytest_unconfigure() -> Iterator[None]:
    # The rest of it is collected only at pytest's end, where no test's filters apply, and would make pytest fail.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pytest.PytestUnraisableExceptionWarning)
        yield


@pytest.fixture(scope="session", autouse=True)
def _engine_on_path() -> None:
    if shutil.which("pulumi") is None:
        pytest.fail("these tests need the pulumi CLI on PATH: run them by `make test`")
    # The engine starts the provider with the first `python` on PATH.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@dataclass
class Run:
    """One preview, update, refresh or destroy: what a person saw, and the engine's events."""

    text: str
    events: list[Any]
    error: str | None = None

    @property
    def resources(self) -> dict[str, Any]:
        """The last metadata (operation, old and new state) of each resource, by name; the stack's name is `stack`."""
        steps = {}
        for event in self.events:
            for kind in (event.resource_pre_event, event.res_outputs_event):
                if kind is not None:
                    urn = kind.metadata.urn
                    name = "stack" if "pulumi:pulumi:Stack" in urn else urn.rpartition("::")[2]
                    steps[name] = kind.metadata
        return steps

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack outputs that this run arrived at, secrets masked, as the engine's event stream has them."""
        return self._stack_state("new")

    @property
    def previous_outputs(self) -> dict[str, Any]:
        return self._stack_state("old")

    def _stack_state(self, which: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self.events:
            step = event.res_outputs_event
            if step is not None and "pulumi:pulumi:Stack" in step.metadata.urn:
                state = getattr(step.metadata, which)
                if state is not None:
                    found = state.outputs or {}
        return found

    @property
    def changes(self) -> dict[str, int]:
        """How many resources each operation concerned."""
        for event in self.events:
            if event.summary_event is not None:
                return {
                    str(getattr(op, "value", op)): count for op, count in event.summary_event.resource_changes.items()
                }
        return {}

    @property
    def warnings(self) -> list[str]:
        """Each warning that was logged, in order."""
        return [
            re.sub(r"<\{%.*?%\}>", "", event.diagnostic_event.message).strip()
            for event in self.events
            if event.diagnostic_event is not None and event.diagnostic_event.severity == "warning"
        ]

    @property
    def errors(self) -> list[str]:
        return [
            re.sub(r"<\{%.*?%\}>", "", event.diagnostic_event.message).strip()
            for event in self.events
            if event.diagnostic_event is not None and event.diagnostic_event.severity == "error"
        ]


@functools.cache
def command_line() -> automation.PulumiCommand:
    """Return the Pulumi CLI, whose version is read once and not for each stack."""
    return automation.PulumiCommand()


@dataclass
class Project:
    """A stack whose program runs here, and whose provider the engine starts."""

    folder: Path
    program: Program
    name: str = "fleet"
    stack_name: str = "test"
    beside: Project | None = None  # the project whose backend this one shares
    config: Mapping[str, Any] = field(default_factory=dict)
    secret_config: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.backend.mkdir(parents=True, exist_ok=True)
        work = self.folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        (work / "Pulumi.yaml").write_text(f"name: {self.name}\nruntime: python\n", encoding="utf-8")
        # As `pulumi config set` would write it, without starting the command line for each key.
        config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in self.config.items()}
        (work / f"Pulumi.{self.stack_name}.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
        self.stack = automation.create_or_select_stack(
            self.stack_name,
            project_name=self.name,
            program=self.program,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(work),
                pulumi_home=str(self.folder / "home"),
                env_vars=self.surroundings(),
                pulumi_command=command_line(),
            ),
        )
        if self.secret_config:
            self.stack.set_all_config(
                {key: automation.ConfigValue(value, secret=True) for key, value in self.secret_config.items()}
            )

    def surroundings(self) -> dict[str, str]:
        """The environment of the command line."""
        return {
            "PULUMI_BACKEND_URL": f"file://{self.backend}",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            **self.environment,
        }

    @property
    def backend(self) -> Path:
        return self.beside.backend if self.beside is not None else self.folder / "backend"

    @property
    def emulator_state(self) -> Path:
        return self.folder / "work" / ".device-certificates" / "emulator"

    def preview(self) -> Run:
        return self._run(self.stack.preview)

    def up(self) -> Run:
        return self._run(self.stack.up)

    def refresh(self) -> Run:
        return self._run(self.stack.refresh)

    def destroy(self, **options: Any) -> Run:
        return self._run(self.stack.destroy, **options)

    def _run(self, operation: Callable[..., Any], **options: Any) -> Run:
        text: list[str] = []
        events: list[Any] = []
        error = None
        try:
            operation(on_output=text.append, on_error=text.append, on_event=events.append, color="never", **options)
        except errors.CommandError as raised:
            error = str(raised)
        return Run("\n".join(text), events, error)

    def state(self) -> dict[str, Any]:
        """The state as it is stored: resources by name, the stack as `stack`."""
        deployment = self.stack.export_stack().deployment or {}
        return {
            "stack" if each["type"] == "pulumi:pulumi:Stack" else each["urn"].rpartition("::")[2]: each
            for each in deployment.get("resources", [])
        }

    def stored_text(self) -> str:
        """Everything that the backend keeps of this stack, as text."""
        files = [path for path in self.backend.rglob("*") if path.is_file()]
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


MakeProject = Callable[..., Project]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine that refuses connections, and that nobody else can take meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, but not listening
        yield bound.getsockname()[1]


@contextlib.contextmanager
def projects_below(folder: Path) -> Iterator[MakeProject]:
    """Make projects; at the end, no process that they started may be left."""
    numbers = itertools.count(1)

    def make(program: Program, **settings: Any) -> Project:
        return Project(folder / f"project{next(numbers)}", program, **settings)

    yield make
    assert left_below(folder) == [], "a process outlived the engine"


@pytest.fixture
def make_project(tmp_path: Path) -> Iterator[MakeProject]:
    """Make projects of one test."""
    with projects_below(tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def make_shared_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeProject]:
    """Make projects that the tests of a module share, because each costs several starts of the engine."""
    with projects_below(tmp_path_factory.mktemp("shared")) as make:
        yield make


@pytest.fixture
def gated_project(tmp_path: Path) -> Iterator[GatedProject]:
    """A project that goes through the gate, and of which no process is left at the end."""
    yield GatedProject(tmp_path)
    assert left_below(tmp_path) == [], "a process outlived the engine"


def left_below(folder: Path) -> list[str]:
    """Return the command lines of processes that work below ``folder`` and do not end.

    The engine stops its plugins and does not wait for them. On a loaded machine that takes time.
    """
    left = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder in (process / "cwd").resolve().parents:
                command = (process / "cmdline").read_text(errors="replace").replace("\0", " ")
                handle = os.pidfd_open(int(process.name))
                try:
                    ended, _, _ = select.select([handle], [], [], 60)
                finally:
                    os.close(handle)
                if not ended:
                    left.append(command)
    return left
