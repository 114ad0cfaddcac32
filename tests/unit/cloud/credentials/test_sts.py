"""Roles: what is sent to STS, to which host, and what its errors say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.cloud.credentials.cloud import Cloud, Lookup, Reply, serving

from alicloud_device_certificates.cloud.credentials.sts import StsHost
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

ROLE = AssumeRole(
    role_arn="acs:ram::1:role/r", session_name="ci", session_expiration=900, policy='{"a": "b c"}', external_id="x"
)


def role(cloud: Cloud, **more: Any) -> Settings:
    return Settings(
        assume_role=ROLE,
        endpoints={"sts": cloud.url},
        access_key_id="AKIDENTIFIER",
        access_key_secret="S3CRET",
        credentials_origin="environment variable ALICLOUD_ACCESS_KEY",
        **more,
    )


def test_static_keys_assume_a_role_by_a_signed_request(cloud: Cloud) -> None:
    credentials = Lookup().obtain(role(cloud))
    assert (credentials.access_key_id, credentials.access_key_secret) == ("STS.IDENTIFIER", "STS.S3CRET")
    assert (credentials.security_token, credentials.lifetime) == ("STS.T0KEN", 3600.0)
    assert credentials.origin == "role acs:ram::1:role/r with environment variable ALICLOUD_ACCESS_KEY"
    (request,) = cloud.requests
    assert request.query == {
        "RoleArn": "acs:ram::1:role/r",
        "RoleSessionName": "ci",
        "DurationSeconds": "900",
        "Policy": '{"a": "b c"}',
        "ExternalId": "x",
    }
    assert (request.headers["x-acs-action"], request.headers["x-acs-version"]) == ("AssumeRole", "2015-04-01")
    assert "Credential=AKIDENTIFIER," in request.headers["authorization"]
    assert "x-acs-security-token" not in request.headers


def test_a_token_goes_along(cloud: Cloud) -> None:
    Lookup().obtain(role(cloud, security_token="T0KEN"))
    assert cloud.requests[0].headers["x-acs-security-token"] == "T0KEN"


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("EntityNotExist.Role", "Check the ARN of the role"),
        ("NoPermission", "the identity in the role's trust policy"),
        ("InvalidAccessKeyId.NotFound", "Check the access key of the credentials (environment variable ALICLOUD_"),
        ("SignatureDoesNotMatch", "Check the secret key of the credentials (environment variable ALICLOUD_"),
    ],
)
def test_an_error_names_host_and_code_and_says_what_to_do(cloud: Cloud, code: str, advice: str) -> None:
    cloud.replies = [Reply({"Code": code, "Message": "the secret is S3CRET", "RequestId": "r-1"}, status=400)]
    text = Lookup().failure(role(cloud))
    assert text.startswith(
        "no credentials from role acs:ram::1:role/r with environment variable ALICLOUD_ACCESS_KEY: "
        f"{cloud.host} returned {code} (HTTP 400, request ID r-1). "
    )
    assert advice in text


@pytest.mark.parametrize("code", ["the AKIDENTIFIER", "x-S3CRET-x", "<b>", "a\nb", "c" * 81])
def test_a_code_that_is_none_is_not_shown(cloud: Cloud, code: str) -> None:
    cloud.replies = [Reply({"Code": code, "RequestId": "S3CRET"}, status=400)]
    assert Lookup().failure(role(cloud)).endswith(f": {cloud.host} returned HTTP 400")


class TestOidc:
    def settings(self, cloud: Cloud, **more: Any) -> Settings:
        found = AssumeRoleWithOidc(role_arn="acs:ram::1:role/r", oidc_provider_arn="p", **more)
        return Settings(assume_role_with_oidc=found, endpoints={"sts": cloud.url})

    def test_the_token_is_in_the_body_and_the_request_is_not_signed(self, cloud: Cloud) -> None:
        credentials = Lookup().obtain(self.settings(cloud, oidc_token="T0KEN", policy="{}"))
        assert credentials.security_token == "STS.T0KEN"
        assert credentials.origin == "role acs:ram::1:role/r with an OIDC token"
        (request,) = cloud.requests
        assert request.method == "POST"
        assert request.query == {
            "Action": "AssumeRoleWithOIDC",
            "Format": "JSON",
            "Version": "2015-04-01",
            "Timestamp": "2023-11-14T22:13:20Z",
        }
        assert request.form == {
            "RoleArn": "acs:ram::1:role/r",
            "OIDCProviderArn": "p",
            "OIDCToken": "T0KEN",
            "RoleSessionName": "pulumi-device-certificates",
            "DurationSeconds": "3600",
            "Policy": "{}",
        }
        assert "authorization" not in request.headers

    def test_a_token_file_is_read_anew_each_time(self, cloud: Cloud, tmp_path: Path) -> None:
        file = tmp_path / "token"
        for token in ("T0KEN-1", "T0KEN-2"):
            file.write_text(f"{token}\n")
            Lookup().obtain(self.settings(cloud, oidc_token_file=str(file)))
        assert [request.form["OIDCToken"] for request in cloud.requests] == ["T0KEN-1", "T0KEN-2"]

    def test_a_token_file_of_the_environment_is_used(self, cloud: Cloud, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("T0KEN")
        found = AssumeRoleWithOidc(role_arn="r", oidc_provider_arn="p", oidc_token_file=str(tmp_path / "token"))
        Lookup().obtain(Settings(environment_oidc=found, endpoints={"sts": cloud.url}))
        assert cloud.requests[0].form["OIDCToken"] == "T0KEN"

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (None, "cannot be read (No such file or directory)"),
            (b"", "the OIDC token is empty or not a token"),
            (b"two T0KENS", "the OIDC token is empty or not a token"),
            (b"\xff", "is not UTF-8 text"),
            (b"x" * (2**20 + 1), "is larger than 1 MiB"),
        ],
    )
    def test_a_token_file_that_cannot_be_used_is_one_line(
        self, cloud: Cloud, tmp_path: Path, content: bytes | None, fault: str
    ) -> None:
        file = tmp_path / "token"
        if content is not None:
            file.write_bytes(content)
        assert fault in Lookup().failure(self.settings(cloud, oidc_token_file=str(file)))
        assert cloud.requests == []

    def test_an_error_never_shows_the_token(self, cloud: Cloud) -> None:
        document = {"Code": "AuthenticationFail.OIDCToken.Invalid", "Message": "T0KEN is invalid", "RequestId": "T0KEN"}
        cloud.replies = [Reply(document, status=400)]
        text = Lookup().failure(self.settings(cloud, oidc_token="a-T0KEN"))
        assert f"{cloud.host} returned AuthenticationFail.OIDCToken.Invalid (HTTP 400" in text
        assert "trust its issuer" in text

    def test_a_clock_that_is_off_is_named_and_not_retried_because_nothing_is_signed(self, cloud: Cloud) -> None:
        cloud.replies = [Reply({"Code": "InvalidTimeStamp.Expired"}, status=400)]
        text = Lookup().failure(self.settings(cloud, oidc_token="T0KEN"))
        assert "returned InvalidTimeStamp.Expired (HTTP 400). Set this machine's clock" in text
        assert len(cloud.requests) == 1


class TestHost:
    @pytest.mark.parametrize(
        ("host", "settings", "url"),
        [
            (StsHost(), {}, "https://sts.aliyuncs.com"),
            (StsHost(), {"region": "ap-southeast-5"}, "https://sts.ap-southeast-5.aliyuncs.com"),
            (StsHost(), {"region": "cn-a", "sts_region": "cn-b"}, "https://sts.cn-b.aliyuncs.com"),
            (StsHost(region="cn-c"), {"region": "cn-a", "sts_region": "cn-b"}, "https://sts.cn-c.aliyuncs.com"),
            (StsHost(), {"region": "cn-a", "sts_vpc": True}, "https://sts-vpc.cn-a.aliyuncs.com"),
            (StsHost(vpc=True), {"region": "cn-a"}, "https://sts-vpc.cn-a.aliyuncs.com"),
            (StsHost(vpc=False), {"region": "cn-a", "sts_vpc": True}, "https://sts.cn-a.aliyuncs.com"),
            (StsHost(), {"region": "cn-a", "protocol": "http"}, "https://sts.cn-a.aliyuncs.com"),
            (StsHost(region="cn-c", vpc=True), {"endpoints": {"sts": "h:1"}}, "https://h:1"),
            (StsHost(region="cn-c"), {"endpoints": {"sts": "http://h:1"}}, "http://h:1"),
        ],
    )
    def test_it_is_that_of_the_endpoints_the_profile_or_the_region(
        self, host: StsHost, settings: dict[str, Any], url: str
    ) -> None:
        assert host.url(Settings(**settings)) == url

    def test_what_is_no_region_never_becomes_a_host(self) -> None:
        with pytest.raises(SettingsError, match="is not a region ID"):
            StsHost(region="evil.example/").url(Settings())

    def test_the_regional_host_is_the_one_that_is_called(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving() as proxy:
            proxy.replies = [Reply(status=501)]
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            settings = Settings(
                assume_role=ROLE, region="ap-southeast-5", access_key_id="AKIDENTIFIER", access_key_secret="S3CRET"
            )
            text = Lookup(attempts=1).failure(settings)
        assert "sts.ap-southeast-5.aliyuncs.com" in text


def test_settings_that_are_no_text_are_one_line(cloud: Cloud) -> None:
    settings = Settings(
        assume_role=AssumeRole(role_arn="\udcff"),
        endpoints={"sts": cloud.url},
        access_key_id="AKIDENTIFIER",
        access_key_secret="S3CRET",
    )
    assert "RoleArn is not valid Unicode text" in Lookup().failure(settings)
