"""The ways of docs/install.md to give program and provider the same environment, on both engines.

Nothing is downloaded: each environment is made as the page says, and then borrows the packages of the checkout's own.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.shell import CHECKOUT, README, Shell, blocks

import alicloud_device_certificates

PAGE = (CHECKOUT / "docs" / "install.md").read_text(encoding="utf-8")
PACKAGERS = CHECKOUT / ".packagers" / "bin"
ENVIRONMENT = Path(sys.prefix)
PACKAGE = Path(alicloud_device_certificates.__file__).parents[1]

CONFIG = "config:\n  alicloud:region: cn-hangzhou\n  device-certificates:emulator: true\n"
PROGRAM = blocks("python", README)[0] + "\nimport sys\n\nimport pulumi\n\npulumi.export('python', sys.prefix)\n"
PYPROJECT = '[project]\nname = "{}"\nversion = "0"\nrequires-python = ">=3.11"\n'

pytestmark = pytest.mark.both_engines


def project_file(heading: str) -> str:
    """Return the Pulumi.yaml of one section of the page."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    (block,) = blocks("yaml", section)
    return block


class Newcomer(Shell):
    """A shell that has the Pulumi CLI, uv and Poetry on PATH, but not this test's own environment."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        own = str(ENVIRONMENT / "bin")
        path = [each for each in self.environment["PATH"].split(os.pathsep) if each != own]
        self.environment.pop("VIRTUAL_ENV", None)
        self.environment |= {
            "PATH": os.pathsep.join([str(PACKAGERS), *path]),
            "UV_OFFLINE": "1",
            "UV_PYTHON": sys.executable,
            "UV_CACHE_DIR": str(folder / "cache" / "uv"),
            "POETRY_VIRTUALENVS_PATH": str(folder / "environments"),
            "POETRY_CACHE_DIR": str(folder / "cache" / "poetry"),
        }

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def borrow(self, environment: Path, *, package: bool = True) -> None:
        """Give an environment what the package needs, and the package itself."""
        (own,) = environment.glob("lib/python*/site-packages")
        (others,) = ENVIRONMENT.glob("lib/python*/site-packages")
        # Of a folder that such a file names, the files of this kind are not read: an editable package is not there.
        paths = [others, *([PACKAGE] if package else [])]
        (own / "borrowed.pth").write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")

    def new_project(self, project: str, *, main: str = "") -> None:
        self.write("Pulumi.yaml", project)
        self.write("Pulumi.dev.yaml", CONFIG)
        self.write(f"{main}/__main__.py".removeprefix("/"), PROGRAM)
        self.run("pulumi stack init dev")

    def assert_reads_in(self, environment: Path, *, runner: str = "") -> None:
        """Assert that a preview and an update read the certificates, with the program in this environment."""
        assert "356217374433aa01" in self.run(f"{runner} pulumi preview")
        self.run(f"{runner} pulumi up --yes --skip-preview")
        assert set(self.certificates()) == {"gateway", "light"}
        assert Path(self.run("pulumi stack output python").strip()).resolve() == environment.resolve()


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path)


def uv_environment(newcomer: Newcomer) -> Path:
    """Make a uv project here, and return its environment."""
    newcomer.write("pyproject.toml", PYPROJECT.format("mine"))
    newcomer.run("uv sync --quiet")
    newcomer.borrow(newcomer.folder / ".venv")
    return newcomer.folder / ".venv"


def poetry_environment(newcomer: Newcomer) -> Path:
    newcomer.write("pyproject.toml", PYPROJECT.format("mine") + "[tool.poetry]\npackage-mode = false\n")
    newcomer.run(f"poetry env use --quiet {sys.executable}")
    environment = Path(newcomer.run("poetry env info --path").strip())
    newcomer.borrow(environment)
    return environment


def venv_environment(newcomer: Newcomer) -> Path:
    newcomer.run(f"{sys.executable} -m venv --without-pip venv")
    newcomer.borrow(newcomer.folder / "venv")
    return newcomer.folder / "venv"


def named_environment(options: str) -> str:
    """Return a Pulumi.yaml for a program in a sub-folder whose environment is named."""
    return f"name: mine\nmain: stacks/certificates\nruntime: {{name: python, options: {{{options}}}}}\n"


def test_with_pip_the_project_names_its_virtual_environment(newcomer: Newcomer) -> None:
    environment = venv_environment(newcomer)
    newcomer.new_project(project_file("pip"))
    newcomer.assert_reads_in(environment)


def test_with_uv_the_project_names_its_toolchain(newcomer: Newcomer) -> None:
    environment = uv_environment(newcomer)
    newcomer.new_project(project_file("uv"))
    newcomer.assert_reads_in(environment)


def test_a_member_of_a_uv_workspace_names_the_environment_of_the_workspace(newcomer: Newcomer) -> None:
    root, member = newcomer.folder, newcomer.folder / "stacks" / "certificates"
    newcomer.write("stacks/certificates/pyproject.toml", PYPROJECT.format("certificates"))
    newcomer.write("pyproject.toml", PYPROJECT.format("root") + '[tool.uv.workspace]\nmembers = ["stacks/*"]\n')
    newcomer.run("uv sync --quiet --all-packages")
    newcomer.borrow(root / ".venv")
    newcomer.folder = member
    newcomer.new_project(project_file("A uv workspace"))
    newcomer.assert_reads_in(root / ".venv")


@pytest.mark.parametrize("main", ["", "stacks/certificates"], ids=["beside the project", "in a sub-folder"])
def test_with_poetry_the_project_names_its_toolchain(newcomer: Newcomer, main: str) -> None:
    environment = poetry_environment(newcomer)
    where = f"main: {main}\n" if main else ""
    newcomer.new_project(project_file("Poetry") + where, main=main)
    newcomer.assert_reads_in(environment)


@pytest.mark.parametrize(
    ("make_environment", "runner"),
    [(uv_environment, "uv run"), (poetry_environment, "poetry run")],
    ids=["uv", "poetry"],
)
def test_a_program_in_a_sub_folder_runs_in_the_environment_on_the_path(
    newcomer: Newcomer, make_environment: Callable[[Newcomer], Path], runner: str
) -> None:
    environment = make_environment(newcomer)
    newcomer.new_project(project_file("A program in a sub-folder"), main="stacks/certificates")
    newcomer.assert_reads_in(environment, runner=runner)


@pytest.mark.parametrize("way", ["absolute", "link"])
def test_a_program_in_a_sub_folder_can_also_name_its_environment(newcomer: Newcomer, way: str) -> None:
    environment = uv_environment(newcomer)
    options = f"virtualenv: {environment}" if way == "absolute" else "toolchain: uv"
    newcomer.new_project(named_environment(options), main="stacks/certificates")
    if way == "link":
        (link,) = re.findall(r"`ln -s (\S+) (\S+)`", PAGE)
        (newcomer.folder / link[1]).symlink_to(link[0])
    newcomer.assert_reads_in(environment)


@pytest.mark.parametrize("options", ["virtualenv: .venv", "toolchain: uv"])
def test_a_relative_environment_of_a_program_in_a_sub_folder_fails_as_the_page_says(
    newcomer: Newcomer, options: str
) -> None:
    uv_environment(newcomer)
    newcomer.new_project(named_environment(options), main="stacks/certificates")
    missing = newcomer.folder / "stacks" / "certificates" / ".venv"
    shown = newcomer.fail("pulumi preview")
    (message,) = re.findall(r"^\| `(The 'virtualenv' .*?)` \|", PAGE, re.MULTILINE)
    assert message.replace("...", str(missing)) in shown


def test_an_inline_program_passes_its_interpreter_on(newcomer: Newcomer) -> None:
    (script,) = blocks("python", PAGE)
    newcomer.write("inline.py", script)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", newcomer.run(f"{sys.executable} inline.py").strip())
    newcomer.write("inline.py", script.replace("PULUMI_PYTHON_CMD", "SOMETHING_ELSE"))
    assert "No module named 'pulumi'" in newcomer.fail(f"{sys.executable} inline.py")
    assert "`No module named 'pulumi'`" in PAGE


def test_a_provider_without_the_package_fails_as_the_page_says(newcomer: Newcomer) -> None:
    message = "No module named 'alicloud_device_certificates'"
    assert f"`{message}`" in PAGE
    bare = venv_environment(newcomer)
    newcomer.borrow(bare, package=False)
    newcomer.write("inline.py", blocks("python", PAGE)[0].replace("sys.executable", repr(str(bare / "bin" / "python"))))
    assert message in newcomer.fail(f"{sys.executable} inline.py")


def test_the_page_names_the_oldest_python_and_engine() -> None:
    pyproject = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11"' in pyproject
    assert '"pulumi>=3.230,<4"' in pyproject
    assert "Python 3.11 or newer and Pulumi 3.230 or newer" in PAGE
