"""The requests for credentials: proxies, authorities, timeouts, redirects, sizes, and what is retried."""

from __future__ import annotations

import asyncio
import logging
import socket
from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from tests.unit.cloud.conftest import Authority, Seen, Serve, http_answer
from tests.unit.cloud.credentials.cloud import NOW, Cloud, Lookup, Reply, expiring, serving

from alicloud_device_certificates.cloud.credentials.metadata import EcsRole
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.credentials.uri import CredentialsUri
from alicloud_device_certificates.cloud.errors import CredentialsError, SettingsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

KEYS: dict[str, Any] = {"access_key_id": "AKIDENTIFIER", "access_key_secret": "S3CRET"}
LONG = "made-up/Secret+of=Keys"
ROLE = AssumeRole(role_arn="acs:ram::1:role/r")
OIDC = AssumeRoleWithOidc(role_arn="acs:ram::1:role/r", oidc_provider_arn="p", oidc_token="T0KEN")


def by_uri(url: str) -> Settings:
    return Settings(credentials_uri=f"{url}/keys?t=T0KEN")


def by_role(url: str) -> Settings:
    return Settings(**KEYS, assume_role=ROLE, endpoints={"sts": url})


def by_oidc(url: str) -> Settings:
    return Settings(assume_role_with_oidc=OIDC, endpoints={"sts": url})


each_source = pytest.mark.parametrize("settings", [by_uri, by_role, by_oidc])


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


class TestProxy:
    @each_source
    def test_a_host_that_no_proxy_names_is_reached_directly(
        self, cloud: Cloud, settings: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serving() as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            Lookup().obtain(settings(cloud.url))
            assert (len(cloud.requests), len(proxy.requests)) == (1, 0)

    @each_source
    def test_another_host_is_reached_through_the_proxy(
        self, cloud: Cloud, settings: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", cloud.url)
        Lookup().obtain(settings("http://sidecar.test:8080"))
        (request,) = cloud.requests
        assert request.path.startswith("http://sidecar.test:8080/")

    def test_https_goes_through_a_connect_proxy_with_the_user_s_own_authority(
        self,
        serve: Serve,
        connect_proxy: Callable[[], AbstractAsyncContextManager[Seen]],
        authority: Authority,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        body = b'{"AccessKeyId": "a", "AccessKeySecret": "b"}'

        async def story() -> list[str]:
            async with serve(http_answer(body), tls=authority.server) as service, connect_proxy() as proxy:
                monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
                uri = f"https://service.test:{service.port}/keys"
                await CredentialSource(Settings(credentials_uri=uri)).get()
                return proxy.heads

        (head,) = asyncio.run(story())
        assert head.startswith("CONNECT service.test:")

    def test_an_authority_that_nobody_vouches_for_is_rejected_at_once(self, serve: Serve, authority: Authority) -> None:
        async def story() -> None:
            async with serve(http_answer(b"{}"), tls=authority.server) as service:
                await CredentialSource(Settings(credentials_uri=f"https://127.0.0.1:{service.port}/keys")).get()

        with pytest.raises(CredentialsError, match=r"no TLS connection to 127\.0\.0\.1") as raised:
            asyncio.run(story())
        assert raised.value.attempts == 1

    def test_the_metadata_service_is_never_reached_through_a_proxy(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serving() as proxy:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url)
            cloud.replies = [Reply("token"), Reply(expiring())]
            Lookup().obtain(Settings(), EcsRole("r", address=cloud.url))
            assert (len(cloud.requests), len(proxy.requests)) == (2, 0)

    def test_a_proxy_that_cannot_be_used_is_reported_without_its_password(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "socks5://user:T0KEN@127.0.0.1:1")
        with pytest.raises(SettingsError) as raised:
            asyncio.run(CredentialSource(by_uri(cloud.url)).get())
        assert "HTTP_PROXY" in str(raised.value)
        assert "T0KEN" not in str(raised.value)
        assert raised.value.__context__ is None


class TestResponse:
    @each_source
    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_is_never_followed(self, cloud: Cloud, settings: Callable[[str], Settings], status: int) -> None:
        with serving() as elsewhere:
            cloud.replies = [Reply(status=status, headers={"location": elsewhere.url})]
            text = Lookup().failure(settings(cloud.url))
            assert f"{cloud.host}: the response is a redirect, which is never followed" in text
            assert (len(cloud.requests), elsewhere.requests) == (1, [])

    @each_source
    @pytest.mark.parametrize(
        "reply",
        [
            Reply(status=302),
            Reply("x" * (2**20 + 1)),
            Reply({"Credentials": 1}),
            Reply("{", headers={"content-encoding": "gzip"}),
            Reply({"Code": "NoPermission"}, status=403),
        ],
        ids=["redirect", "too large", "without credentials", "broken", "rejected"],
    )
    @pytest.mark.parametrize("spell", [str, str.lower, quote, lambda text: b64encode(f"x:{text}".encode()).decode()])
    def test_a_request_id_that_echoes_a_secret_is_not_shown(
        self, cloud: Cloud, settings: Callable[[str], Settings], reply: Reply, spell: Callable[[str], str]
    ) -> None:
        for secret in (KEYS["access_key_secret"], LONG, "T0KEN"):
            spelling = spell(secret) if secret == LONG else secret
            cloud.replies = [replace(reply, headers={**reply.headers, "x-acs-request-id": spelling})]
            made = settings(cloud.url)
            if made.access_key_id:
                key = LONG if secret == LONG else made.access_key_secret
                made = replace(made, security_token="T0KEN", access_key_secret=key)
            elif secret != "T0KEN":
                continue
            assert spelling not in Lookup().failure(made)

    @each_source
    def test_a_response_of_any_size_is_not_read_to_its_end(
        self, cloud: Cloud, settings: Callable[[str], Settings]
    ) -> None:
        cloud.replies = [Reply("x" * (2**20 + 1))]
        assert f"{cloud.host}: the response is larger than 1 MiB" in Lookup().failure(settings(cloud.url))

    def test_the_timeouts_are_those_of_calls(self, serve: Serve) -> None:
        async def never(_writer: asyncio.StreamWriter) -> None:
            await asyncio.Event().wait()

        async def story() -> None:
            async with serve(never) as silent:
                uri = f"http://127.0.0.1:{silent.port}/keys"
                settings = Settings(credentials_uri=uri, connect_timeout=0.05, read_timeout=0.05, deadline=0.05)
                await CredentialSource(settings).get()

        with pytest.raises(CredentialsError, match="clientReadTimeout"):
            asyncio.run(story())


class TestRetry:
    @each_source
    @pytest.mark.parametrize(
        "failure",
        [
            Reply({"Code": "InternalError"}, status=500),
            Reply("<html>bad gateway</html>", status=502),
            Reply({"Code": "ServiceUnavailable"}, status=503),
            Reply({"Code": "Throttling.User"}, status=400),
            Reply("slow down", status=429),
            Reply('{"Credentials": {"AccessKeyId"'),
            Reply(""),
            Reply("null"),
            Reply({}),
            Reply({"Credentials": expiring(-1), **expiring(-1)}),
        ],
    )
    def test_what_may_pass_is_retried_with_backoff(
        self, cloud: Cloud, settings: Callable[[str], Settings], failure: Reply
    ) -> None:
        lookup = Lookup()
        cloud.replies = [failure, failure, *cloud.replies]
        assert lookup.obtain(settings(cloud.url)).security_token == "STS.T0KEN"
        assert lookup.waits == [0.5, 1.0]
        assert [line.rpartition(", ")[2] for line in lookup.lines] == ["attempt 2 in 0.5 s", "attempt 3 in 1.0 s"]
        assert not any("T0KEN" in line for line in lookup.lines)

    @each_source
    def test_a_connection_that_is_refused_is_retried_and_the_cause_is_named(
        self, settings: Callable[[str], Settings]
    ) -> None:
        lookup = Lookup()
        port = closed_port()
        text = lookup.failure(settings(f"http://127.0.0.1:{port}"))
        assert f"no connection to 127.0.0.1:{port}: Connection refused (3 attempts)" in text
        assert len(lookup.waits) == 2

    @each_source
    @pytest.mark.parametrize(
        ("code", "status"),
        [("NoPermission", 403), ("EntityNotExist.Role", 404), ("InvalidParameter.RoleArn", 400), ("Nonsense", 200)],
    )
    def test_what_will_not_pass_fails_at_once(
        self, cloud: Cloud, settings: Callable[[str], Settings], code: str, status: int
    ) -> None:
        lookup = Lookup()
        document = {"Code": code, "Message": "S3CRET T0KEN", "RequestId": "r-1", "Credentials": expiring()}
        cloud.replies = [Reply(document, status=status)]
        text = lookup.failure(settings(cloud.url))
        assert f": {cloud.host} returned {code} (HTTP {status}, request ID r-1)" in text
        assert lookup.waits == []

    def test_an_error_without_a_code_has_its_status(self, cloud: Cloud) -> None:
        cloud.replies = [Reply("S3CRET", status=404)]
        assert f"{cloud.host} returned HTTP 404." in Lookup().failure(by_uri(cloud.url))

    def test_a_delay_that_the_server_requests_is_kept(self, cloud: Cloud) -> None:
        lookup = Lookup()
        cloud.replies = [Reply("", status=503, headers={"retry-after": "7"}), *cloud.replies]
        lookup.obtain(by_uri(cloud.url))
        assert lookup.waits == [7.5]

    def test_the_deadline_ends_the_retries_of_throttling(self, cloud: Cloud) -> None:
        lookup = Lookup()
        cloud.replies = [Reply({"Code": "Throttling"}, status=429)]
        lookup.failure(by_uri(cloud.url))
        assert 50 < sum(lookup.waits) < 60

    def test_one_deadline_holds_for_all_requests_of_a_lookup(self, cloud: Cloud) -> None:
        lookup = Lookup()
        cloud.replies = [Reply("", status=503, headers={"retry-after": "40"}), Reply("token"), Reply("", status=503)]
        cloud.replies[-1].headers["retry-after"] = "40"
        lookup.failure(Settings(), EcsRole("r", address=cloud.url))
        assert lookup.waits == [40.5]

    def test_a_clock_that_is_off_is_corrected(self, cloud: Cloud) -> None:
        lookup = Lookup(now=NOW - 86400)
        cloud.replies = [Reply({"Code": "InvalidTimeStamp.Expired"}, status=400), *cloud.replies]
        assert lookup.obtain(by_role(cloud.url)).lifetime == 3600.0
        dates = [request.headers["x-acs-date"] for request in cloud.requests]
        assert dates == ["2023-11-13T22:13:20Z", "2023-11-14T22:13:20Z"]
        cloud.replies = [Reply({"Code": "InvalidTimeStamp.Expired"}, status=400)]
        assert "InvalidTimeStamp.Expired (HTTP 400, 3 attempts)" in lookup.failure(by_role(cloud.url))

    def test_a_service_without_a_date_corrects_no_clock(self, serve: Serve) -> None:
        answer = http_answer(b'{"Code": "InvalidTimeStamp.Expired"}', status="400 Bad")

        async def story() -> None:
            async with serve(answer) as service:
                await CredentialSource(by_role(f"http://127.0.0.1:{service.port}")).get()

        with pytest.raises(CredentialsError) as raised:
            asyncio.run(story())
        assert raised.value.attempts == 1


class TestLifetime:
    @each_source
    def test_it_is_measured_by_the_clock_of_the_service(
        self, cloud: Cloud, settings: Callable[[str], Settings]
    ) -> None:
        assert Lookup(now=NOW + 86400).obtain(settings(cloud.url)).lifetime == 3600.0

    def test_credentials_that_live_for_seconds_are_renewed_before_they_end(self, cloud: Cloud) -> None:
        def issue(_request: Any) -> Reply:
            fields = {**expiring(4.0, now=cloud.now), "SecurityToken": f"token-{len(cloud.requests)}"}
            return Reply({"Credentials": fields})

        cloud.replies = [issue]

        async def story() -> list[set[str | None]]:
            source = CredentialSource(by_role(cloud.url), monotonic=lambda: cloud.now)
            used = []
            for elapsed in (0.0, 1.9, 2.0, 3.9, 4.0):
                cloud.now = NOW + elapsed
                found = await asyncio.gather(*(source.get() for _ in range(20)))
                used.append({each.security_token for each in found})
            return used

        assert asyncio.run(story()) == [{"token-1"}, {"token-1"}, {"token-2"}, {"token-2"}, {"token-3"}]
        assert len(cloud.requests) == 3


def test_nothing_that_is_logged_at_any_level_holds_a_secret(
    cloud: Cloud, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("httpx"), "level", logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    for settings in (by_uri, by_role, by_oidc):
        Lookup().obtain(settings(cloud.url.replace("//", "//user:T0KEN@") if settings is by_uri else cloud.url))
    assert "attempt 1, HTTP 200" in caplog.text
    assert "HTTP Request: GET" in caplog.text
    assert not any(secret in caplog.text for secret in ("S3CRET", "T0KEN", "AKIDENTIFIER"))


def test_a_user_in_the_uri_is_sent_and_never_shown(cloud: Cloud) -> None:
    uri = f"http://user:T0KEN@{cloud.host}/keys"
    Lookup().obtain(Settings(), CredentialsUri(uri))
    assert cloud.requests[0].headers["authorization"].startswith("Basic ")
    cloud.replies = [Reply({"Code": "T0KEN"}, status=403)]
    assert f": {cloud.host} returned " in Lookup().failure(Settings(), CredentialsUri(uri))
