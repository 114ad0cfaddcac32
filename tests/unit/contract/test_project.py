from __future__ import annotations

import os
from pathlib import Path

import pytest

from alicloud_device_certificates.contract.project import (
    project_file,
    project_file_in_repository,
    project_folder,
    project_name,
)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder deep in a project, which is deep in a repository."""
    program = tmp_path / "repository" / "infra" / "fleet" / "program"
    program.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    (program.parent / "Pulumi.yml").touch()
    return program


def test_the_project_of_a_folder_is_the_nearest_one_above(program: Path, tmp_path: Path) -> None:
    assert project_file(program) == program.parent / "Pulumi.yml"
    assert project_folder(program) == program.parent
    assert project_file(tmp_path) is None
    assert project_folder(tmp_path) == tmp_path


def test_its_file_is_relative_to_the_repository(program: Path, tmp_path: Path) -> None:
    assert project_file_in_repository(program) == "infra/fleet/Pulumi.yml"
    (tmp_path / "repository" / ".git").rmdir()
    assert project_file_in_repository(program) == "Pulumi.yml"
    assert project_file_in_repository(tmp_path) == "Pulumi.yaml"


@pytest.mark.parametrize(
    ("text", "name"),
    [("name: fleet\n", "fleet"), ("name: [a]\n", ""), ("- a\n", ""), ("[" * 100_000, ""), ("\x00", ""), ("", "")],
    ids=["name", "list", "no object", "deep", "binary", "empty"],
)
def test_its_name_is_empty_if_its_file_has_none(program: Path, text: str, name: str) -> None:
    (program.parent / "Pulumi.yml").write_text(text)
    assert project_name(program) == name


def test_folders_above_that_nobody_may_look_into_have_no_project(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "stat", refused)
    assert project_file(program) is None
