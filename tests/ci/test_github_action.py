"""The composite action: each of its steps run as written, on a real project, with a GitHub on loopback."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from tests.ci.github_job import ACTION, CHECKOUT, Job
from tests.ci.projects import REPORT, FleetProject, offline_python, stub_program
from tests.unit.gate.comment.fake_forges import BOT, GitHub, served

from alicloud_device_certificates.gate.options import OPTIONS
from alicloud_device_certificates.gate.reports import FORMATS

TOKEN = "ghs_token-of-this-job-0123456789"
REQUEST_TOKEN = "token-that-may-ask-for-tokens"
ID_TOKEN = "eyJhbGciOiJSUzI1NiJ9.of-this-job.signature"
ROLE = {"role-arn": "acs:ram::1:role/gate", "oidc-provider-arn": "acs:ram::1:oidc-provider/github"}
INSTALLED = {"install": {"environment": sys.prefix}}
"""For the steps after the installation: the environment of the tests has the package."""
REPORTS = {each.file_name for each in FORMATS}
FAST = {"python-version": "", "stack": "test"}


class Service(GitHub):
    """GitHub's API, and the endpoint of a job's OIDC tokens."""

    def routed(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        if request.url.path == "/oidc/token":
            assert request.url.params["api-version"] == "2.0"
            if request.headers["Authorization"] != f"bearer {REQUEST_TOKEN}":
                return httpx.Response(401, json={"message": "no"})
            if request.url.params["audience"] != "sts.aliyuncs.com":
                return httpx.Response(400, json={"message": "no such audience"})
            return httpx.Response(200, json={"count": len(ID_TOKEN), "value": ID_TOKEN})
        return super().routed(request, body)


@pytest.fixture
def github() -> Iterator[tuple[Service, str]]:
    service = Service({TOKEN: BOT})
    with served(service.respond) as address:
        yield service, address


class Repository:
    """A checked-out repository, in which workflows run."""

    def __init__(self, folder: Path, address: str, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.artifacts: list[tuple[str, set[str]]] = []
        self.jobs = 0
        event = folder / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7}}), encoding="utf-8")
        self.environment = {
            **environment,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(CHECKOUT),
            "GITHUB_API_URL": address,
            "GITHUB_GRAPHQL_URL": f"{address}/graphql",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": "octo/fleet",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_WORKSPACE": str(folder),
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{address}/oidc/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
        }

    def job(self, **changed: str) -> Job:
        self.jobs += 1
        folder = self.folder / f"job{self.jobs}"
        (folder / "temporary").mkdir(parents=True)
        return Job(
            folder,
            {**self.environment, "RUNNER_TEMP": str(folder / "temporary"), **changed},
            {"token": TOKEN},
            {"actions/upload-artifact": self.upload},
        )

    def upload(self, inputs: Mapping[str, str]) -> Mapping[str, str]:
        self.artifacts.append((inputs["name"], {path.name for path in (self.folder / inputs["path"]).iterdir()}))
        return {}


@pytest.fixture
def repository(tmp_path: Path, github: tuple[Service, str]) -> Repository:
    """One with no Pulumi project that could be used."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return Repository(tmp_path, github[1], {"PATH": path, "HOME": str(tmp_path)})


def names(job: Job) -> list[str]:
    return [ran.name for ran in job.ran]


AFTER_THE_GATE = ["Comment on the pull request", "Keep the reports", "Exit with the gate's code"]


def test_a_pull_request_is_judged_by_each_push(tmp_path: Path, github: tuple[Service, str]) -> None:
    """All steps as written, the installation too, which has to do without a network (see `offline_python`)."""
    service, address = github
    project = FleetProject(tmp_path / "fleet", {"gateway-01": "356217374433aa01", "sensor-01": "356217374433aa03"})
    project.run("pulumi up --yes")
    python, offline = offline_python(tmp_path)
    repository = Repository(tmp_path, address, {**project.environment, **offline})

    installed: dict[str, dict[str, str]] = {}  # once is enough

    def push() -> tuple[Job, dict[str, str]]:
        job = repository.job()
        job.actions = {**job.actions, "actions/setup-python": lambda _: {"python-path": str(python)}}
        given = {"stack": "test", "working-directory": "fleet", "fail-within": "7d", **ROLE}
        outputs = job.use(given, but=installed)
        installed["install"] = job.steps["install"]
        assert "Set up Pulumi" not in names(job), "there is one"
        assert names(job)[-3:] == AFTER_THE_GATE, job.log
        assert REQUEST_TOKEN not in job.log
        assert ID_TOKEN not in job.log.replace(f"::add-mask::{ID_TOKEN}\n", "")
        assert outputs["exit-code"] == str(job.code)
        assert repository.artifacts[-1] == ("device-certificates-fleet-test", REPORTS)
        assert [comment["body"] for comment in service.comments] == [job.summary]
        assert job.summary.startswith("<!-- device-certificates: fleet/test -->\n")
        report = json.loads(Path(outputs["json"]).read_text(encoding="utf-8"))
        assert report["stack"] == "test"
        return job, outputs

    job, _ = push()
    assert job.code == 0, job.log
    assert "Install the gate" in names(job)
    assert "created the comment on pull request 7 of octo/fleet" in job.log
    assert project.seen["environment"] == {
        "ALIBABA_CLOUD_ROLE_ARN": ROLE["role-arn"],
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": ROLE["oidc-provider-arn"],
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": project.seen["environment"]["ALIBABA_CLOUD_OIDC_TOKEN_FILE"],
        "ACTIONS_ID_TOKEN_REQUEST_URL": repository.environment["ACTIONS_ID_TOKEN_REQUEST_URL"],
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
    }
    assert (project.seen["token"], project.seen["mode"]) == (ID_TOKEN, "0o600")
    assert not Path(project.seen["environment"]["ALIBABA_CLOUD_OIDC_TOKEN_FILE"]).exists(), "it is gone with the step"

    project.run("device-certificates emulator rotate gateway-01")
    project.run("device-certificates emulator deactivate sensor-01")
    job, outputs = push()
    assert job.code == 3, job.log
    assert "updated the comment on pull request 7 of octo/fleet" in job.log
    kinds = re.findall(r'"kind": ?"(\w+)"', Path(outputs["json"]).read_text(encoding="utf-8"))
    assert {"rotated", "inactive"} <= set(kinds)


def test_the_nightly_check_fails_for_what_is_deployed_and_ends(tmp_path: Path, github: tuple[Service, str]) -> None:
    service, address = github
    project = FleetProject(tmp_path / "fleet", {"expiring-01": "356217374433aa05"})
    project.run("pulumi up --yes")
    (project.folder / "seen.json").unlink()
    repository = Repository(project.folder, address, project.environment)
    Path(repository.environment["GITHUB_EVENT_PATH"]).write_text('{"schedule": "23 3 * * *"}', encoding="utf-8")
    job = repository.job(GITHUB_REF="refs/heads/main")
    workflow = yaml.safe_load((CHECKOUT / "ci" / "github-nightly.yml").read_text(encoding="utf-8"))
    (given,) = [step["with"] for step in workflow["jobs"]["expiry"]["steps"] if step.get("with", {}).get("stack")]
    outputs = job.use({**given, **FAST}, but=INSTALLED)
    assert (job.code, outputs["exit-code"]) == (3, "3"), job.log
    assert "expires" in job.summary
    assert "this job has no pull or merge request" in job.log
    assert repository.artifacts == [("device-certificates-fleet-test", REPORTS)]
    assert service.calls == []
    assert not (project.folder / "seen.json").exists(), "the program was run"


def test_a_gate_that_cannot_be_made_fails_with_1_and_edits_what_an_earlier_one_said(
    repository: Repository, github: tuple[Service, str]
) -> None:
    service, _ = github
    service.add(BOT, "<!-- device-certificates: /test -->\nAll is well.\n")
    job = repository.job()
    outputs = job.use({**FAST, "fail-within": "soon"}, but={**INSTALLED, "engine": {"found": "true"}})
    assert (job.code, outputs["exit-code"]) == (1, "1")
    assert names(job)[-3:] == AFTER_THE_GATE
    (comment,) = service.comments
    assert "is not a threshold" in comment["body"]
    assert comment["body"] == job.summary
    assert repository.artifacts == [("device-certificates-test", REPORTS)]


def test_what_the_preview_prints_is_no_command_to_the_runner(
    repository: Repository, gate_stub: dict[str, dict[str, str]]
) -> None:
    job = repository.job()
    job.use(FAST, but=gate_stub)
    (log,) = [ran.log.splitlines() for ran in job.ran if ran.name == "Run the gate"]
    guard = log[0].removeprefix("::stop-commands::")
    assert len(guard) == 32
    assert log[log.index("::error::said by a certificate") + 1 :] == [f"::{guard}::"]
    again = repository.job()
    again.use(FAST, but=gate_stub)
    assert guard not in again.log, "nobody can know it beforehand"


def test_without_a_pulumi_cli_one_is_set_up(repository: Repository) -> None:
    job = repository.job()
    wanted: list[Mapping[str, str]] = []

    def set_up(inputs: Mapping[str, str]) -> Mapping[str, str]:
        wanted.append(inputs)
        return {}

    job.actions = {**job.actions, "pulumi/actions": set_up}
    job.use({**FAST, "pulumi-version": "3.240.0"}, but=INSTALLED)
    assert wanted == [{"pulumi-version": "3.240.0"}]


@pytest.fixture
def gate_stub(tmp_path: Path) -> dict[str, dict[str, str]]:
    """An environment whose gate is a stub, for the steps after the installation."""
    stub_program(tmp_path / "stub" / "bin" / "device-certificates", code=3)
    (tmp_path / "stub" / "bin" / "python").symlink_to(sys.executable)
    return {"install": {"environment": str(tmp_path / "stub")}, "engine": {"found": "true"}}


def called(repository: Repository) -> tuple[list[str], dict[str, str]]:
    """The words of the gate's command, and the options that were set by the environment."""
    words, variables = json.loads((repository.folder / "called.json").read_text(encoding="utf-8"))
    options = {option.variable for option in OPTIONS}
    return words, {name: value for name, value in variables.items() if name in options and value not in {"", "false"}}


def test_each_input_sets_its_option_whatever_it_holds(
    repository: Repository, gate_stub: dict[str, dict[str, str]]
) -> None:
    hostile = "$(touch pwned) \"; touch pwned; # --allow=expired'`touch pwned`"
    job = repository.job()
    given = {
        "working-directory": "--version",
        "stack": hostile,
        "config-file": hostile,
        "policy-pack": hostile,
        "warn-within": "30d",
        "max-age": "800d",
        "fail-within": "7d",
        "fail-on": "rotated,gone",
        "warn-on": hostile,
        "allow": hostile,
        "detailed-exitcode": "true",
        "diff": "true",
        "refresh": "true",
        "all": "true",
        "quiet": "true",
        "parallel": "4",
        "reports": "the reports",
        "artifact": 'a/b:"c"',
        "python-version": "",
    }
    outputs = job.use(given, but=gate_stub)
    assert called(repository) == (
        ["preview"],
        {
            "GATE_CWD": "--version",
            "GATE_STACK": hostile,
            "GATE_CONFIG_FILE": hostile,
            "GATE_POLICY_PACK": hostile,
            "GATE_WARN_WITHIN": "30d",
            "GATE_MAX_AGE": "800d",
            "GATE_FAIL_WITHIN": "7d",
            "GATE_FAIL_ON": "rotated,gone",
            "GATE_WARN_ON": hostile,
            "GATE_ALLOW": hostile,
            "GATE_DETAILED_EXITCODE": "true",
            "GATE_DIFF": "true",
            "GATE_REFRESH": "true",
            "GATE_ALL": "true",
            "GATE_QUIET": "true",
            "GATE_PARALLEL": "4",
            "GATE_REPORTS": "the reports",
        },
    )
    assert set(given) >= {option.input for option in OPTIONS if option.input}, "an input is not tried here"
    assert outputs == {
        "exit-code": "3",
        "reports": "the reports",
        "json": "the reports/report.json",
        "sarif": "the reports/report.sarif",
    }
    assert repository.artifacts == [("a-b--c-", {"report.md"})]
    assert job.code == 3
    assert not list(repository.folder.rglob("pwned"))


def test_what_is_not_given_is_left_to_the_stacks_config(
    repository: Repository, gate_stub: dict[str, dict[str, str]]
) -> None:
    repository.job().use(FAST, but=gate_stub)
    words, variables = called(repository)
    assert words == ["preview"]
    assert variables.keys() == {"GATE_CWD", "GATE_STACK", "GATE_REPORTS"}


def test_reports_of_an_earlier_run_are_not_taken_for_this_ones(
    repository: Repository, gate_stub: dict[str, dict[str, str]]
) -> None:
    reports = repository.folder / "reports"
    reports.mkdir()
    for name in (*REPORTS, "mine.txt"):
        (reports / name).write_text("old", encoding="utf-8")
    repository.job().use({**FAST, "reports": "reports"}, but=gate_stub)
    assert repository.artifacts == [("device-certificates-test", {"mine.txt", "report.md"})]


def test_only_preview_and_report_are_commands(repository: Repository, gate_stub: dict[str, dict[str, str]]) -> None:
    job = repository.job()
    job.use({**FAST, "command": "emulator"}, but=gate_stub)
    assert job.code == 1
    assert "GATE_COMMAND is neither preview nor report" in job.log


def test_the_comment_is_edited_also_when_nothing_changed(
    repository: Repository, gate_stub: dict[str, dict[str, str]], github: tuple[Service, str]
) -> None:
    for done in ("created", "updated", "updated"):
        job = repository.job()
        job.use(FAST, but=gate_stub)
        assert f"{done} the comment on pull request 7 of octo/fleet" in job.log
    assert [comment["body"] for comment in github[0].comments] == [REPORT]


def test_a_comment_is_made_only_where_it_is_wanted(
    repository: Repository, gate_stub: dict[str, dict[str, str]]
) -> None:
    job = repository.job()
    job.use({**FAST, "comment": "false"}, but=gate_stub)
    assert names(job)[-2:] == ["Keep the reports", "Exit with the gate's code"]
    assert "Comment on the pull request" not in names(job)


def test_a_comment_that_must_not_be_made_is_a_warning_and_the_gates_answer_stays(
    repository: Repository, gate_stub: dict[str, dict[str, str]], github: tuple[Service, str]
) -> None:
    github[0].may_write = False
    job = repository.job()
    job.use(FAST, but=gate_stub)
    assert "HTTP 403; Resource not accessible by integration" in job.log
    assert "::warning::the pull request has no comment with the report" in job.log
    assert repository.artifacts == [("device-certificates-test", {"report.md"})]
    assert job.code == 3
    assert TOKEN not in job.log


@pytest.mark.parametrize(
    ("inputs", "environment", "told"),
    [
        ({"role-arn": ROLE["role-arn"]}, {}, "role-arn is set without oidc-provider-arn"),
        (ROLE, {"ACTIONS_ID_TOKEN_REQUEST_URL": ""}, "add 'permissions: id-token: write'"),
        (ROLE, {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "another"}, "no OIDC token for the audience sts.aliyuncs.com"),
        ({**ROLE, "audience": "a&b=c"}, {}, "no OIDC token for the audience a&b=c"),
    ],
)
def test_without_an_oidc_token_nothing_is_previewed(
    repository: Repository,
    gate_stub: dict[str, dict[str, str]],
    inputs: dict[str, str],
    environment: dict[str, str],
    told: str,
) -> None:
    job = repository.job(**environment)
    outputs = job.use({**FAST, **inputs}, but=gate_stub)
    assert job.code == 1
    assert "::error::" in job.log
    assert told in job.log
    assert names(job)[-1] == "Request an OIDC token"
    assert outputs["exit-code"] == ""
    assert not (repository.folder / "called.json").exists()


def test_no_input_is_put_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
