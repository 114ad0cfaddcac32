"""The client: what is retried and what is not, remedies, errors and the debug log. No test waits for anything."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from dataclasses import replace
from typing import Any

import httpx
import pytest

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.errors import (
    AuthenticationError,
    ClockError,
    CloudError,
    ConnectionFailedError,
    CredentialsError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    SettingsError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
    UnreadableResponseError,
)
from alicloud_device_certificates.cloud.fields import Fields
from alicloud_device_certificates.cloud.iot import QUERY_DEVICE_CERT
from alicloud_device_certificates.cloud.mqtt import GET_CA_CERTIFICATE, GET_DEVICE_CERTIFICATE
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.retry import RetryPolicy
from alicloud_device_certificates.cloud.settings.settings import Settings

SETTINGS = Settings(
    access_key_id="AKID",
    access_key_secret="S3CRET",
    security_token="T0KEN",
    credentials_origin="stack config alicloud:accessKey",
)
NOW = 1_654_137_303.0
HTTP_NOW = "Thu, 02 Jun 2022 02:35:03 GMT"
POLICY = RetryPolicy(attempts=3, base=1.0, cap=5.0)

Reply = httpx.Response | Exception


def error(code: str, status: int = 500, message: str = "no", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"Code": code, "Message": message, "RequestId": "r-1"}, headers=named)


def fine() -> httpx.Response:
    return httpx.Response(200, json={"RequestId": "r-2", "Data": {}})


class World:
    """A service that returns replies in turn (the last one repeatedly), a clock, and waits that only advance it."""

    def __init__(
        self, *replies: Reply, settings: Settings = SETTINGS, credentials: CredentialSource | None = None
    ) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.waits: list[float] = []
        self.elapsed = 0.0
        self.per_request = 0.0
        self.now = NOW
        self.settings = settings
        self.credentials = credentials
        self.nonces = 0

    def client(self) -> Client:
        return Client(
            self.settings,
            transport=httpx.MockTransport(self.reply),
            credentials=self.credentials,
            policy=POLICY,
            clock=lambda: self.now,
            monotonic=lambda: self.elapsed,
            sleep=self.sleep,
            random=lambda: 0.5,
            nonce=self.nonce,
        )

    def reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.elapsed += self.per_request
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.elapsed += seconds

    def nonce(self) -> str:
        self.nonces += 1
        return f"nonce-{self.nonces}"

    def call(
        self, operation: Operation = GET_DEVICE_CERTIFICATE, *, times: int = 1, region: str = "cn-x"
    ) -> dict[str, Any]:
        async def story() -> dict[str, Any]:
            client = self.client()
            try:
                for _ in range(times):
                    document = await client.call(
                        operation,
                        {"MqttInstanceId": "post-1", "DeviceSn": "1", "CaSn": None},
                        region=region,
                        target="instance post-1, device 1",
                        read=dict,
                    )
            finally:
                await client.aclose()
            return document

        return asyncio.run(story())

    def failure(self, operation: Operation = GET_DEVICE_CERTIFICATE) -> CloudError:
        with pytest.raises(CloudError) as raised:
            self.call(operation)
        failed = raised.value
        assert failed.__cause__ is failed.__context__ is None
        story = "".join(traceback.format_exception(failed))
        assert not any(secret in str(failed) + repr(failed) + story for secret in ("AKID", "S3CRET", "T0KEN"))
        return failed


@pytest.mark.parametrize(("operation", "method"), [(GET_DEVICE_CERTIFICATE, "GET"), (QUERY_DEVICE_CERT, "POST")])
def test_arguments_go_in_the_query_and_the_body_is_empty(operation: Operation, method: str) -> None:
    world = World(fine())
    world.call(operation)
    (request,) = world.requests
    assert request.method == method
    assert str(request.url) == f"https://{operation.product}.cn-x.aliyuncs.com/?DeviceSn=1&MqttInstanceId=post-1"
    assert request.content == b""
    assert request.headers["x-acs-version"] == operation.version


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error("FindDeviceBySnError"), NotFoundError),
        (error("MqttInstanceNotFound"), NotFoundError),
        (error("MqttOwnerCheckError"), PermissionDeniedError),
        (error("ParameterFieldCheckFailed", 400), InvalidArgumentError),
        (error("NoPermission", 403), PermissionDeniedError),
        (error("Forbidden.RAM", 403), PermissionDeniedError),
        (error("SignatureDoesNotMatch", 400), AuthenticationError),
        (error("InvalidAccessKeyId.NotFound", 404), AuthenticationError),
        (httpx.Response(200, json={"Success": False, "Code": "iot.device.NotExistedDevice"}), NotFoundError),
        (httpx.Response(403, content=b"<html>"), UnreadableResponseError),
        (httpx.Response(404, content=b""), UnreadableResponseError),
        (httpx.UnsupportedProtocol("x"), ConnectionFailedError),
    ],
)
def test_a_permanent_failure_is_not_retried(reply: Reply, kind: type[CloudError]) -> None:
    world = World(reply)
    assert isinstance(world.failure(), kind)
    assert (len(world.requests), world.waits) == (1, [])


@pytest.mark.parametrize(
    "reply",
    [
        error("ServiceUnavailable", 503),
        error("NeverHeardOf", 502),
        error("Throttling.User", 400),
        error("SignatureNonceUsed", 400),
        httpx.Response(200, json={"Success": False, "Code": "iot.system.SystemException"}),
        httpx.Response(502, content=b"<html>Bad gateway</html>"),
        httpx.Response(503, content=b"<Error><Code>ServiceUnavailable</Code><Message>no</Message></Error>"),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.ReadTimeout("late"),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b"<html>Log in to the network</html>"),
        httpx.Response(200, content=b'{"Data": {"DeviceSn": "1"'),
        httpx.Response(400, content=b'{"Code": "NoPermission", "Mess'),
        httpx.Response(200, content=b'{"Data": "\xff"}'),
        httpx.Response(200, content=b'{"Data": {}, "Data": {}}'),
        httpx.Response(200, content=b"[]"),
        httpx.ConnectError("[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error"),
    ],
    ids=range(18),
)
def test_a_transient_failure_is_retried_after_a_jittered_delay(reply: Reply) -> None:
    world = World(reply, reply, fine())
    assert world.call() == {"RequestId": "r-2", "Data": {}}
    assert world.waits == [0.5, 1.0]


def test_every_attempt_has_a_nonce_and_a_time_of_its_own() -> None:
    world = World(error("SignatureNonceUsed", 400), fine())

    def moved(request: httpx.Request) -> httpx.Response:
        world.now += 10
        return World.reply(world, request)

    world.reply = moved  # type: ignore[method-assign]  # this service's clock goes on
    world.call()
    assert [request.headers["x-acs-signature-nonce"] for request in world.requests] == ["nonce-1", "nonce-2"]
    assert [request.headers["x-acs-date"][-6:] for request in world.requests] == ["35:03Z", "35:13Z"]


def test_the_attempts_end_and_the_error_counts_them() -> None:
    world = World(error("ServiceUnavailable", 503, "not now"))
    failed = world.failure()
    assert isinstance(failed, UnavailableError)
    assert len(world.requests) == failed.attempts == 3
    assert "HTTP 503, request ID r-1, 3 attempts" in str(failed)


def test_throttling_ends_with_the_deadline_and_not_with_the_attempts() -> None:
    world = World(error("Throttling.Api", 400, "slow down"))
    failed = world.failure()
    assert isinstance(failed, ThrottledError)
    assert len(world.requests) == failed.attempts > 3
    assert sum(world.waits) < 60


@pytest.mark.parametrize("headers", [{"x_acs_retry_after": "4000"}, {"retry_after": "4"}])
def test_a_retry_after_of_the_server_is_respected(headers: dict[str, str]) -> None:
    world = World(error("Throttling.User", 400, **headers), fine())
    world.call()
    assert world.waits == [4.5]


def test_a_retry_after_past_the_deadline_ends_the_call_at_once() -> None:
    world = World(error("Throttling.User", 400, retry_after="3600"))
    assert isinstance(world.failure(), ThrottledError)
    assert (len(world.requests), world.waits) == (1, [])


def test_the_deadline_ends_the_call_before_the_attempts_do() -> None:
    world = World(error("ServiceUnavailable", 503))
    world.per_request = 31.0
    assert isinstance(world.failure(), UnavailableError)
    assert len(world.requests) == 2


class TestClock:
    def test_it_is_corrected_once_from_the_response_and_stays_corrected(self) -> None:
        world = World(error("InvalidTimeStamp.Expired", 400, date=HTTP_NOW), fine())
        world.now = NOW - 3600
        world.call(times=2)
        assert [request.headers["x-acs-date"] for request in world.requests] == [
            "2022-06-02T01:35:03Z",
            "2022-06-02T02:35:03Z",
            "2022-06-02T02:35:03Z",
        ]
        assert world.waits == []

    def test_a_correction_that_does_not_help_is_an_error_that_says_so(self) -> None:
        world = World(error("InvalidTimeStamp.Expired", 400, date=HTTP_NOW))
        failed = world.failure()
        assert isinstance(failed, ClockError)
        assert len(world.requests) == POLICY.attempts
        assert "Set this machine's clock" in str(failed)

    def test_a_wrong_date_is_corrected_again(self) -> None:
        expired = "InvalidTimeStamp.Expired"
        world = World(
            error(expired, 400, date="Thu, 02 Jun 1994 02:35:03 GMT"), error(expired, 400, date=HTTP_NOW), fine()
        )
        world.call()
        assert world.requests[2].headers["x-acs-date"] == "2022-06-02T02:35:03Z"

    def test_a_response_without_date_corrects_nothing(self) -> None:
        world = World(error("InvalidTimeStamp.Expired", 400))
        assert isinstance(world.failure(), ClockError)
        assert len(world.requests) == 1


class TestExpiredToken:
    EXPIRED = error("InvalidSecurityToken.Expired", 400)

    def renewable(self, *tokens: str) -> CredentialSource:
        given = iter(tokens)

        async def obtain(*_arguments: object) -> Credentials:
            return Credentials(access_key_id="AKID", access_key_secret="S3CRET", security_token=next(given))

        return CredentialSource(Settings(), obtain=obtain)

    def test_new_credentials_are_fetched_once(self) -> None:
        world = World(self.EXPIRED, fine(), credentials=self.renewable("T0KEN-1", "T0KEN-2"))
        world.call(times=2)
        tokens = [request.headers["x-acs-security-token"] for request in world.requests]
        assert tokens == ["T0KEN-1", "T0KEN-2", "T0KEN-2"]

    def test_still_expired_is_an_error(self) -> None:
        world = World(self.EXPIRED, credentials=self.renewable("T0KEN-1", "T0KEN-2", "T0KEN-3"))
        assert isinstance(world.failure(), AuthenticationError)
        assert len(world.requests) == 2

    def test_the_same_token_again_is_not_tried_again(self) -> None:
        world = World(self.EXPIRED, credentials=self.renewable("T0KEN-1", "T0KEN-1"))
        assert isinstance(world.failure(), AuthenticationError)
        assert len(world.requests) == 1

    def test_a_static_token_is_an_error_that_says_if_it_is_from(self) -> None:
        world = World(self.EXPIRED)
        failed = world.failure()
        assert isinstance(failed, AuthenticationError)
        assert len(world.requests) == 1
        assert "credentials (stack config alicloud:accessKey) has expired" in str(failed)


class TestErrors:
    def test_a_missing_permission_is_named(self) -> None:
        assert "Grant mq:GetDeviceCertificate and mq:MqttInstanceAccess on acs:mq:cn-x:<account>:post-1 to" in str(
            World(error("NoPermission", 403)).failure()
        )

    def test_a_rejected_signature_echoes_nothing(self) -> None:
        echo = "server string to sign is:GET\nx-acs-security-token:T0KEN\nAKID and S3CRET"
        failed = World(error("SignatureDoesNotMatch", 400, f"Not matched: AKID, {echo}")).failure()
        assert failed.message == "Not matched: [secure],"

    def test_a_body_that_cannot_be_read_is_never_quoted(self) -> None:
        page = httpx.Response(200, content=b"S3CRET-----BEGIN PRIVATE KEY", headers={"x-acs-request-id": "r-9"})
        failed = World(page).failure()
        assert (failed.http_status, failed.request_id) == (200, "r-9")
        assert isinstance(failed, UnreadableResponseError)

    def test_an_error_without_words_is_still_an_error(self) -> None:
        failed = World(httpx.Response(400, json={}, headers={"x-acs-request-id": "r-9"})).failure()
        assert failed.code is None
        assert "the service returned no message (HTTP 400, request ID r-9)" in str(failed)

    def test_xml_errors_are_understood_as_json_ones(self) -> None:
        body = b"<Error><RequestId>r-3</RequestId><Code>Forbidden.RAM</Code><Message>no</Message></Error>"
        failed = World(httpx.Response(403, content=body)).failure()
        assert isinstance(failed, PermissionDeniedError)
        assert (failed.code, failed.request_id, failed.message) == ("Forbidden.RAM", "r-3", "no")

    def test_a_region_that_would_be_another_host_is_rejected_before_any_request(self) -> None:
        world = World(fine())
        with pytest.raises(SettingsError):
            world.call(region="evil.example/")
        assert world.requests == []

    def test_without_credentials_no_request_is_sent(self) -> None:
        world = World(fine(), settings=Settings())
        with pytest.raises(CredentialsError, match="Looked for: alicloud:accessKey"):
            world.call()
        assert world.requests == []


class TestDebugLog:
    def lines(self, world: World, caplog: pytest.LogCaptureFixture) -> list[str]:
        log = caplog.at_level(logging.DEBUG, logger="alicloud_device_certificates")
        with log, contextlib.suppress(CloudError):
            world.call()
        assert not any(secret in caplog.text for secret in ("AKID", "S3CRET", "T0KEN", "Signature"))
        return [r.getMessage() for r in caplog.records if r.name == "alicloud_device_certificates"]

    def test_each_attempt_is_a_line_with_operation_outcome_request_id_and_duration(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        world = World(error("ServiceUnavailable", 503), fine())
        world.per_request = 0.012
        assert self.lines(world, caplog) == [
            "GetDeviceCertificate (instance post-1, device 1): attempt 1, ServiceUnavailable, request ID r-1, 12 ms",
            "GetDeviceCertificate (instance post-1, device 1): attempt 2, HTTP 200, request ID r-2, 12 ms",
        ]

    def test_a_failed_connection_is_a_line_too(self, caplog: pytest.LogCaptureFixture) -> None:
        (line,) = self.lines(World(httpx.LocalProtocolError("S3CRET")), caplog)
        assert "attempt 1, ConnectionFailedError, request ID -" in line


def test_a_response_without_the_documented_fields_is_requested_again() -> None:
    world = World(fine(), httpx.Response(200, json={"Data": {"Sn": "1"}}))

    async def story() -> str:
        client = world.client()
        return await client.call(
            GET_CA_CERTIFICATE,
            {"Sn": "1"},
            region="cn-x",
            target="CA 1",
            read=lambda document: fields(document).text("Sn"),
        )

    def fields(document: dict[str, Any]) -> Fields:
        return Fields.within(document, "Data", operation=GET_CA_CERTIFICATE, region="cn-x", target="CA 1")

    assert asyncio.run(story()) == "1"
    assert len(world.requests) == 2


def test_an_echoed_token_is_in_no_error_and_no_error_is_long() -> None:
    token = "CAISgwJ1q6Ft5B2yfSjIr5fS"
    settings = replace(SETTINGS, security_token=token)
    echoing = httpx.Response(200, json={"RequestId": f"{token}\n" * 5000, "Message": token})
    world = World(echoing, settings=settings)

    def no_data(document: dict[str, Any]) -> Fields:
        return Fields.within(document, "Data", operation=GET_CA_CERTIFICATE, region="cn-x", target="CA 1")

    async def story() -> None:
        await world.client().call(GET_CA_CERTIFICATE, {"Sn": "1"}, region="cn-x", target="CA 1", read=no_data)

    with pytest.raises(UnexpectedResponseError) as raised:
        asyncio.run(story())
    assert token not in str(raised.value) + repr(raised.value)
    assert len(str(raised.value)) <= 1000


@pytest.mark.parametrize(
    "body", [b'{"Code": "NoPermission", "Message": "m"}', b"<html>denied</html>"], ids=["json", "html"]
)
def test_a_secret_in_the_header_of_the_request_id_is_hidden(body: bytes) -> None:
    world = World(httpx.Response(403, content=body, headers={"x-acs-request-id": "a S3CRET b"}))
    assert world.failure().request_id == "a [secure] b"


@pytest.mark.parametrize("status", [200, 302], ids=["too large", "redirect"])
def test_a_secret_in_the_request_id_of_an_unread_response_is_hidden(status: int) -> None:
    headers = {"x-acs-request-id": "a S3CRET b UzNDUkVU T0KEN"}
    world = World(*[httpx.Response(status, content=b"x" * (2**20 + 1), headers=headers)] * 3)
    assert world.failure().request_id == "a [secure] b [secure] [secure]"


@pytest.mark.parametrize("name", ["RequestId", "requestId", "RequestID"])
def test_a_short_secret_in_the_request_id_of_a_success_is_in_no_log(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(httpx.Response(200, json={name: "r-S3CRET-1", "Data": {}}))
    with caplog.at_level(logging.DEBUG, logger="alicloud_device_certificates"):
        assert world.call() == {name: "r-[secure]-1", "Data": {}}
    assert "request ID r-[secure]-1, " in caplog.text
