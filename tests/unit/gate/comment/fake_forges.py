"""GitHub and GitLab as far as one comment needs them: their documented responses, with a store of comments.

`respond` takes a request in process (httpx.MockTransport); `served` serves the same on loopback.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

BOT = "github-actions[bot]"
PROJECT_BOT = 4711


@dataclass
class Forge:
    """What both have: comments with numbers, tokens with what they may do, a page's size, and the calls made."""

    tokens: dict[str, Any]
    may_write: bool = True
    page_limit: int = 100
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Respond as the API does."""
        request.read()
        self.calls.append(f"{request.method} {request.url.path}")
        return self.routed(request, json.loads(request.content) if request.content else {})

    def routed(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        raise NotImplementedError

    def page(self, request: httpx.Request) -> tuple[list[dict[str, Any]], int | None]:
        """The comments of the requested page, and the number of the next page."""
        size = min(int(request.url.params["per_page"]), self.page_limit)
        number = int(request.url.params.get("page", "1"))
        following = number + 1 if number * size < len(self.comments) else None
        return self.comments[(number - 1) * size : number * size], following

    def add(self, author: Any, body: str) -> dict[str, Any]:
        comment = {"id": 1000 + len(self.comments), "body": body, **self.written_by(author)}
        self.comments.append(comment)
        return comment

    def written_by(self, author: Any) -> dict[str, Any]:
        raise NotImplementedError

    def numbered(self, number: str) -> dict[str, Any]:
        return next(comment for comment in self.comments if comment["id"] == int(number))

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.respond)


class GitHub(Forge):
    """Pull request 7 of octo/fleet. The holder of a token that may write can edit everybody's comments."""

    def written_by(self, author: Any) -> dict[str, Any]:
        return {"user": author and {"login": author, "type": "Bot" if author.endswith("[bot]") else "User"}}

    def routed(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        login = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if login is None:
            return httpx.Response(401, json={"message": "Bad credentials", "status": "401"})
        what = f"{request.method} {request.url.path}"
        if what == "POST /graphql":
            assert body == {"query": "query { viewer { login } }"}
            return httpx.Response(200, json={"data": {"viewer": {"login": login}}})
        if what == "GET /repos/octo/fleet/issues/7/comments":
            comments, following = self.page(request)
            link = f'<https://elsewhere.example/comments?page={following}>; rel="next"' if following else ""
            return httpx.Response(200, json=comments, headers={"Link": link} if link else {})
        if request.method in {"POST", "PATCH"} and not self.may_write:
            return httpx.Response(403, json={"message": "Resource not accessible by integration", "status": "403"})
        if what == "POST /repos/octo/fleet/issues/7/comments":
            return httpx.Response(201, json=self.add(login, body["body"]))
        if match := re.fullmatch(r"PATCH /repos/octo/fleet/issues/comments/(\d+)", what):
            self.numbered(match[1])["body"] = body["body"]
            return httpx.Response(200, json=self.numbered(match[1]))
        return httpx.Response(404, json={"message": "Not Found", "status": "404"})


class GitLab(Forge):
    """Merge request 7 of project 42. Nobody but its author can edit a note."""

    def written_by(self, author: Any) -> dict[str, Any]:
        return {"author": {"id": author}}

    def routed(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        user = self.tokens.get(request.headers.get("PRIVATE-TOKEN", ""))
        if user is None:
            return httpx.Response(401, json={"message": "401 Unauthorized"})
        what = f"{request.method} {request.url.path}"
        if what == "GET /api/v4/user":
            return httpx.Response(200, json={"id": user})
        if what == "GET /api/v4/projects/42/merge_requests/7/notes":
            assert (request.url.params["sort"], request.url.params["order_by"]) == ("asc", "created_at")
            comments, following = self.page(request)
            return httpx.Response(200, json=comments, headers={"X-Next-Page": str(following or "")})
        if request.method in {"POST", "PUT"} and not self.may_write:
            return httpx.Response(403, json={"message": "403 Forbidden"})
        if what == "POST /api/v4/projects/42/merge_requests/7/notes":
            return httpx.Response(201, json=self.add(user, body["body"]))
        if match := re.fullmatch(r"PUT /api/v4/projects/42/merge_requests/7/notes/(\d+)", what):
            note = self.numbered(match[1])
            if note["author"]["id"] != user:
                return httpx.Response(403, json={"message": "403 Forbidden"})
            note["body"] = body["body"]
            return httpx.Response(200, json=note)
        return httpx.Response(404, json={"message": "404 Not found"})


@contextmanager
def served(respond: Any) -> Iterator[str]:
    """Serve the responses of `respond` on loopback; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            request = httpx.Request(self.command, f"{address}{self.path}", headers=dict(self.headers), content=content)
            response = respond(request)
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.content)

        do_GET = do_POST = do_PATCH = do_PUT = handle_one  # noqa: N815

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing is to be printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
