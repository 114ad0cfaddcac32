from __future__ import annotations

from pathlib import Path

import pytest

from alicloud_device_certificates.contract.project import project_file, project_file_in_repository, project_folder


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
