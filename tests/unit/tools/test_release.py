"""``make release``: the same bytes twice, of the commit alone, and no release of anything that is wrong."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from tools.processes import Completed, run
from tools.release.build import ReleaseError, build_twice, checked, commit_time, digest, publish
from tools.release.smoke import smoke

GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "some-project"
version = "1.2.3"
requires-python = ">=3.11"
[tool.hatch.build.targets.sdist]
include = ["/some_project", "/pyproject.toml"]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project with one commit."""
    folder = tmp_path / "checkout"
    (folder / "some_project").mkdir(parents=True)
    (folder / "some_project" / "__init__.py").write_text("")
    (folder / "pyproject.toml").write_text(PROJECT)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=first"]):
        checked(run, [*GIT, *words], cwd=folder)
    return folder


def test_two_builds_have_the_same_bytes_and_only_what_was_committed(checkout: Path, tmp_path: Path) -> None:
    (checkout / "some_project" / "lies_around.py").write_text("")
    epoch = commit_time(checkout, run=run)
    sdist, wheel = sorted(build_twice(checkout, tmp_path / "work", epoch=epoch, run=run), key=lambda path: path.suffix)
    assert wheel.name == "some_project-1.2.3-py3-none-any.whl"
    with tarfile.open(sdist) as archive:
        assert {member.name.partition("/")[2] for member in archive} == {
            *("some_project/__init__.py", "pyproject.toml", "PKG-INFO"),
        }
        assert {member.mtime for member in archive} == {int(epoch)}
    with ZipFile(wheel) as archive:
        assert "some_project/lies_around.py" not in archive.namelist()


def test_a_changed_file_is_not_released(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text(PROJECT.replace("1.2.3", "1.2.4"))
    with pytest.raises(ReleaseError, match=r"differ from it:\nM pyproject\.toml"):
        commit_time(checkout, run=run)


def test_a_build_that_depends_on_the_folder_is_not_released(checkout: Path, tmp_path: Path) -> None:
    def drifting(command: Sequence[str], *, cwd: Path | None = None, **limits: object) -> Completed:
        completed = run(command, cwd=cwd, timeout_s=60)
        if "wheel" in command:
            (wheel,) = Path(command[command.index("--directory") + 1]).glob("*.whl")
            with ZipFile(wheel, "a") as archive:
                archive.writestr("where.txt", str(cwd))
        return completed

    with pytest.raises(ReleaseError, match=r"other bytes: some_project-1\.2\.3-py3-none-any\.whl$"):
        build_twice(checkout, tmp_path / "work", epoch="1700000000", run=drifting)


def test_a_failed_step_shows_the_commands_output(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"^sh -c .* failed:\nno space left"):
        checked(run, ["sh", "-c", "echo no space left; exit 1"], cwd=tmp_path)


def test_distributions_replace_the_earlier_ones_with_their_sums(tmp_path: Path) -> None:
    made = tmp_path / "some.whl"
    made.write_bytes(b"wheel")
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "old.whl").write_bytes(b"old")
    assert publish([made], dist) == [dist / "some.whl"]
    assert {path.name for path in dist.iterdir()} == {"some.whl", "SHA256SUMS"}
    assert (dist / "SHA256SUMS").read_text() == f"{digest(made)}  some.whl\n"


Reply = Callable[[Sequence[str]], str]


def replies(reply: Reply) -> Callable[..., Completed]:
    return lambda command, **_: Completed(code=0, output=reply(command), seconds=0.0)


@pytest.mark.parametrize(
    ("names", "version", "why"),
    [
        ("export_certificates", "1.2.3", "does not export its data sources"),
        ("MqttDeviceCertificate", "1.2.4", "prints '1.2.4', and the project's version is 1.2.3"),
    ],
)
def test_a_wheel_that_does_not_work_is_not_released(tmp_path: Path, names: str, version: str, why: str) -> None:
    def reply(command: Sequence[str]) -> str:
        return f"{version}\n" if "--version" in command else f"{names}\n"

    with pytest.raises(ReleaseError, match=why):
        smoke(tmp_path, tmp_path, version="1.2.3", run=replies(reply))
