"""Requests to an application in this process: it sees what a server would, and its response is read alike."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.http.messages import RawResponse, Request
from alicloud_device_certificates.cloud.http.via_asgi import Message, ViaAsgi
from alicloud_device_certificates.cloud.iot import QUERY_DEVICE_CERT
from alicloud_device_certificates.cloud.retry import FailureClass

CALL = ApiCall(operation=QUERY_DEVICE_CERT, region="cn-shanghai", target="device 1", url="https://h.example/?A=b%20c")
REQUEST = Request(method="POST", url=CALL.url, headers={"host": "h.example", "x-acs-action": "Do"}, body=b"a=b")

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def respond(app: Callable[[Message, Receive, Send], Awaitable[None]]) -> RawResponse:
    return asyncio.run(ViaAsgi(app).send(CALL, REQUEST))


def test_the_application_gets_the_request_and_its_response_is_returned() -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        seen.update(scope, **(await receive()))
        await send({"type": "http.response.start", "status": 404, "headers": [(b"x-acs-request-id", b"r")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        await send({"type": "http.response.body", "body": b"}"})

    response = respond(app)
    assert (response.status, response.request_id, response.body) == (404, "r", b"{}")
    assert (seen["method"], seen["path"], seen["query_string"], seen["body"]) == ("POST", "/", b"A=b%20c", b"a=b")
    assert (b"host", b"h.example") in seen["headers"]


def test_a_connection_that_the_application_drops_is_a_broken_one() -> None:
    async def app(_scope: Message, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ConnectionResetError

    with pytest.raises(AttemptFailed) as raised:
        respond(app)
    assert raised.value.failure_class is FailureClass.TRANSIENT
    assert "the connection to h.example broke" in str(raised.value.error)


def test_another_error_of_the_application_is_its_own() -> None:
    async def app(_scope: Message, _receive: Receive, _send: Send) -> None:
        raise LookupError("the cause")

    with pytest.raises(LookupError, match="the cause"):
        respond(app)


def test_nothing_that_a_network_needs_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from alicloud_device_certificates.emulator import emulator_app; "
        "from alicloud_device_certificates.reading.connection import client_of; "
        "client_of(emulator_app(None, Path('state'))); "
        "print([name for name in ('httpx', 'httpcore', 'anyio', 'h11', 'certifi') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert ended.stdout == "[]\n"
