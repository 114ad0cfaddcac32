"""The comments of a CI job's pull request (GitHub) or merge request (GitLab), found from the job's environment.

``CommentThread`` holds all differences between the two APIs, so ``comment.py`` serves both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alicloud_device_certificates.gate.errors import GateError

_NUMBER = re.compile(r"[1-9][0-9]*")
_TOKEN = re.compile(r"[\x21-\x7e]+")


class CommentError(GateError):
    """The comment cannot be written: one line with the reason, without the token."""

    fix = "Check the token's permissions and the pull or merge request."


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRequest:
    """The request that returns the token's own user."""

    method: str
    url: str
    body: Mapping[str, Any] | None = None
    path: tuple[str, ...]
    """The keys of the user in the JSON response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentThread:
    """The comments of one pull or merge request, and how to read and write them."""

    title: str
    headers: Mapping[str, str] = field(repr=False)
    token: str = field(repr=False)
    comments_url: str
    """Lists comments (GET, with the query ``oldest_first``) and creates them (POST)."""
    oldest_first: str
    comment_url: str
    """With a slash and its ID, the address of one comment."""
    edit_method: str
    identity: IdentityRequest
    author: tuple[str, ...]
    """The keys of the author in a comment, to compare with the identity."""
    permission: str
    """What to do if the API denies access."""


def find_thread(environment: Mapping[str, str], number: int | None = None) -> CommentThread | None:
    """Return the comments of the request that this job runs for; None if it runs for none. Raise CommentError.

    ``number`` names a request of the job's repository or project, for events that do not carry one.
    """
    given = None if number is None else str(number)
    if environment.get("GITHUB_ACTIONS") == "true":
        return _on_github(environment, given)
    if environment.get("GITLAB_CI") == "true":
        return _on_gitlab(environment, given)
    raise CommentError("this is not a job of GitHub Actions (GITHUB_ACTIONS) or GitLab CI (GITLAB_CI)")


def _on_github(environment: Mapping[str, str], given: str | None) -> CommentThread | None:
    number = given or _pull_request_number(environment)
    if number is None:
        return None
    token = _token(environment, "GITHUB_TOKEN")
    api = _required(environment, "GITHUB_API_URL").rstrip("/")
    repository = _required(environment, "GITHUB_REPOSITORY")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise CommentError("GITHUB_REPOSITORY is not OWNER/NAME")
    return CommentThread(
        title=f"pull request {number} of {repository}",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        token=token,
        comments_url=f"{api}/repos/{repository}/issues/{number}/comments",
        oldest_first="per_page=100",
        comment_url=f"{api}/repos/{repository}/issues/comments",
        edit_method="PATCH",
        # A job's token belongs to an app. REST (GET /user) does not identify it; GraphQL does.
        identity=IdentityRequest(
            method="POST",
            url=_required(environment, "GITHUB_GRAPHQL_URL"),
            body={"query": "query { viewer { login } }"},
            path=("data", "viewer", "login"),
        ),
        author=("user", "login"),
        permission="add `permissions: pull-requests: write` to the job; pull requests from forks never have it",
    )


def _on_gitlab(environment: Mapping[str, str], given: str | None) -> CommentThread | None:
    number = given or environment.get("CI_MERGE_REQUEST_IID", "")
    if not number:
        return None
    # A fork's pipeline runs in the fork's project; the merge request belongs to the target project.
    project = environment.get("CI_MERGE_REQUEST_PROJECT_ID") or _required(environment, "CI_PROJECT_ID")
    for name, value in (("CI_MERGE_REQUEST_IID", number), ("the project's ID", project)):
        if not _NUMBER.fullmatch(value):
            raise CommentError(f"{name} is not a number")
    # GitLab does not let CI_JOB_TOKEN write comments.
    token = _token(environment, "GITLAB_TOKEN")
    api = _required(environment, "CI_API_V4_URL").rstrip("/")
    notes = f"{api}/projects/{project}/merge_requests/{number}/notes"
    return CommentThread(
        title=f"merge request {number} of project {project}",
        headers={"PRIVATE-TOKEN": token},
        token=token,
        comments_url=notes,
        oldest_first="per_page=100&sort=asc&order_by=created_at",
        comment_url=notes,
        edit_method="PUT",
        identity=IdentityRequest(method="GET", url=f"{api}/user", path=("id",)),
        author=("author", "id"),
        permission="GITLAB_TOKEN must be an access token of this project with the scope `api` and the role Developer",
    )


def _pull_request_number(environment: Mapping[str, str]) -> str | None:
    """Return the number from the event that started the workflow, else from the ref ``refs/pull/7/merge``."""
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    for kind in ("pull_request", "issue"):
        found = event.get(kind)
        # In the event of a comment, a pull request is an issue with the key pull_request.
        if isinstance(found, dict) and (kind == "pull_request" or found.get("pull_request")):
            number = str(found.get("number"))
            if _NUMBER.fullmatch(number):
                return number
    match = re.fullmatch(r"refs/pull/([1-9][0-9]*)/\w+", environment.get("GITHUB_REF", ""), re.ASCII)
    return match[1] if match else None


def _event(path: str) -> Mapping[str, Any]:
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise CommentError(f"{name} is not set")
    return value


def _token(environment: Mapping[str, str], name: str) -> str:
    token = _required(environment, name).strip()
    # The HTTP client's error would quote a token that is not a valid header.
    if not _TOKEN.fullmatch(token):
        raise CommentError(f"{name} contains characters that are invalid in a token")
    return token
