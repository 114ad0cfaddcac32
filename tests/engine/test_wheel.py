"""The built wheel alone, outside the checkout: a fresh environment, and a project that is not this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from email.message import Message
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from tests.engine.conftest import left_below
from tests.engine.shell import CHECKOUT, Shell, blocks

PACKAGE = "alicloud_device_certificates"


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, CHECKOUT)
    (built,) = folder.iterdir()
    return built


def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def link_distributions(requirements: Iterable[str], site_packages: Path) -> None:
    """Put what is required, what that requires, and nothing else of this environment into another one."""
    waiting = [(requirement, "") for requirement in requirements]
    done = set()
    while waiting:
        text, extra = waiting.pop()
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        found = distribution(requirement.name)
        for wanted in ("", *requirement.extras):
            if (found.name, wanted) not in done:
                done.add((found.name, wanted))
                waiting += [(each, wanted) for each in found.requires or []]
        # Scripts lie outside, and belong to their environment.
        for name in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
            link = site_packages / name
            if not link.is_symlink():
                link.symlink_to(str(found.locate_file(name)))


@pytest.fixture
def environment(wheel: Path, tmp_path: Path) -> Path:
    """A virtual environment with the wheel and its requirements; its folder of executables."""
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    # Every environment comes with pip, and the engine lists packages with it.
    link_distributions(["pip", *(metadata(wheel).get_all("Requires-Dist") or [])], site_packages)
    python = folder / "bin" / "python"
    pip("--python", python, "install", "--no-index", "--no-deps", wheel)
    pip("--python", python, "check")
    return folder / "bin"


def test_the_wheel_holds_the_whole_package_and_nothing_else_of_the_checkout(wheel: Path) -> None:
    source = CHECKOUT / "providers"
    files = {
        path.relative_to(source).as_posix()
        for path in (source / PACKAGE).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert {f"{PACKAGE}/py.typed", f"{PACKAGE}/emulator/scenario/default_scenario.yaml"} <= files
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name for name in names if name.startswith(f"{PACKAGE}/")} == files
    assert {name.partition("/")[0] for name in names} & {"tests", "tools", "stacks", "bench", "docs"} == set()


def test_a_project_of_another_name_runs_on_the_wheel_alone(environment: Path, wheel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    program = blocks("python")[0]
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    (folder / "Pulumi.yaml").write_text("name: another-name\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.test.yaml").write_text(
        "config:\n  alicloud:region: cn-hangzhou\n  device-certificates:emulator: true\n", encoding="utf-8"
    )
    shell = Shell(folder)
    # The engine, too, takes the first `python` on PATH.
    shell.environment["PATH"] = f"{environment}{os.pathsep}{shell.environment['PATH']}"
    shell.environment.pop("PYTHONPATH", None)
    (folder / "where.py").write_text(f"import {PACKAGE}\nprint({PACKAGE}.__file__)\n", encoding="utf-8")
    imported = Path(shell.run("python where.py").strip())
    assert imported.is_relative_to(environment.parent)
    assert not imported.resolve().is_relative_to(CHECKOUT)
    assert shell.run("device-certificates --version").strip() == metadata(wheel)["Version"]

    shell.run("pulumi stack init test")
    previewed = shell.run("pulumi preview")
    assert '"356217374433aa01"' in previewed
    shell.run("pulumi up --yes")
    assert set(shell.certificates()) == {"gateway", "light"}
    again = shell.run("pulumi preview")
    assert "\nResources:\n    1 unchanged\n" in again
    assert "\nOutputs:\n" not in again, "an output changed"

    states = [path.parent for path in tmp_path.rglob(".device-certificates")]
    assert states == [folder]
    issued = json.loads(shell.run("device-certificates emulator status --json"))
    assert [each["name"] for each in issued if each["serial_number_hex"] == "356217374433aa01"] == ["gateway-01"]
    assert left_below(tmp_path) == [], "a process outlived the command line"
