"""The engine's bootstrap: the order of sources, what counts as an engine, and the message if there is none."""

from __future__ import annotations

import contextlib
import os
import re
import select
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from tests.unit.tools.machine import FakeMachine
from tools import processes
from tools.engine import go_build
from tools.engine.engine import CLI, HOST, NEWEST, OLDEST, PROGRAMS, Unavailable, version_named, version_of
from tools.engine.get import NoEngineError, get_engine
from tools.engine.go_build import CLIS, PYTHON_HOST, STAMP, GoProgram
from tools.engine.hosts import NODE, YAML
from tools.processes import Completed


class Machine(FakeMachine):
    """A fake machine: what is on PATH, and how the installer and Go behave; ``calls`` lists the calls."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "path")
        self.folder = folder
        self.home = folder / "checkout" / ".engine"
        self.home.parent.mkdir()
        self.version = f"v{NEWEST}"
        self.reachable = True
        self.installs = True
        self.go = "go1.26.8\nlocal"
        self.builds = True

    def respond(self, command: Sequence[str], *, cwd: Path | None, environ: Mapping[str, str] | None) -> Completed:
        if command[0] == sys.executable and len(command) == 4:
            return self._reply("probe", self.reachable, "no route to it")
        if command[0] == sys.executable:
            folder = Path(command[3]) / "bin"
            self.put(*(PROGRAMS if self.installs else [CLI]), folder=folder)
            (folder / CLI).write_text(command[4])
            return self._reply(f"install {command[4]}", self.installs, "half a file")
        if command[1] == "version":
            cli = Path(command[0])
            return self._reply("version", True, (cli.read_text() if cli.exists() else "") or self.version)
        if command[1] == "env":
            return self._reply("go env", True, self.go)
        if command[1] == "list":
            sources = self.folder / "sdk"
            self.put("pulumi-language-python-exec", folder=sources / "python" / "cmd")
            self.put("pulumi-resource-pulumi-python", folder=sources / "python" / "dist")
            return self._reply("go list", True, f"go: downloading something\n{sources}")
        assert command[1] == "build"
        assert "-mod=readonly" in command
        assert environ is not None
        assert environ["GOWORK"] == "off"
        target = Path(command[command.index("-o") + 1])
        (version,) = re.findall(r"version\.Version=(\S+)", " ".join(command))
        if self.builds:
            self.put(target.name, folder=target.parent)
            target.write_text(version)
        return self._reply(f"build {target.name} {version}", self.builds, "out of memory")

    def _reply(self, who: str, good: bool, output: str) -> Completed:
        self.calls.append(who)
        return Completed(code=0 if good else 1, output=output, seconds=0.0)

    def get(self, version: str | None = None, **environ: str) -> tuple[str, Path]:
        """The source of the engine and its folder."""
        engine = get_engine(self.home, version=version, environ={"PATH": str(self.path), **environ}, run=self.run)
        return engine.source, engine.folder

    def left_over(self) -> set[str]:
        return {path.name for path in self.home.iterdir()} - {"lock"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_cli_on_path_with_its_language_host_is_taken_as_it_is(machine: Machine) -> None:
    machine.put(*PROGRAMS)
    assert machine.get() == ("PATH", machine.path)
    assert not machine.home.exists()


def test_a_language_host_elsewhere_on_path_will_do(machine: Machine) -> None:
    machine.put(CLI)
    other = machine.folder / "other"
    machine.put(*set(PROGRAMS) - {CLI}, folder=other)
    assert machine.get(PATH=f"{machine.path}:{other}") == ("PATH", machine.path)


def test_a_language_host_beside_the_cli_behind_a_link_will_do(machine: Machine) -> None:
    real = machine.folder / "cellar"
    machine.put(*PROGRAMS, folder=real)
    (machine.path / CLI).symlink_to(real / CLI)
    assert machine.get() == ("PATH", machine.path)


def test_a_cli_on_path_without_its_language_host_is_passed_over(machine: Machine) -> None:
    machine.put(CLI)
    assert machine.get() == ("official download", machine.home / NEWEST)


def test_the_download_comes_next_and_go_is_not_used(machine: Machine) -> None:
    machine.put("go")
    assert machine.get() == ("official download", machine.home / NEWEST)
    assert machine.calls == ["probe", f"install {NEWEST}", "version"]
    assert machine.left_over() == {NEWEST}


def test_go_builds_it_where_the_download_cannot_be_reached(machine: Machine) -> None:
    machine.put("go")
    machine.reachable = False
    assert machine.get() == ("Go build", machine.home / OLDEST)
    builds = [f"build {HOST} {NEWEST}", f"build {CLI} {OLDEST}"]  # the older CLI takes a quarter of the time
    assert machine.calls == ["probe", "go env", *builds, "go list", "version"]
    assert {path.name for path in (machine.home / OLDEST).iterdir()} == {*PROGRAMS, STAMP}
    assert all(path.stat().st_mode & stat.S_IXUSR for path in (machine.home / OLDEST).iterdir() if path.name != STAMP)
    assert machine.left_over() == {OLDEST}


def test_a_host_whose_source_has_changed_is_built_anew_and_nothing_else(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.put("go")
    assert machine.get(PULUMI_ENGINE="go") == ("Go build", machine.home / OLDEST)
    machine.calls.clear()
    monkeypatch.setattr(go_build, "host_digest", lambda: "another")
    for calls in (["version", "go env", f"build {HOST} {NEWEST}"], ["version"]):
        assert machine.get(OLDEST) == ("this checkout", machine.home / OLDEST)
        assert machine.calls == calls
        machine.calls.clear()
    assert machine.left_over() == {OLDEST}


@pytest.mark.parametrize("version", [NEWEST, OLDEST])
def test_a_version_that_is_asked_for_is_the_one_that_is_made(machine: Machine, version: str) -> None:
    machine.put("go")
    assert machine.get(version) == ("official download", machine.home / version)
    assert machine.get(version) == ("this checkout", machine.home / version)
    machine.reachable = False
    (other,) = {NEWEST, OLDEST} - {version}
    assert machine.get(other) == ("Go build", machine.home / other)
    assert machine.left_over() == {NEWEST, OLDEST}


def test_a_cli_on_path_of_another_version_is_passed_over_if_one_is_asked_for(machine: Machine) -> None:
    machine.put(*PROGRAMS)
    machine.version = "v3.260.0"
    assert machine.get("3.260.0") == ("PATH", machine.path)
    assert machine.get(OLDEST) == ("official download", machine.home / OLDEST)
    with pytest.raises(NoEngineError, match=f"is 3.260.0, and {OLDEST} is wanted"):
        machine.get(OLDEST, PULUMI_ENGINE="path")


def test_a_version_without_a_go_module_here_is_not_built(machine: Machine) -> None:
    machine.put("go")
    machine.reachable = False
    with pytest.raises(NoEngineError, match=f"go: only {OLDEST} and {NEWEST} can be built") as caught:
        machine.get("3.260.0")
    assert "go build" not in str(caught.value)


@pytest.mark.parametrize(("word", "version"), [("newest", NEWEST), ("oldest", OLDEST), ("3.260.0", "3.260.0")])
def test_words_stand_for_the_two_versions(word: str, version: str) -> None:
    assert version_named(word) == version


@pytest.mark.parametrize("program", [PYTHON_HOST, NODE.program, YAML.program, *CLIS.values()], ids=lambda it: it.module)
def test_each_go_module_requires_what_its_program_reports(program: GoProgram) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", program.version)
    assert re.fullmatch(r"1\.\d+(\.\d+)?", program.go)
    assert {version: cli.version for version, cli in CLIS.items()} == {NEWEST: NEWEST, OLDEST: OLDEST}


def test_a_broken_download_leaves_nothing_behind_and_go_is_next(machine: Machine) -> None:
    machine.put("go")
    machine.installs = False
    assert machine.get() == ("Go build", machine.home / OLDEST)
    assert machine.left_over() == {OLDEST}


def test_what_a_killed_run_left_is_removed(machine: Machine) -> None:
    (machine.home / "new-killed" / "bin").mkdir(parents=True)
    machine.get()
    assert machine.left_over() == {NEWEST}


def test_a_second_run_only_reads_the_version(machine: Machine) -> None:
    machine.get()
    machine.calls.clear()
    assert machine.get() == ("this checkout", machine.home / NEWEST)
    assert machine.calls == ["version"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_engine_in_the_checkout_that_lacks_a_program_is_replaced(machine: Machine, program: str) -> None:
    machine.get()
    (machine.home / NEWEST / program).unlink()
    assert machine.get() == ("official download", machine.home / NEWEST)
    assert (machine.home / NEWEST / program).exists()


@pytest.mark.parametrize("version", ["3.230.0", "v3.230.0", "v3.272.0", "3.231.0-alpha.1", "warning: old\nv3.240.1\n"])
def test_versions_from_the_oldest_that_will_do(machine: Machine, version: str) -> None:
    machine.version = version
    assert version_of(Path("pulumi"), run=machine.run).startswith("3.2")


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("v3.229.9", "is 3.229.9, and 3.230.0 or newer is needed"),
        ("v2.300.0", "is 2.300.0, and 3.230.0 or newer is needed"),
        ("v4.0.0", "is 4.0.0, and the Python SDK works with 3.x"),
        ("pulumi: not found in this shim", "prints no version: pulumi: not found in this shim"),
        ("", "prints no version: no output"),
    ],
)
def test_versions_that_will_not_do_say_why(machine: Machine, version: str, why: str) -> None:
    machine.version = version
    with pytest.raises(Unavailable, match=why):
        version_of(Path("pulumi"), run=machine.run)


def test_the_sources_can_be_restricted_to_one(machine: Machine) -> None:
    machine.put(*PROGRAMS, "go")
    assert machine.get(PULUMI_ENGINE="go")[0] == "Go build"
    assert "probe" not in machine.calls


def test_path_alone_does_not_fall_through(machine: Machine) -> None:
    with pytest.raises(NoEngineError, match="there is no pulumi on PATH"):
        machine.get(PULUMI_ENGINE="path")
    assert machine.calls == []


def test_an_unknown_choice_is_named_with_the_known_ones(machine: Machine) -> None:
    with pytest.raises(NoEngineError, match="PULUMI_ENGINE is 'brew'; it must be path, download or go"):
        machine.get(PULUMI_ENGINE="brew")


def test_without_a_source_the_error_lists_each_reason_and_the_commands(machine: Machine) -> None:
    machine.reachable = False
    with pytest.raises(NoEngineError) as caught:
        machine.get()
    message = str(caught.value)
    assert "PATH: there is no pulumi on PATH" in message
    assert "no route to it" in message
    assert "go: there is no go on PATH" in message
    assert f"curl -fsSL https://get.pulumi.com | sh -s -- --version {NEWEST}" in message
    assert f"Go {CLIS[OLDEST].go} or newer" in message
    assert "go build -mod=readonly -trimpath" in message
    assert machine.left_over() == set()


@pytest.mark.parametrize("version", ["go1.19.4\n", "go1.24.1\nlocal"])
def test_a_go_that_is_too_old_is_reported_before_anything_is_built(machine: Machine, version: str) -> None:
    machine.put("go")
    machine.go = version
    with pytest.raises(NoEngineError, match=f"Go {CLIS[OLDEST].go} or newer is needed"):
        machine.get(PULUMI_ENGINE="go")
    assert machine.calls == ["go env"]


def test_an_older_go_that_may_download_a_newer_one_is_accepted(machine: Machine) -> None:
    machine.put("go")
    machine.go = "go1.22.0\nauto"
    assert machine.get(PULUMI_ENGINE="go")[0] == "Go build"


def test_a_failed_build_shows_the_output_of_go_and_leaves_nothing(machine: Machine) -> None:
    machine.put("go")
    machine.builds = False
    with pytest.raises(NoEngineError, match=f"go build of {HOST} failed: out of memory"):
        machine.get(PULUMI_ENGINE="go")
    assert machine.left_over() == set()


def test_a_command_returns_its_exit_code_and_all_its_output() -> None:
    completed = processes.run(["sh", "-c", "echo out; echo err >&2; exit 3"], timeout_s=600)
    assert (completed.code, completed.ok, completed.output) == (3, False, "out\nerr\n")


def test_a_timeout_stops_a_command_and_all_that_it_started(tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    command = ["sh", "-c", 'exec 9>"$0"; echo held >&9; sleep 600 & wait', str(held)]
    timeout_s, seen = 0.2, b""
    try:
        while not seen:  # a loaded machine may start the shell after the first timeouts
            completed = processes.run(command, timeout_s=timeout_s)
            assert completed.code is None
            with contextlib.suppress(BlockingIOError):
                seen = os.read(reader, 5)
            timeout_s *= 2
        assert seen == b"held\n"
        ended, _, _ = select.select([reader], [], [], 120)  # ready once no process has the other end open
        assert ended
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


def test_a_long_command_shows_that_it_is_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    opened, shown = os.open(gate, os.O_RDWR), list[str]()

    def log(line: str, print_line: Callable[[str], None] = processes.log) -> None:
        print_line(line)
        shown.append(line)
        if len(shown) == 3:  # the title and two signs of life
            os.write(opened, b"\n")

    monkeypatch.setattr(processes, "log", log)
    try:
        waiting = ["sh", "-c", 'read -r line < "$0"', str(gate)]
        assert processes.run(waiting, title="waiting", timeout_s=600, heartbeat_s=0.05).ok
    finally:
        os.close(opened)
    first, *rest = capsys.readouterr().err.splitlines()
    assert first == "waiting ..."
    assert len(rest) >= 2
    assert all(re.fullmatch(r"waiting \.\.\. \d+ s", line) for line in rest)
