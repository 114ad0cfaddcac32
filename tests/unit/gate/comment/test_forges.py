"""Which pull or merge request a CI job runs for, according to its environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.gate.comment.test_comment import GITHUB, GITLAB, TOKEN

from alicloud_device_certificates.gate.comment.forges import CommentError, find_thread


def title(environment: dict[str, str]) -> str | None:
    where = find_thread(environment)
    return None if where is None else where.title


@pytest.mark.parametrize(
    ("event", "number"),
    [
        ({"pull_request": {"number": 12}}, 12),
        ({"issue": {"number": 13, "pull_request": {"url": "..."}}}, 13),
        ({"issue": {"number": 14}}, None),
        ({"schedule": "0 3 * * *"}, None),
        ({"pull_request": {"number": "../../user"}}, None),
        ({"pull_request": None}, None),
        ([], None),
    ],
)
def test_github_tells_the_number_in_the_event(tmp_path: Path, event: Any, number: int | None) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event), encoding="utf-8")
    environment = {**GITHUB, "GITHUB_EVENT_PATH": str(path), "GITHUB_REF": "refs/heads/main"}
    assert title(environment) == (number and f"pull request {number} of octo/fleet")


@pytest.mark.parametrize(
    ("ref", "number"),
    [
        ("refs/pull/7/merge", 7),
        ("refs/pull/8/head", 8),
        ("refs/heads/main", None),
        ("refs/heads/refs/pull/7/merge", None),
    ],
)
def test_github_tells_the_number_in_the_ref_too(tmp_path: Path, ref: str, number: int | None) -> None:
    for path in ("", str(tmp_path / "missing.json"), str(tmp_path)):
        environment = {**GITHUB, "GITHUB_EVENT_PATH": path, "GITHUB_REF": ref}
        assert title(environment) == (number and f"pull request {number} of octo/fleet")


def test_gitlab_names_the_project_that_the_merge_request_is_in() -> None:
    assert title(GITLAB) == "merge request 7 of project 42"
    assert title({**GITLAB, "CI_MERGE_REQUEST_PROJECT_ID": "43"}) == "merge request 7 of project 43", "from a fork"
    assert title({name: value for name, value in GITLAB.items() if name != "CI_MERGE_REQUEST_IID"}) is None


def test_a_number_that_is_given_takes_precedence_over_the_jobs_own() -> None:
    by_hand = {**GITHUB, "GITHUB_REF": "refs/heads/main"}
    for environment in (by_hand, {**GITHUB, "GITHUB_REF": "refs/pull/7/merge"}):
        thread = find_thread(environment, 12)
        assert thread is not None
        assert thread.title == "pull request 12 of octo/fleet"
    without = {name: value for name, value in GITLAB.items() if name != "CI_MERGE_REQUEST_IID"}
    for environment in (without, GITLAB):
        thread = find_thread(environment, 12)
        assert thread is not None
        assert thread.title == "merge request 12 of project 42"


def test_a_job_for_no_request_needs_no_token() -> None:
    assert title({"GITHUB_ACTIONS": "true"}) is None
    assert title({"GITLAB_CI": "true"}) is None


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "this is not a job of GitHub Actions (GITHUB_ACTIONS) or GitLab CI (GITLAB_CI)"),
        ({**GITHUB, "GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set"),
        (
            {**GITHUB, "GITHUB_TOKEN": f"{TOKEN}\nX-Other: header"},
            "GITHUB_TOKEN contains characters that are invalid in a token",
        ),
        ({**GITHUB, "GITHUB_TOKEN": "geheimnüs"}, "GITHUB_TOKEN contains characters that are invalid in a token"),
        ({**GITHUB, "GITHUB_API_URL": ""}, "GITHUB_API_URL is not set"),
        ({**GITHUB, "GITHUB_GRAPHQL_URL": ""}, "GITHUB_GRAPHQL_URL is not set"),
        ({**GITHUB, "GITHUB_REPOSITORY": "octo/fleet/../other"}, "GITHUB_REPOSITORY is not OWNER/NAME"),
        ({**GITLAB, "GITLAB_TOKEN": ""}, "GITLAB_TOKEN is not set"),
        ({**GITLAB, "CI_MERGE_REQUEST_IID": "7/../../8"}, "CI_MERGE_REQUEST_IID is not a number"),
        ({**GITLAB, "CI_PROJECT_ID": "a/b"}, "the project's ID is not a number"),
        ({**GITLAB, "CI_PROJECT_ID": ""}, "CI_PROJECT_ID is not set"),
    ],
)
def test_an_environment_that_will_not_do_is_one_line(environment: dict[str, str], message: str) -> None:
    with pytest.raises(CommentError) as raised:
        find_thread(environment)
    assert str(raised.value) == message


def test_a_token_may_end_with_the_newline_of_its_file() -> None:
    where = find_thread({**GITHUB, "GITHUB_TOKEN": f"{TOKEN}\n"})
    assert where is not None
    assert where.headers["Authorization"] == f"Bearer {TOKEN}"
