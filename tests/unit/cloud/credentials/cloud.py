"""A server on loopback in place of STS, a sidecar or the metadata service, and a lookup without waits against it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.lookup import find_provider
from alicloud_device_certificates.cloud.credentials.network import Network, Timing
from alicloud_device_certificates.cloud.credentials.provider import Provider
from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.retry import RetryPolicy
from alicloud_device_certificates.cloud.settings.settings import Settings

NOW = 1_700_000_000.0
ISSUED = {"AccessKeyId": "STS.IDENTIFIER", "AccessKeySecret": "STS.S3CRET", "SecurityToken": "STS.T0KEN"}
SECRETS = ("AKIDENTIFIER", "S3CRET", "T0KEN")


def expiring(after: float = 3600.0, *, now: float = NOW) -> dict[str, str]:
    """Credentials as services return them, with an expiration."""
    return {**ISSUED, "Expiration": datetime.fromtimestamp(now + after, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body).items()}


@dataclass
class Reply:
    body: Any = None
    """Text, or a document that becomes JSON."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Cloud:
    """Returns its replies in turn, the last one for ever; a reply may be made of the request."""

    def __init__(self) -> None:
        self.replies: list[Any] = [Reply({"Code": "Success", **expiring(), "Credentials": expiring()})]
        self.requests: list[Request] = []
        self.now = NOW
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("content-length", "0"))
                request = Request(
                    method=self.command,
                    path=parts.path if not parts.netloc else self.path,
                    query={name: values[0] for name, values in parse_qs(parts.query).items()},
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length).decode(),
                )
                cloud.requests.append(request)
                reply = cloud.replies.pop(0) if len(cloud.replies) > 1 else cloud.replies[0]
                reply = reply(request) if callable(reply) else reply
                text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - named by http.server

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string(cloud.now)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"


@contextmanager
def serving() -> Iterator[Cloud]:
    cloud = Cloud()
    thread = threading.Thread(target=cloud.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        cloud.server.shutdown()
        thread.join()
        cloud.server.server_close()


class Lookup:
    """Lookups whose waits only advance their clock."""

    def __init__(self, *, now: float = NOW, attempts: int = 3) -> None:
        self.waits: list[float] = []
        self.lines: list[str] = []
        self.elapsed = 0.0
        self.now = now
        self.policy = RetryPolicy(attempts=attempts, base=1.0, cap=5.0)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.elapsed += seconds

    def obtain(self, settings: Settings, provider: Provider | None = None) -> Credentials:
        timing = Timing(
            clock=lambda: self.now,
            monotonic=lambda: self.elapsed,
            sleep=self.sleep,
            random=lambda: 0.5,
            nonce=lambda: "nonce",
        )

        async def story() -> Credentials:
            found = provider or find_provider(settings)
            async with Network(settings, policy=self.policy, timing=timing, on_retry=self.lines.append) as network:
                return await found.provide(network)

        return asyncio.run(story())

    def failure(self, settings: Settings, provider: Provider | None = None, *, hidden: tuple[str, ...] = ()) -> str:
        """Return the error of a lookup, after a look that it is one line and holds no secret."""
        with pytest.raises(CloudError) as raised:
            self.obtain(settings, provider)
        error = raised.value
        text = str(error)
        assert "\n" not in text
        assert error.__cause__ is error.__context__ is None
        for place in (text, repr(error)):
            assert not any(secret in place for secret in (*SECRETS, *hidden))
        return text
