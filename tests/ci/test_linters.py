"""What a linter knows of the CI systems, of all that is written for them, in docs/ci.md too."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ci.github_job import ACTION
from tests.engine.shell import CHECKOUT

CI = CHECKOUT / "ci"
DOCUMENT = (CHECKOUT / "docs" / "ci.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
US = "your-organization/alicloud-device-certificates@0000000000000000000000000000000000000000"


def kind_of(example: str) -> str:
    keys = set(yaml.safe_load(example))
    return "github-workflows" if "jobs" in keys else "gitlab-ci"


def workflows() -> dict[str, str]:
    """Every GitHub workflow, by a file name."""
    files = {path.name: path.read_text(encoding="utf-8") for path in CI.glob("github-*.yml")}
    examples = [example for example in EXAMPLES if kind_of(example) == "github-workflows"]
    return {**files, **{f"example{number}.yml": example for number, example in enumerate(examples)}, **scanning(files)}


def scanning(files: dict[str, str]) -> dict[str, str]:
    """The workflow for pull requests with the step that the document adds to it."""
    (step,) = re.findall(r"^```yaml step\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    workflow = files["github-pull-request.yml"]
    own = f"        uses: {US.partition('@')[0]}"
    assert workflow.count(own) == 1
    permission = "      security-events: write # for code scanning\n"
    workflow = workflow.replace(own, f"        id: gate\n{own}").replace("    steps:\n", f"{permission}    steps:\n")
    return {"scanning.yml": f"{workflow.rstrip()}\n\n{step}"}


def lint(program: str, *words: str | Path, cwd: Path = CHECKOUT) -> str:
    """What a linter finds; empty if it finds nothing."""
    path = Path(sys.executable).parent / program
    if not path.exists():
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"there is no {program}: make builds it where there is Go")
        path = Path(found)
    ended = subprocess.run([path, *words], cwd=cwd, capture_output=True, text=True, check=False)
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr or f"exit code {ended.returncode}"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with this action and all workflows."""
    folder = tmp_path / "repository"
    (folder / ".github" / "workflows").mkdir(parents=True)
    (folder / ".git").mkdir()
    shutil.copy(CHECKOUT / "action.yml", folder)
    for name, text in workflows().items():
        (folder / ".github" / "workflows" / name).write_text(text, encoding="utf-8")
    return folder


def test_actionlint_finds_nothing_in_the_workflows_and_in_how_they_use_the_action(repository: Path) -> None:
    for path in (repository / ".github" / "workflows").iterdir():
        # Only of an action in the same repository it knows what that takes.
        path.write_text(path.read_text(encoding="utf-8").replace(US, "./"), encoding="utf-8")
    assert lint("actionlint", "-no-color", "-shellcheck=", "-pyflakes=", cwd=repository) == ""
    workflow = repository / ".github" / "workflows" / "github-nightly.yml"
    workflow.write_text(workflow.read_text(encoding="utf-8").replace("fail-within:", "fail-in:"), encoding="utf-8")
    assert '"fail-in" is not defined' in lint("actionlint", "-no-color", "-shellcheck=", "-pyflakes=", cwd=repository)


def zizmor(folder: Path) -> str:
    return lint("zizmor", "--offline", "--pedantic", "--strict-collection", "--no-progress", "--color=never", folder)


def test_zizmor_finds_nothing_in_the_action_and_the_workflows(repository: Path) -> None:
    assert zizmor(repository) == ""
    action = repository / "action.yml"
    pinned = action.read_text(encoding="utf-8")
    action.write_text(re.sub(r"actions/setup-python@\S+", "actions/setup-python@v7", pinned), encoding="utf-8")
    assert "unpinned-uses" in zizmor(repository)
    action.write_text(pinned.replace('run: exit "$CODE"', "run: exit ${{ inputs.stack }}"), encoding="utf-8")
    assert "template-injection" in zizmor(repository)


def check_schema(schema: str, *files: Path) -> str:
    return lint("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


def test_all_is_of_the_systems_own_schemas(tmp_path: Path, repository: Path) -> None:
    assert check_schema("github-actions", CHECKOUT / "action.yml") == ""
    assert check_schema("github-workflows", *(repository / ".github" / "workflows").iterdir()) == ""
    files = [CI / "gitlab.yml"]
    for number, example in enumerate(EXAMPLES):
        if kind_of(example) == "gitlab-ci":
            files.append(tmp_path / f"example{number}.yml")
            files[-1].write_text(example, encoding="utf-8")
    # A hidden job needs less.
    shown = (CI / "gitlab.yml").read_text(encoding="utf-8").replace(".device-certificates-", "device-certificates-")
    files.append(tmp_path / "shown.yml")
    files[-1].write_text(shown, encoding="utf-8")
    assert check_schema("gitlab-ci", *files) == ""
    files[-1].write_text(shown.replace("when: always", "when: ever"), encoding="utf-8")
    assert "ever" in check_schema("gitlab-ci", *files)


def scripts() -> dict[str, str]:
    """Every script for bash; the GitLab job's is for sh too."""
    steps: list[dict[str, Any]] = ACTION["runs"]["steps"]
    gitlab = yaml.safe_load((CI / "gitlab.yml").read_text(encoding="utf-8"))[".device-certificates-gate"]
    return {
        **{path.name: path.read_text(encoding="utf-8") for path in CI.glob("*.sh")},
        **{step["name"]: step["run"] for step in steps if "run" in step},
        "gitlab": "\n".join(gitlab["script"]),
    }


@pytest.mark.parametrize("name", scripts())
def test_a_shell_takes_each_script(name: str, tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text(scripts()[name], encoding="utf-8")
    for shell in ("bash", "sh") if name == "gitlab" else ("bash",):
        assert lint(shell, "-n", path) == ""


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "script"
    for name, text in scripts().items():
        path.write_text(text, encoding="utf-8")
        assert lint("shellcheck", "--shell", "sh" if name == "gitlab" else "bash", path) == "", name


def test_all_that_is_used_is_pinned_to_a_commit_and_tells_its_version() -> None:
    for text in (*workflows().values(), (CHECKOUT / "action.yml").read_text(encoding="utf-8")):
        used = re.findall(r"uses: (.+)", text)
        assert used
        for what in used:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # (v\d+\.\d+\.\d+|the commit that you reviewed)", what), what


def test_the_document_shows_the_workflows_as_they_are() -> None:
    for name in ("github-pull-request.yml", "github-fleet.yml"):
        assert (CI / name).read_text(encoding="utf-8") in EXAMPLES


def test_the_document_has_an_example_of_each_kind() -> None:
    assert {kind_of(example) for example in EXAMPLES} == {"github-workflows", "gitlab-ci"}


def test_the_documents_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", DOCUMENT):
        assert (CHECKOUT / "docs" / target).is_file(), target
