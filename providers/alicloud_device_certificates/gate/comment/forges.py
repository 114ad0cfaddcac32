"""Where a CI job's pull request (GitHub) or merge request (GitLab) keeps its comments, as the job's environment tells.

Both APIs are the same but for what a :class:`CommentThread` holds, so that comment.py is written once.
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
    """A comment cannot be put on the request: one line that says why, and holds no token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an API, and where in its JSON answer the value is that it is made for."""

    method: str
    url: str
    body: Mapping[str, Any] | None = None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentThread:
    """The comments of one pull or merge request.

    ``comments_url`` takes new ones and, with ``oldest_first``, lists those that there are; a comment itself is at
    ``comment_url`` and its ID. ``identity`` asks who the token is, for the comparison with a comment's ``author``.
    """

    title: str
    headers: Mapping[str, str] = field(repr=False)
    token: str = field(repr=False)
    comments_url: str
    oldest_first: str
    comment_url: str
    edit_method: str
    identity: Call
    author: tuple[str, ...]
    permission: str


def find_thread(environment: Mapping[str, str]) -> CommentThread | None:
    """Find the request that this job runs for; None where it runs for none. Raises CommentError."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return _on_github(environment)
    if environment.get("GITLAB_CI") == "true":
        return _on_gitlab(environment)
    raise CommentError("this is no job of GitHub Actions (GITHUB_ACTIONS) or GitLab CI (GITLAB_CI)")


def _on_github(environment: Mapping[str, str]) -> CommentThread | None:
    number = _pull_request_number(environment)
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
        # The token of a job is an app's, to which REST does not say who it is (GET /user); GraphQL does.
        identity=Call(
            method="POST",
            url=_required(environment, "GITHUB_GRAPHQL_URL"),
            body={"query": "query { viewer { login } }"},
            path=("data", "viewer", "login"),
        ),
        author=("user", "login"),
        permission="give the job `permissions: pull-requests: write`; a pull request from a fork never has it",
    )


def _on_gitlab(environment: Mapping[str, str]) -> CommentThread | None:
    number = environment.get("CI_MERGE_REQUEST_IID", "")
    if not number:
        return None
    # A fork's pipeline runs in the fork's project; the merge request is the target's.
    project = environment.get("CI_MERGE_REQUEST_PROJECT_ID") or _required(environment, "CI_PROJECT_ID")
    for name, value in (("CI_MERGE_REQUEST_IID", number), ("the project's ID", project)):
        if not _NUMBER.fullmatch(value):
            raise CommentError(f"{name} is not a number")
    # Not CI_JOB_TOKEN: GitLab lets it write no notes.
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
        identity=Call(method="GET", url=f"{api}/user", path=("id",)),
        author=("author", "id"),
        permission="GITLAB_TOKEN must be an access token of this project with the scope `api` and the role Developer",
    )


def _pull_request_number(environment: Mapping[str, str]) -> str | None:
    """From the event that started the workflow, else from the ref ``refs/pull/7/merge``."""
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    for kind in ("pull_request", "issue"):
        found = event.get(kind)
        # A comment's event calls a pull request an issue that has one.
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
    # What cannot go into a header would be quoted in full by the error.
    if not _TOKEN.fullmatch(token):
        raise CommentError(f"{name} holds characters that no token has")
    return token
