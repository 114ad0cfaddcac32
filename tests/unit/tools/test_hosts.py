"""What programs in other languages need: which language host is used, and the message if something is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.unit.tools.machine import FakeMachine
from tools.engine.engine import CLI, Engine, Unavailable
from tools.engine.hosts import NODE, YAML, HostError, LanguageHost, get_host, require_node
from tools.engine.npm_packages import MANIFESTS, get_packages
from tools.processes import Completed


class Machine(FakeMachine):
    """A fake machine: what is on PATH, and how Go and npm behave; ``calls`` lists the calls."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "path")
        self.home = folder / ".engine"
        self.engine = Engine(folder=folder / "engine", version="3.230.0", source="here")
        self.example = folder / "typescript"
        self.sources = folder / "sdk"
        for made in (self.engine.folder, self.example):
            made.mkdir()
        for manifest in MANIFESTS:
            (self.example / manifest).write_text("{}")
        self.put(CLI, folder=self.engine.folder)
        self.node = "v20.19.2"
        self.works = True

    def respond(self, command: Sequence[str], *, cwd: Path | None, environ: Mapping[str, str] | None) -> Completed:
        self.calls.append(f"{Path(command[0]).name} {command[1]}")
        match command[1]:
            case "--version":
                return self._reply(self.node)
            case "env":
                return self._reply("go1.26.8\nlocal")
            case "list":
                self.put("pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy", folder=self.sources / "nodejs/dist")
                return self._reply(str(self.sources))
            case "ci":
                assert cwd is not None
                assert {path.name for path in cwd.iterdir()} == set(MANIFESTS)
                assert "--ignore-scripts" in command
                (cwd / "node_modules").mkdir()
        if command[1] == "build":
            target = Path(command[command.index("-o") + 1])
            self.put(target.name, folder=target.parent)
        return self._reply("it broke", good=self.works)

    def _reply(self, output: str, *, good: bool = True) -> Completed:
        return Completed(code=0 if good else 1, output=output, seconds=0.0)

    def host(self, host: LanguageHost = NODE) -> Path:
        return get_host(self.home, host, engine=self.engine, path=str(self.path), run=self.run)

    def packages(self) -> Path:
        return get_packages(self.home, self.example, path=str(self.path), run=self.run)

    def left_over(self) -> set[str]:
        return {path.name.partition("-")[0] for path in self.home.iterdir()} - {"lock"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_engines_own_host_is_taken(machine: Machine) -> None:
    machine.put(NODE.program.name)
    machine.put(NODE.program.name, folder=machine.engine.folder)
    assert machine.host() == machine.engine.folder
    assert machine.calls == []


def test_a_host_on_path_is_taken(machine: Machine) -> None:
    machine.put(NODE.program.name)
    assert machine.host() == machine.path
    assert not machine.home.exists()


def test_else_go_builds_it_once(machine: Machine) -> None:
    machine.put("go")
    assert machine.host() == machine.home / "node-host"
    assert machine.calls == ["go env", "go build", "go list"]
    assert {path.name for path in machine.host().iterdir()} == {
        NODE.program.name,
        "pulumi-resource-pulumi-nodejs",
        "pulumi-analyzer-policy",
    }
    assert machine.calls == ["go env", "go build", "go list"]
    assert machine.left_over() == {"node"}


def test_a_host_without_scripts_is_its_program_alone(machine: Machine) -> None:
    machine.put("go")
    assert machine.host(YAML) == machine.home / "yaml-host"
    assert machine.calls == ["go env", "go build"]
    assert {path.name for path in machine.host(YAML).iterdir()} == {YAML.program.name}


def test_without_go_there_is_none(machine: Machine) -> None:
    with pytest.raises(Unavailable, match="there is no go on PATH"):
        machine.host()


def test_a_build_that_fails_is_an_error_and_leaves_nothing(machine: Machine) -> None:
    machine.put("go")
    machine.works = False
    with pytest.raises(HostError, match=f"^the Node language host: go build of {NODE.program.name} failed: it broke"):
        machine.host()
    assert machine.left_over() == set()


def test_node_and_npm_that_are_new_enough_will_do(machine: Machine) -> None:
    machine.put("node", "npm")
    require_node(str(machine.path), run=machine.run)


@pytest.mark.parametrize(
    ("there", "why"), [((), "there is no node and no npm on PATH"), (("node",), "there is no npm on PATH")]
)
def test_what_is_missing_is_named(machine: Machine, there: tuple[str, ...], why: str) -> None:
    machine.put(*there)
    with pytest.raises(Unavailable, match=f"^{why}$"):
        require_node(str(machine.path), run=machine.run)


@pytest.mark.parametrize(
    ("version", "why"),
    [("v18.20.1\n", "is v18.20.1, and Node.js 20 or newer is needed"), ("", "prints no version: no output")],
)
def test_a_node_that_will_not_do_says_why(machine: Machine, version: str, why: str) -> None:
    machine.put("node", "npm")
    machine.node = version
    with pytest.raises(Unavailable, match=why):
        require_node(str(machine.path), run=machine.run)


def test_packages_are_installed_once_for_each_lock_file(machine: Machine) -> None:
    first = machine.packages()
    assert machine.packages() == first
    assert machine.calls == ["npm ci"]
    (machine.example / "package-lock.json").write_text('{"packages": {}}')
    second = machine.packages()
    assert second != first
    assert second.is_dir()
    assert not first.exists()


def test_packages_that_cannot_be_installed_leave_nothing(machine: Machine) -> None:
    machine.works = False
    with pytest.raises(HostError, match="npm ci for typescript failed: it broke"):
        machine.packages()
    assert machine.left_over() == set()
