"""One comment on a pull or merge request, which each run updates, even if nothing has changed.

It is found again by the report's first line, a hidden marker with project and stack. Only comments by the token's own
user are ever updated: anyone can write such a line, and the author of a comment can change it back.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from alicloud_device_certificates.contract.http_environment import ADVICE, client_fault
from alicloud_device_certificates.contract.proxies import proxy_for
from alicloud_device_certificates.contract.text import safe_text
from alicloud_device_certificates.gate.comment.forges import CommentError, CommentThread

if TYPE_CHECKING:
    import httpx

_MARKER = re.compile(r"<!-- device-certificates: (?:(?!--).)+ -->")
_TIMEOUT_S = 30.0


def marker_of(markdown: str) -> str:
    """Return the hidden marker from a report's first line. Raise CommentError if there is none."""
    marker = _first_line(markdown)
    if not _MARKER.fullmatch(marker):
        raise CommentError(
            "the file is not a report of `device-certificates preview --markdown`: its first line is not the marker"
        )
    return marker


def put_comment(
    markdown: str, thread: CommentThread, *, transport: httpx.BaseTransport | None = None
) -> Literal["created", "updated"]:
    """Update the comment of an earlier run with a Markdown report, or create one. Raise CommentError."""
    import httpx

    marker = marker_of(markdown)
    identity = thread.identity
    try:
        made = httpx.Client(
            headers=thread.headers,
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            transport=transport or httpx.HTTPTransport(proxy=proxy_for(thread.comments_url)),
            trust_env=False,
        )
    except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
        raise CommentError(f"{client_fault(error)}. {ADVICE}") from None
    with made as client:
        api = _Api(client, thread)
        own_identity = _value_at(identity.path, api.call(identity.method, identity.url, identity.body))
        if own_identity is None:
            raise CommentError(f"{identity.url}: returned no identity for this token")
        for comment in api.comments():
            number = comment.get("id")
            is_own = _value_at(thread.author, comment) == own_identity and isinstance(number, int)
            if is_own and _first_line(str(comment.get("body"))) == marker:
                api.call(thread.edit_method, f"{thread.comment_url}/{number}", {"body": markdown})
                return "updated"
        api.call("POST", thread.comments_url, {"body": markdown})
        return "created"


class _Api:
    """Requests with the token; errors never contain it."""

    def __init__(self, client: httpx.Client, thread: CommentThread) -> None:
        self._client = client
        self._thread = thread

    def call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> object:
        """Send one request and return the JSON of its response. Raise CommentError."""
        return self._json(self._response(method, url, body), what=f"{method} {url}")

    def comments(self) -> Iterator[Mapping[str, Any]]:
        """Yield every comment of the thread, page by page, oldest first."""
        for page in itertools.count(1):
            # Count the pages and ignore the links: the token must not go where a response points.
            url = f"{self._thread.comments_url}?{self._thread.oldest_first}&page={page}"
            response = self._response("GET", url, None)
            comments = self._json(response, what=f"GET {url}")
            if not isinstance(comments, list):
                raise CommentError(f"GET {url}: the response is not a list of comments")
            yield from (comment for comment in comments if isinstance(comment, dict))
            if not comments or not ("next" in response.links or response.headers.get("X-Next-Page")):
                return

    def _response(self, method: str, url: str, body: Mapping[str, Any] | None) -> httpx.Response:
        import httpx

        what = f"{method} {url}"
        _check(url)
        try:
            response = self._client.request(method, url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CommentError(f"{what}: {self._safe(str(error) or type(error).__name__)}") from None
        if not response.is_success:
            parts = [
                f"{what}: HTTP {response.status_code}",
                self._message(response),
                _advice(response.status_code, self._thread),
            ]
            raise CommentError("; ".join(part for part in parts if part))
        return response

    def _json(self, response: httpx.Response, *, what: str) -> object:
        try:
            parsed: object = response.json()
        except ValueError:
            raise CommentError(f"{what}: the response is not JSON") from None
        return parsed

    def _message(self, response: httpx.Response) -> str:
        try:
            body = response.json()
        except ValueError:
            return ""
        message = body.get("message", body.get("error", "")) if isinstance(body, dict) else ""
        return self._safe(message if isinstance(message, str) else json.dumps(message))

    def _safe(self, text: str) -> str:
        return safe_text(text, secrets=(self._thread.token,))


def _advice(status: int, thread: CommentThread) -> str:
    if status == 401:
        return "the token was rejected"
    # Both APIs can also return 404 for anything that the token must not see.
    return thread.permission if status in {403, 404} else ""


def _check(url: str) -> None:
    """Ensure that the token is sent by TLS or stays on this machine. Raise CommentError."""
    import httpx

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise CommentError("the API's address is not a URL") from None
    if parsed.userinfo:
        raise CommentError("the API's address must not contain a user name or a password")
    if parsed.scheme == "https":
        return
    from alicloud_device_certificates.contract.loopback import is_loopback

    if parsed.scheme != "http" or not is_loopback(parsed.host):
        raise CommentError(f"{url}: use https or an address of this machine")


def _value_at(path: tuple[str, ...], response: object) -> str | None:
    """Return the value at these keys of a JSON response, as text; None unless it is a non-empty text or a number."""
    for key in path:
        response = response.get(key) if isinstance(response, dict) else None
    return str(response) if isinstance(response, str | int) and response != "" else None


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip()
