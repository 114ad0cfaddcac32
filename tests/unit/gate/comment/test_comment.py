"""One comment on a pull or merge request: made once, edited from then on, and only ever one's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gate.comment.fake_forges import BOT, PROJECT_BOT, Forge, GitHub, GitLab

from alicloud_device_certificates.gate.comment.comment import marker_of, put_comment
from alicloud_device_certificates.gate.comment.forges import CommentError, CommentThread, find_thread

TOKEN = "token-of-this-job-0123456789"
MARKER = "<!-- device-certificates: fleet/prod -->"
REPORT = f"{MARKER}\n## fleet/prod: nothing to do\n"
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_API_URL": "https://api.github.example",
    "GITHUB_GRAPHQL_URL": "https://api.github.example/graphql",
    "GITHUB_REPOSITORY": "octo/fleet",
    "GITHUB_REF": "refs/pull/7/merge",
    "GITHUB_TOKEN": TOKEN,
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_IID": "7",
    "GITLAB_TOKEN": TOKEN,
}


@dataclasses.dataclass
class Setting:
    """A forge, the conversation in it, the author that the token is, and another."""

    forge: Forge
    where: CommentThread
    me: Any
    stranger: Any

    def put(self, markdown: str = REPORT) -> str:
        return put_comment(markdown, self.where, transport=self.forge.transport())

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.forge.comments]


def on_github(**changed: str) -> Setting:
    where = find_thread({**GITHUB, **changed})
    assert where is not None
    return Setting(GitHub({TOKEN: BOT}), where, BOT, "mallory")


def on_gitlab(**changed: str) -> Setting:
    where = find_thread({**GITLAB, **changed})
    assert where is not None
    return Setting(GitLab({TOKEN: PROJECT_BOT}), where, PROJECT_BOT, 666)


@pytest.fixture(params=[on_github, on_gitlab], ids=["GitHub", "GitLab"])
def setting(request: pytest.FixtureRequest) -> Setting:
    make: Callable[[], Setting] = request.param
    return make()


def shown(put: Callable[[], object]) -> str:
    with pytest.raises(CommentError) as raised:
        put()
    text = str(raised.value)
    assert "\n" not in text
    assert TOKEN not in text
    return text


def test_the_first_run_makes_the_comment_and_every_other_edits_it(setting: Setting) -> None:
    assert setting.put() == "created"
    assert setting.bodies() == [REPORT]
    worse = f"{MARKER}\n## fleet/prod: 1 fails\n"
    assert setting.put(worse) == "updated"
    assert setting.bodies() == [worse]
    assert setting.put(worse) == "updated", "nothing changed"
    assert setting.bodies() == [worse]


def test_another_stack_has_a_comment_of_its_own(setting: Setting) -> None:
    other = REPORT.replace("fleet/prod", "fleet/test")
    assert (setting.put(), setting.put(other), setting.put()) == ("created", "created", "updated")
    assert setting.bodies() == [REPORT, other]


def test_a_strangers_comment_with_the_marker_is_left_alone(setting: Setting) -> None:
    setting.forge.add(setting.stranger, REPORT)
    assert setting.put(f"{MARKER}\nours\n") == "created"
    assert setting.put(f"{MARKER}\nours again\n") == "updated"
    assert setting.bodies() == [REPORT, f"{MARKER}\nours again\n"]


def test_a_marker_that_is_not_the_first_line_is_a_quotation(setting: Setting) -> None:
    quoted = f"> {MARKER}\n\n{MARKER}\n"
    setting.forge.add(setting.me, quoted)
    assert setting.put() == "created"
    assert setting.bodies() == [quoted, REPORT]


def test_line_ends_that_the_web_page_made_are_no_difference(setting: Setting) -> None:
    setting.forge.add(setting.me, REPORT.replace("\n", "\r\n"))
    assert setting.put() == "updated"


@pytest.mark.parametrize("before", [0, 99, 100, 101, 250])
def test_the_comment_is_found_on_whichever_page(setting: Setting, before: int) -> None:
    for number in range(before):
        setting.forge.add(setting.stranger, f"comment {number}")
    setting.forge.add(setting.me, REPORT)
    for number in range(120):
        setting.forge.add(setting.stranger, f"comment {number} after it")
    assert setting.put() == "updated"
    assert setting.bodies().count(REPORT) == 1


def test_pages_may_be_smaller_than_what_was_asked_for(setting: Setting) -> None:
    setting.forge.page_limit = 2
    for number in range(5):
        setting.forge.add(setting.stranger, f"comment {number}")
    assert (setting.put(), setting.put()) == ("created", "updated")


def test_the_oldest_of_ones_own_is_edited_when_two_runs_made_one_each(setting: Setting) -> None:
    setting.forge.add(setting.me, REPORT)
    setting.forge.add(setting.me, REPORT)
    assert setting.put(f"{MARKER}\nnew\n") == "updated"
    assert setting.bodies() == [f"{MARKER}\nnew\n", REPORT]


def test_a_comment_of_a_deleted_account_is_nobodys() -> None:
    setting = on_github()
    setting.forge.add(None, REPORT)
    assert setting.put() == "created"


def test_a_fork_is_told_which_permission_there_is_not() -> None:
    setting = on_github()
    setting.forge.may_write = False
    assert shown(setting.put) == (
        "POST https://api.github.example/repos/octo/fleet/issues/7/comments: HTTP 403; Resource not accessible by "
        "integration; add `permissions: pull-requests: write` to the job; pull requests from forks never have it"
    )
    setting = on_gitlab()
    setting.forge.may_write = False
    assert shown(setting.put) == (
        "POST https://gitlab.example/api/v4/projects/42/merge_requests/7/notes: HTTP 403; 403 Forbidden; GITLAB_TOKEN "
        "must be an access token of this project with the scope `api` and the role Developer"
    )


def test_a_request_that_the_token_must_not_see_is_told_like_one(setting: Setting) -> None:
    url = setting.where.comments_url.replace("42", "43").replace("fleet", "secret")
    setting.where = dataclasses.replace(setting.where, comments_url=url)
    assert "HTTP 404; " in shown(setting.put)
    assert setting.where.permission in shown(setting.put)


def test_a_token_that_is_not_known_is_one_line_without_it(setting: Setting) -> None:
    setting.forge.tokens = {}
    assert shown(setting.put).endswith("; the token was rejected")


def answering(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: response)


def test_a_service_that_echoes_the_token_does_not_make_it_known(setting: Setting) -> None:
    for echo in ({"message": f"who is {TOKEN}?"}, {"message": {"token": [TOKEN]}}, {"error": TOKEN}):
        put = partial(put_comment, REPORT, setting.where, transport=answering(httpx.Response(500, json=echo)))
        assert "[secure]" in shown(put)
    assert TOKEN not in repr(setting.where)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (httpx.Response(301, headers={"Location": "https://elsewhere.example/"}), "HTTP 301"),
        (httpx.Response(502, text="<html>\nBad gateway"), "HTTP 502"),
        (httpx.Response(200, text="<html>"), "the response is not JSON"),
        (httpx.Response(200, json=[]), "returned no identity for this token"),
        (httpx.Response(200, json={"errors": [{"message": "no"}]}), "returned no identity for this token"),
        (
            httpx.Response(200, json={"id": 1, "data": {"viewer": {"login": "me"}}}),
            "the response is not a list of comments",
        ),
    ],
)
def test_an_answer_that_cannot_be_used_is_one_line(setting: Setting, response: httpx.Response, says: str) -> None:
    assert says in shown(lambda: put_comment(REPORT, setting.where, transport=answering(response)))


def test_no_answer_is_one_line(setting: Setting) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("timed out", request=request)

    transport = httpx.MockTransport(fail)
    assert shown(lambda: put_comment(REPORT, setting.where, transport=transport)).endswith(": timed out")


def test_the_token_goes_nowhere_that_an_answer_names() -> None:
    setting = on_github()
    hosts = []

    def respond(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return setting.forge.respond(request)

    setting.forge.page_limit = 1
    for _ in range(3):
        setting.forge.add(setting.stranger, "a page of its own")
    put_comment(REPORT, setting.where, transport=httpx.MockTransport(respond))
    assert set(hosts) == {"api.github.example"}


@pytest.mark.parametrize(
    "address", ["http://github.example", "ftp://github.example", "github.example", "http://10.0.0.1"]
)
def test_only_tls_or_this_machine_is_talked_to(address: str) -> None:
    setting = on_github(GITHUB_API_URL=address, GITHUB_GRAPHQL_URL=f"{address}/graphql")
    assert "use https or an address of this machine" in shown(setting.put)
    assert setting.forge.calls == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])
def test_this_machine_is_talked_to_in_plain(address: str) -> None:
    setting = on_github(GITHUB_API_URL=address, GITHUB_GRAPHQL_URL=f"{address}/graphql")
    assert setting.put() == "created"


def test_an_address_that_is_none_is_one_line() -> None:
    setting = on_github(GITHUB_GRAPHQL_URL="https://github.example:graphql")
    assert shown(setting.put) == "the API's address is not a URL"


def test_an_address_with_a_password_is_refused_without_it() -> None:
    setting = on_github(GITHUB_GRAPHQL_URL="https://me:hunter2@github.example/graphql")
    assert "hunter2" not in shown(setting.put)


@pytest.mark.parametrize("text", ["", "# Report\n", f" {MARKER}", f"\n{MARKER}", "<!-- device-certificates: a --> <b>"])
def test_a_file_without_the_marker_is_refused(setting: Setting, text: str) -> None:
    assert "its first line is not the marker" in shown(lambda: setting.put(text))
    assert setting.forge.calls == []


@given(st.text())
def test_what_is_taken_for_a_marker_is_one_hidden_line(text: str) -> None:
    for markdown in (text, f"<!-- device-certificates: {text} -->\n"):
        try:
            marker = marker_of(markdown)
        except CommentError:
            continue
        assert markdown.startswith(marker)
        assert "\n" not in marker
        assert marker.index("-->") == len(marker) - 3
