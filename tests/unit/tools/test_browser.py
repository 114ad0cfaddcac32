"""The browser for the tests of the HTML report: which one is used or installed, and the message without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.unit.tools.machine import FakeMachine
from tools import browser
from tools.browser import VARIABLE, NoBrowserError, find_browser, get_browser
from tools.processes import Completed


class Machine(FakeMachine):
    """A fake machine: what is on PATH, and whether it runs; ``calls`` lists the commands without their folders."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "bin")
        self.fonts = folder / "fonts"
        self.fonts.mkdir()
        self.environ = {"PATH": str(self.path)}
        self.broken: set[str] = set()

    def respond(self, command: Sequence[str], *, cwd: Path | None, environ: Mapping[str, str] | None) -> Completed:
        shown = " ".join(Path(part).name for part in command)
        self.calls.append(shown)
        if not Path(command[0]).exists() and command[0] != "env":
            raise FileNotFoundError(command[0])
        if "apt-get install" in shown and shown not in self.broken:
            self.put("chromium")
        return Completed(code=int(shown in self.broken), output="E: no network", seconds=0.0)

    def get(self, *, is_root: bool = True) -> Path:
        return get_browser(self.environ, run=self.run, is_root=is_root, fonts=self.fonts)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_one_that_is_named_goes_first(machine: Machine) -> None:
    machine.put("chromium", "mine")
    machine.environ[VARIABLE] = str(machine.path / "mine")
    assert machine.get() == machine.path / "mine"


def test_one_that_is_named_and_does_not_run_is_an_error(machine: Machine) -> None:
    machine.put("chromium")
    machine.environ[VARIABLE] = "/no/such/browser"
    with pytest.raises(NoBrowserError, match="names /no/such/browser, which does not run"):
        machine.get()


def test_the_first_on_path_that_runs_is_taken(machine: Machine) -> None:
    machine.put("chromium-browser", "google-chrome")
    machine.broken.add("chromium-browser --version")
    assert machine.get() == machine.path / "google-chrome"
    assert not any("apt-get" in call for call in machine.calls)


def test_looking_for_one_installs_none(machine: Machine) -> None:
    machine.put("apt-get")
    assert find_browser(machine.environ, run=machine.run) is None
    assert machine.calls == []


def test_without_one_debians_is_installed_with_a_font(machine: Machine) -> None:
    machine.put("apt-get")
    assert machine.get() == machine.path / "chromium"
    assert machine.calls[:2] == [
        "env DEBIAN_FRONTEND=noninteractive apt-get update",
        "env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium fonts-dejavu-core",
    ]


def test_with_fonts_none_is_installed(machine: Machine) -> None:
    machine.put("apt-get")
    (machine.fonts / "some.ttf").write_text("")
    machine.get()
    assert machine.calls[1].endswith("--no-install-recommends chromium")


def test_whoever_is_not_root_needs_sudo_without_a_password(machine: Machine) -> None:
    machine.put("apt-get", "sudo")
    machine.get(is_root=False)
    assert machine.calls[:2] == ["sudo -n true", "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update"]


@pytest.mark.parametrize(
    ("programs", "broken", "is_root", "why"),
    [
        ((), (), True, "there is no apt-get"),
        (("apt-get",), (), False, "sudo apt-get install chromium"),
        (("apt-get", "sudo"), ("sudo -n true",), False, "sudo apt-get install chromium"),
        (("apt-get",), ("env DEBIAN_FRONTEND=noninteractive apt-get update",), True, "update failed: E: no network"),
        (("apt-get",), ("chromium --version",), True, "its Chromium does not run"),
    ],
)
def test_if_none_can_be_installed_the_error_has_the_reason(
    machine: Machine, programs: tuple[str, ...], broken: tuple[str, ...], is_root: bool, why: str
) -> None:
    machine.put(*programs)
    machine.broken.update(broken)
    with pytest.raises(NoBrowserError, match=why):
        machine.get(is_root=is_root)


@pytest.mark.parametrize(("environ", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_without_one_the_tests_are_skipped_but_fail_in_ci(
    environ: dict[str, str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert browser.main([], {"PATH": str(tmp_path), **environ}) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "there is no Chromium on PATH" in shown.err
    assert ("skipped" in shown.err) is (code == 0)


def test_it_takes_no_arguments() -> None:
    assert browser.main(["install"], {}) == 2
