"""This repository's own workflow, Dependabot config, templates, hooks and changelog fragments."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ci.test_linters import US, check_schema, lint, zizmor
from tests.engine.shell import CHECKOUT, blocks

GITHUB = CHECKOUT / ".github"
WORKFLOW = GITHUB / "workflows" / "ci.yml"


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with these files alone, because zizmor takes every YAML file below its folder."""
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    shutil.copytree(GITHUB, folder / ".github")
    shutil.copy(CHECKOUT / ".pre-commit-config.yaml", folder)
    return folder


def test_actionlint_and_zizmor_find_nothing(repository: Path) -> None:
    assert lint("actionlint", "-no-color", "-shellcheck=", "-pyflakes=", cwd=repository) == ""
    assert zizmor(repository) == ""
    workflow = repository / ".github" / "workflows" / "ci.yml"
    workflow.write_text(workflow.read_text(encoding="utf-8").replace("permissions: {}", "permissions: write-all"))
    assert "excessive-permissions" in zizmor(repository)


def test_the_readmes_step_uses_the_action_as_it_is(repository: Path) -> None:
    (step,) = blocks("yaml")
    assert f"uses: {US} # the commit that you reviewed" in step
    shutil.copy(CHECKOUT / "action.yml", repository)
    # actionlint knows the inputs only of an action in the same repository.
    steps = step.replace(US, "./").replace("\n", "\n      ")
    workflow = repository / ".github" / "workflows" / "readme.yml"
    job = f"jobs:\n  gate:\n    runs-on: ubuntu-24.04\n    steps:\n      {steps}"
    workflow.write_text(f"on: pull_request\n{job}\n", encoding="utf-8")
    assert lint("actionlint", "-no-color", "-shellcheck=", "-pyflakes=", cwd=repository) == ""
    workflow.write_text(workflow.read_text(encoding="utf-8").replace("stack:", "stacks:"), encoding="utf-8")
    assert '"stacks" is not defined' in lint("actionlint", "-no-color", "-shellcheck=", "-pyflakes=", cwd=repository)


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("github-workflows", "workflows/*.yml"),
        ("dependabot", "dependabot.yml"),
        ("github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml"),
        ("github-issue-config", "ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_each_file_matches_githubs_schema(schema: str, pattern: str) -> None:
    files = list(GITHUB.glob(pattern))
    assert files
    assert check_schema(schema, *files) == ""


def test_the_workflow_runs_all_checks_once_and_the_unit_tests_on_every_supported_python() -> None:
    jobs = load(WORKFLOW)["jobs"]
    assert [step["run"] for step in jobs["test"]["steps"] if "run" in step] == ["make test"]
    assert [step["run"] for step in jobs["unit"]["steps"] if "run" in step] == ["make unit"]
    assert jobs["unit"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]


def test_dependabot_watches_every_manifest() -> None:
    watched = {
        (update["package-ecosystem"], directory)
        for update in load(GITHUB / "dependabot.yml")["updates"]
        for directory in update.get("directories", [update.get("directory")])
    }
    ecosystems = {"go.mod": "gomod", "package.json": "npm", "pyproject.toml": "pip", "action.yml": "github-actions"}
    tracked = git_lines("ls-files", "*go.mod", "*package.json", "*pyproject.toml", "action.yml")
    assert watched == {(ecosystems[path.name], str("/" / path.parent)) for path in map(Path, tracked)}


def git_lines(*words: str) -> list[str]:
    """Return the lines that git prints."""
    return subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_every_hook_runs_a_tool_of_the_checkouts_environment() -> None:
    (repo,) = load(CHECKOUT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    for hook in repo["hooks"]:
        program = hook["entry"].split()[0]
        assert program.startswith(".venv/bin/"), hook
        assert (Path(sys.executable).parent / Path(program).name).exists(), hook


def test_the_changelogs_fragments_make_a_section() -> None:
    assert lint("towncrier", "build", "--draft", "--version", "0.0.0") == ""
    fragments = {path.name for path in (CHECKOUT / "changelog.d").iterdir()} - {"README.md"}
    kinds = {"added", "changed", "deprecated", "removed", "fixed", "security"}
    assert {name for name in fragments if name.split(".")[-2:] not in [[kind, "md"] for kind in kinds]} == set()
