"""A client of httpx on one connection: what the requests through a proxy go by."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from tests.unit.cloud.conftest import Answer, Serve
from tests.unit.cloud.http.test_http1 import TWO, call_to, raw, request_for

from alicloud_device_certificates.cloud.call import AttemptFailed
from alicloud_device_certificates.cloud.http.messages import PARTS_LIMIT, RawResponse
from alicloud_device_certificates.cloud.http.via_httpx import ViaHttpx, network_transport
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.cloud.settings.settings import Settings


def exchanged(serve: Serve, answer: Answer) -> RawResponse:
    async def story() -> RawResponse:
        async with serve(answer) as server:
            settings = Settings(access_key_id="AKID", access_key_secret="S3CRET", read_timeout=60.0)
            client = ViaHttpx(settings, network_transport(ssl.create_default_context(), None))
            call = call_to(server.port)
            try:
                return await client.send(call, request_for(call))
            finally:
                await client.aclose()

    return asyncio.run(story())


def chunked(count: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * count + b"0\r\n\r\n"


def test_a_response_is_read_to_its_end(serve: Serve) -> None:
    assert exchanged(serve, raw(TWO)).body == b"{}"
    assert exchanged(serve, raw(chunked(1000))).body == b"x" * 1000


def test_a_response_of_very_many_parts_is_a_broken_connection(serve: Serve) -> None:
    with pytest.raises(AttemptFailed) as raised:
        exchanged(serve, raw(chunked(PARTS_LIMIT + 1)))
    assert raised.value.failure_class is FailureClass.TRANSIENT
    assert "broke" in str(raised.value.error)
