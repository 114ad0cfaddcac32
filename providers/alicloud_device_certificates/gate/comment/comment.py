"""One comment on a pull or merge request, which each run edits, also when nothing changed.

It is found again by the report's first line, a hidden marker that names project and stack. Only a comment whose author
is the token's own is ever edited: anybody can write that line, and who wrote a comment can change it back.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from alicloud_device_certificates.contract.text import safe_text
from alicloud_device_certificates.gate.comment.forges import CommentError, CommentThread

if TYPE_CHECKING:
    import httpx

_MARKER = re.compile(r"<!-- device-certificates: (?:(?!--).)+ -->")
_TIMEOUT_S = 30.0


def marker_of(markdown: str) -> str:
    """Take the hidden marker from a report's first line; raises CommentError where there is none."""
    marker = _first_line(markdown)
    if not _MARKER.fullmatch(marker):
        raise CommentError(
            "its first line is not the marker of a Markdown report (device-certificates preview --markdown)"
        )
    return marker


def put_comment(
    markdown: str, where: CommentThread, *, transport: httpx.BaseTransport | None = None
) -> Literal["made", "edited"]:
    """Put a Markdown report on a request: edit the comment of an earlier run, else make one. Raises CommentError."""
    import httpx

    marker = marker_of(markdown)
    with httpx.Client(headers=where.headers, timeout=_TIMEOUT_S, follow_redirects=False, transport=transport) as client:
        api = _Api(client, where)
        mine = _found(where.identity.path, api.call(where.identity.method, where.identity.url, where.identity.body))
        if mine is None:
            raise CommentError(f"{where.identity.url}: does not say whose token this is")
        for comment in api.comments():
            number = comment.get("id")
            own = _found(where.author, comment) == mine and isinstance(number, int)
            if own and _first_line(str(comment.get("body"))) == marker:
                api.call(where.edit_method, f"{where.comment_url}/{number}", {"body": markdown})
                return "edited"
        api.call("POST", where.comments_url, {"body": markdown})
        return "made"


class _Api:
    """Calls with the token, and errors without it."""

    def __init__(self, client: httpx.Client, where: CommentThread) -> None:
        self._client = client
        self._where = where

    def call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> object:
        """Make one call and give the JSON of its answer. Raises CommentError."""
        return self._json(self._answer(method, url, body), what=f"{method} {url}")

    def comments(self) -> Iterator[Mapping[str, Any]]:
        """Every comment of the request, page by page, oldest first."""
        for page in itertools.count(1):
            # Counted, and not taken from the link: the token goes nowhere that an answer names.
            url = f"{self._where.comments_url}?{self._where.oldest_first}&page={page}"
            answer = self._answer("GET", url, None)
            comments = self._json(answer, what=f"GET {url}")
            if not isinstance(comments, list):
                raise CommentError(f"GET {url}: the answer is no list of comments")
            yield from (comment for comment in comments if isinstance(comment, dict))
            if not comments or not ("next" in answer.links or answer.headers.get("X-Next-Page")):
                return

    def _answer(self, method: str, url: str, body: Mapping[str, Any] | None) -> httpx.Response:
        import httpx

        what = f"{method} {url}"
        _check(url)
        try:
            answer = self._client.request(method, url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CommentError(f"{what}: {self._safe(str(error) or type(error).__name__)}") from None
        if not answer.is_success:
            parts = [
                f"{what}: HTTP {answer.status_code}",
                self._message(answer),
                _advice(answer.status_code, self._where),
            ]
            raise CommentError("; ".join(part for part in parts if part))
        return answer

    def _json(self, answer: httpx.Response, *, what: str) -> object:
        try:
            parsed: object = answer.json()
        except ValueError:
            raise CommentError(f"{what}: the answer is not JSON") from None
        return parsed

    def _message(self, answer: httpx.Response) -> str:
        try:
            said = answer.json()
        except ValueError:
            return ""
        said = said.get("message", said.get("error", "")) if isinstance(said, dict) else ""
        return self._safe(said if isinstance(said, str) else json.dumps(said))

    def _safe(self, text: str) -> str:
        return safe_text(text, secrets=(self._where.token,))


def _advice(status: int, where: CommentThread) -> str:
    if status == 401:
        return "the token is not accepted"
    # Both APIs may also say that what the token must not see is not there.
    return where.permission if status in {403, 404} else ""


def _check(url: str) -> None:
    """A token goes over TLS, or stays on this machine."""
    import httpx

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise CommentError("the API's address is not a URL") from None
    if parsed.userinfo:
        raise CommentError("the API's address must not hold a user name or a password")
    if parsed.scheme == "https":
        return
    from alicloud_device_certificates.contract.loopback import is_loopback

    if parsed.scheme != "http" or not is_loopback(parsed.host):
        raise CommentError(f"{url}: only https is taken, or this machine's own address")


def _found(path: tuple[str, ...], answer: object) -> str | None:
    """Follow keys into a JSON answer: a non-empty text or a number, as text."""
    for key in path:
        answer = answer.get(key) if isinstance(answer, dict) else None
    return str(answer) if isinstance(answer, str | int) and answer != "" else None


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip()
