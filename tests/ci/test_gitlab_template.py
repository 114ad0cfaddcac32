"""The GitLab template: its script run as the runner runs it, on a real project, with a GitLab on loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ci.projects import FleetProject, offline_python, stub_program
from tests.engine.shell import CHECKOUT
from tests.unit.gate.comment.fake_forges import PROJECT_BOT, GitLab, served
from tests.unit.gate.merged_sample import fleet_report

from alicloud_device_certificates.gate.reports import FORMATS, render

TEMPLATE: dict[str, Any] = yaml.safe_load((CHECKOUT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
TOKEN = "glpat-token-of-the-project-0123456789"
ID_TOKEN = "eyJhbGciOiJSUzI1NiJ9.of-this-job.signature"
REPORTS = {each.file_name for each in FORMATS}
# bash if the image has it, else sh. A line that fails ends the script with 1, an `exit` with its own code.
SHELLS = {
    "bash": 'set -eo pipefail; set +o noclobber; : | eval "$(cat script)"; exit 0',
    "sh": 'set -e; : | eval "$(cat script)"; exit 0',
}


def merged(name: str) -> dict[str, Any]:
    """A job of the template with what it extends: maps are merged, all else is replaced."""
    job: dict[str, Any] = dict(TEMPLATE[name])
    if "extends" not in job:
        return job
    base = merged(job.pop("extends"))
    variables = {**base.get("variables", {}), **job.get("variables", {})}
    return {**base, **job, "variables": variables}


@dataclass
class Ran:
    code: int
    log: str


@dataclass
class Pipeline:
    """A project's folder with its CI variables."""

    folder: Path
    environment: dict[str, str]

    def run(self, name: str, shell: str = "bash", **variables: str) -> Ran:
        job = merged(name)
        (self.folder / "script").write_text("\n".join(job["script"]), encoding="utf-8")
        given = {key: str(value) for key, value in job.get("variables", {}).items()}
        # What is set for the project goes before what the job says.
        environment = {**given, **{key: ID_TOKEN for key in job.get("id_tokens", {})}, **self.environment, **variables}
        ended = subprocess.run(
            [shell, "-c", SHELLS[shell]],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert TOKEN not in ended.stdout
        assert ID_TOKEN not in ended.stdout
        return Ran(ended.returncode, ended.stdout)

    @property
    def kept(self) -> set[str]:
        """The names below the artefacts' folder of reports."""
        path, _ = merged(".device-certificates-gate")["artifacts"]["paths"]
        return {file.name for file in (self.folder / path).iterdir()}


def publish(folder: Path) -> dict[str, str]:
    """Make a folder a git repository; the variables by which a job gets it."""
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "a"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *identity, *words], cwd=folder, env=nobody, check=True, capture_output=True)
    return {"GATE_REPOSITORY": f"file://{folder}", "GATE_COMMIT": "HEAD"}


def checkout(folder: Path) -> Path:
    """A copy of what the installation needs of this project, as it is now."""
    for name in ("ci", "locks", "providers"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, folder / name)
    return folder


def test_a_merge_request_is_judged_by_each_push(tmp_path: Path) -> None:
    """All lines as written, the installation too, which has to do without a network (see `offline_python`)."""
    project = FleetProject(tmp_path / "fleet", {"gateway-01": "356217374433aa01", "sensor-01": "356217374433aa03"})
    project.run("pulumi up --yes")
    python, offline = offline_python(tmp_path)
    service = GitLab({TOKEN: PROJECT_BOT})
    with served(service.respond) as address:
        pipeline = Pipeline(
            project.folder,
            {
                **project.environment,
                **offline,
                **publish(checkout(tmp_path / "gate")),
                "TMPDIR": str(tmp_path),
                "PYTHON": str(python),
                "GITLAB_CI": "true",
                "GITLAB_TOKEN": TOKEN,
                "CI_API_V4_URL": f"{address}/api/v4",
                "CI_PROJECT_ID": "42",
                "CI_MERGE_REQUEST_IID": "7",
                "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/gate",
                "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/gitlab",
                "GATE_STACK": "test",
            },
        )
        ran = pipeline.run(".device-certificates-gate")
        assert ran.code == 0, ran.log
        assert "created the comment on merge request 7 of project 42" in ran.log
        assert pipeline.kept == REPORTS
        assert (project.seen["token"], project.seen["mode"]) == (ID_TOKEN, "0o600")
        assert project.seen["environment"].keys().isdisjoint({"GATE_ID_TOKEN", "GITLAB_TOKEN"})
        assert not Path(project.seen["environment"]["ALIBABA_CLOUD_OIDC_TOKEN_FILE"]).exists()

        project.run("device-certificates emulator rotate gateway-01")
        project.run("device-certificates emulator deactivate sensor-01")
        ran = pipeline.run(".device-certificates-gate", shell="sh")
        assert ran.code == 3, ran.log
        assert "updated the comment on merge request 7 of project 42" in ran.log
        assert pipeline.kept == REPORTS
        report = pipeline.folder / "device-certificates-reports" / "report.md"
        assert [comment["body"] for comment in service.comments] == [report.read_text(encoding="utf-8")]


@pytest.fixture(params=[3])
def stubbed(tmp_path: Path, request: pytest.FixtureRequest) -> Pipeline:
    """A project whose gate is a stub, that exits with the parameter, and its installation as well."""
    code: int = request.param
    stub = tmp_path / "stub"
    (stub / "ci").mkdir(parents=True)
    (stub / "ci" / "gate.sh").write_bytes((CHECKOUT / "ci" / "gate.sh").read_bytes())
    (stub / "ci" / "gate.sh").chmod(0o755)
    (stub / "ci" / "install.sh").write_text(
        f'#!/bin/sh\nmkdir -p "$1/bin"\necho "$2" > {tmp_path}/requirements\n'
        f'cp {stub}/program "$1/bin/device-certificates"\n',
        encoding="utf-8",
    )
    (stub / "ci" / "install.sh").chmod(0o755)
    stub_program(stub / "program", code=code)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "GITLAB_CI": "true"}
    folder = tmp_path / "project"
    folder.mkdir()
    return Pipeline(folder, {**environment, **publish(stub)})


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("stubbed", [0, 1, 2, 3], indirect=True)
def test_the_gates_code_is_the_jobs_and_for_changes_only_a_warning(
    stubbed: Pipeline, shell: str, request: pytest.FixtureRequest
) -> None:
    code = request.node.callspec.params["stubbed"]
    assert stubbed.run(".device-certificates-gate", shell=shell).code == code
    assert merged(".device-certificates-gate")["allow_failure"] == {"exit_codes": 2}


def test_a_note_that_must_not_be_made_is_only_said(stubbed: Pipeline) -> None:
    service = GitLab({TOKEN: PROJECT_BOT}, may_write=False)
    with served(service.respond) as address:
        ran = stubbed.run(
            ".device-certificates-gate",
            GITLAB_TOKEN=TOKEN,
            CI_API_V4_URL=f"{address}/api/v4",
            CI_PROJECT_ID="42",
            CI_MERGE_REQUEST_IID="7",
        )
    assert ran.code == 3, ran.log
    assert "HTTP 403; 403 Forbidden" in ran.log
    assert "WARNING: the merge request has no comment with the report" in ran.log


def test_the_nightly_job_judges_what_is_deployed_without_a_token(stubbed: Pipeline) -> None:
    ran = stubbed.run(".device-certificates-nightly", GATE_STACK="prod", GATE_REQUIREMENTS="requirements.txt")
    assert ran.code == 3, ran.log
    words, variables = json.loads((stubbed.folder / "called.json").read_text(encoding="utf-8"))
    assert words == ["report"]
    wanted = {"GATE_STACK": "prod", "GATE_WARN_WITHIN": "60d", "GATE_FAIL_WITHIN": "30d", "GATE_DETAILED_EXITCODE": ""}
    assert wanted.items() <= variables.items()
    assert variables["GATE_REPORTS"] == "device-certificates-reports"
    assert (stubbed.folder.parent / "requirements").read_text(encoding="utf-8") == "requirements.txt\n"
    assert "WARNING" not in ran.log


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_an_installation_that_fails_fails_the_job_before_the_gate(stubbed: Pipeline, shell: str) -> None:
    ran = stubbed.run(".device-certificates-gate", shell=shell, GATE_COMMIT="0" * 40)
    assert ran.code not in {0, 2, 3}, ran.log
    assert not (stubbed.folder / "called.json").exists()


def test_the_jobs_run_for_what_they_are_meant_for() -> None:
    assert merged(".device-certificates-gate")["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]
    assert merged(".device-certificates-nightly")["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]


def test_reports_are_kept_whatever_was_found_and_junit_is_read() -> None:
    artifacts = merged(".device-certificates-gate")["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["reports"] == {"junit": "device-certificates-reports/junit.xml"}


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_the_stacks_of_a_matrix_are_merged_and_commented_on_as_one(
    stubbed: Pipeline, tmp_path: Path, shell: str
) -> None:
    # Each job of the matrix leaves its report where the artifacts of all meet.
    for number, stack in enumerate(("east", "west")):
        reports = stubbed.folder / "device-certificates-reports"
        reports.mkdir(exist_ok=True)
        (reports / "report.json").write_text(render(fleet_report(stack, "01"), "json"), encoding="utf-8")
        shutil.copy(reports / "report.json", tmp_path / "kept.json")
        stub_program(tmp_path / "stub" / "program", code=0)
        stub = (tmp_path / "stub" / "program").read_text(encoding="utf-8")
        copied = f"files['json'].write_text(pathlib.Path({str(tmp_path / 'kept.json')!r}).read_text())\nsys.exit"
        (tmp_path / "stub" / "program").write_text(stub.replace("sys.exit(0)", f"{copied}(0)"), encoding="utf-8")
        assert stubbed.run(".device-certificates-gate", shell=shell, CI_JOB_ID=str(number)).code == 0
    (tmp_path / "stub" / "program").write_text(
        f"#!{sys.executable}\nimport sys\nfrom alicloud_device_certificates.cli import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    service = GitLab({TOKEN: PROJECT_BOT})
    with served(service.respond) as address:
        ran = stubbed.run(
            ".device-certificates-merge",
            shell=shell,
            GITLAB_TOKEN=TOKEN,
            CI_API_V4_URL=f"{address}/api/v4",
            CI_PROJECT_ID="42",
            CI_MERGE_REQUEST_IID="7",
        )
    assert ran.code == 3, ran.log
    assert "fleet/east: meters/01: it has the same public key as fleet/west: meters/01" in ran.log
    assert stubbed.kept == REPORTS
    (comment,) = service.comments
    assert comment["body"].startswith("<!-- device-certificates: merged -->")
