"""The vendor's credentials library as the oracle: what it sends, and which credentials it makes of a response."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_credentials import provider as vendor
from tests.unit.cloud.credentials.cloud import Cloud, Lookup, Reply, expiring, serving

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.metadata import EcsRole
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

ARN, PROVIDER = "acs:ram::1:role/r", "acs:ram::1:oidc-provider/p"
POLICY = '{"Statement": [{"Effect": "Allow"}]}'
KEYS: dict[str, Any] = {"access_key_id": "the-key", "access_key_secret": "the+secret/="}
OF_V1_SIGNATURES = {
    "Format",
    "Timestamp",
    "AccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureVersion",
    "SecurityToken",
}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with serving() as cloud:
        cloud.now = time.time()
        issued = expiring(now=cloud.now)
        cloud.replies = [Reply({"Code": "Success", **issued, "Credentials": issued, "CloudCredential": issued})]
        yield cloud


def ours(settings: Settings, provider: Any = None) -> Credentials:
    return Lookup(now=time.time()).obtain(settings, provider)


def assert_equal(found: Credentials, theirs: Any) -> None:
    assert found.access_key_id == theirs.get_access_key_id()
    assert found.access_key_secret == theirs.get_access_key_secret()
    assert (found.security_token or "") == (theirs.get_security_token() or "")
    assert found.access_key_secret


@pytest.mark.parametrize("token", [None, "the+token/="])
@pytest.mark.parametrize("extra", [{}, {"policy": POLICY, "external_id": "an id &="}])
def test_a_role_is_assumed_with_the_same_arguments(cloud: Cloud, token: str | None, extra: dict[str, str]) -> None:
    role = AssumeRole(role_arn=ARN, session_name="s", session_expiration=900, **extra)
    found = ours(Settings(**KEYS, security_token=token, assume_role=role, endpoints={"sts": cloud.url}))
    theirs = vendor.RamRoleArnCredentialsProvider(
        **KEYS,
        security_token=token,
        role_arn=ARN,
        role_session_name="s",
        duration_seconds=900,
        sts_endpoint=cloud.url,
        **extra,
    ).get_credentials()
    assert_equal(found, theirs)
    mine, other = cloud.requests
    assert (mine.method, mine.path) == (other.method, other.path)
    # The vendor signs by an older method, whose parameters are in the query; the newer one has them in headers.
    action = {"Action": mine.headers["x-acs-action"], "Version": mine.headers["x-acs-version"]}
    assert {**mine.query, **action} == {k: v for k, v in other.query.items() if k not in OF_V1_SIGNATURES}
    assert mine.headers.get("x-acs-security-token") == other.query.get("SecurityToken")


@pytest.mark.parametrize("policy", [None, POLICY])
def test_an_oidc_token_is_sent_with_the_same_arguments(cloud: Cloud, tmp_path: Path, policy: str | None) -> None:
    (tmp_path / "token").write_text("a.b-c_d.e")
    role = AssumeRoleWithOidc(
        role_arn=ARN,
        oidc_provider_arn=PROVIDER,
        oidc_token_file=str(tmp_path / "token"),
        session_name="s",
        policy=policy,
    )
    found = ours(Settings(assume_role_with_oidc=role, endpoints={"sts": cloud.url}))
    theirs = vendor.OIDCRoleArnCredentialsProvider(
        role_arn=ARN,
        oidc_provider_arn=PROVIDER,
        oidc_token_file_path=str(tmp_path / "token"),
        role_session_name="s",
        policy=policy,
        sts_endpoint=cloud.url,
    ).get_credentials()
    assert_equal(found, theirs)
    mine, other = cloud.requests
    sent = {**mine.query, **mine.form}
    # The vendor's library for Python has everything in the query, that for Go splits it as we do.
    assert sent.keys() == other.query.keys()
    assert {k: v for k, v in sent.items() if k != "Timestamp"} == {
        k: v for k, v in other.query.items() if k != "Timestamp"
    }


def test_a_uri_is_requested_and_read_alike(cloud: Cloud) -> None:
    uri = f"{cloud.url}/a/b?t=x%26y&u=1"
    assert_equal(ours(Settings(credentials_uri=uri)), vendor.URLCredentialsProvider(uri=uri).get_credentials())
    mine, other = cloud.requests
    assert (mine.method, mine.path, mine.query) == (other.method, other.path, other.query)


@pytest.mark.parametrize("name", ["deployer", ""])
@pytest.mark.parametrize("with_token", [200, 404])
def test_the_metadata_service_is_called_alike(cloud: Cloud, name: str, with_token: int) -> None:
    issued = cloud.replies[0]

    def reply(request: Any) -> Reply:
        if request.method == "PUT":
            return Reply("a-token", status=with_token)
        return Reply("deployer") if request.path.endswith("/") else issued

    cloud.replies = [reply]
    found = ours(Settings(), EcsRole(name, address=cloud.url))
    count = len(cloud.requests)
    library = vendor.EcsRamRoleCredentialsProvider(role_name=name, async_update_enabled=False)
    library._EcsRamRoleCredentialsProvider__metadata_service_host = cloud.host  # it cannot be moved otherwise
    assert_equal(found, library.get_credentials())

    def seen(requests: list[Any]) -> list[tuple[str, str, str | None, str | None]]:
        token, ttl = "x-aliyun-ecs-metadata-token", "x-aliyun-ecs-metadata-token-ttl-seconds"
        return [(each.method, each.path, each.headers.get(token), each.headers.get(ttl)) for each in requests]

    # The vendor requests a token for each request, and we one for all.
    assert list(dict.fromkeys(seen(cloud.requests[:count]))) == list(dict.fromkeys(seen(cloud.requests[count:])))


def test_cloud_sso_is_requested_and_read_alike(cloud: Cloud, tmp_path: Path) -> None:
    expiry = int(time.time()) + 60
    fields = {
        "cloud_sso_sign_in_url": f"{cloud.url}/login",
        "cloud_sso_account_id": "1",
        "cloud_sso_access_config": "ac",
        "access_token": "a-token",
        "cloud_sso_access_token_expire": expiry,
    }
    assert_same_profile(cloud, tmp_path, {"mode": "CloudSSO", **fields})
    mine, other = cloud.requests
    assert (mine.method, mine.path, json.loads(mine.body)) == (other.method, other.path, json.loads(other.body))
    for name in ("authorization", "content-type", "accept"):
        assert mine.headers[name] == other.headers[name]


@pytest.mark.parametrize(
    "profile",
    [
        {"mode": "AK", **KEYS},
        {"mode": "StsToken", **KEYS, "sts_token": "the+token/="},
        {"mode": "OAuth", **KEYS, "sts_token": "t", "sts_expiration": 9_999_999_999},
    ],
)
def test_a_profile_without_requests_is_read_alike(cloud: Cloud, tmp_path: Path, profile: dict[str, Any]) -> None:
    assert_same_profile(cloud, tmp_path, profile)
    assert cloud.requests == []


@pytest.mark.parametrize(
    "printed",
    [
        {"mode": "AK", **KEYS},
        {"mode": "StsToken", **KEYS, "sts_token": "t", "expiration": "2099-01-01T00:00:00Z"},
        {**KEYS, "expiration": ""},
    ],
)
def test_a_command_is_run_and_read_alike(cloud: Cloud, tmp_path: Path, printed: dict[str, str]) -> None:
    command = tmp_path / "a command"
    command.write_text(f"#!/bin/sh\n[ \"$1\" = 'b c' ] && echo '{json.dumps(printed)}'\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    assert_same_profile(cloud, tmp_path, {"mode": "External", "process_command": f"'{command}' \"b c\""})


def assert_same_profile(cloud: Cloud, folder: Path, profile: dict[str, Any]) -> None:
    file = folder / "config.json"
    text = json.dumps({"current": "p", "profiles": [{"name": "p", **profile}]})
    file.write_text(text)
    settings = Settings(profile="p", shared_credentials_file=str(file), endpoints={"sts": cloud.url})
    found = ours(settings)
    assert file.read_text() == text
    assert_equal(
        found, vendor.CLIProfileCredentialsProvider(profile_file=str(file), profile_name="p").get_credentials()
    )


@pytest.mark.parametrize("secret", ["the+secret/=", "a # comment", "a#b"])
def test_an_ini_profile_is_read_alike(tmp_path: Path, secret: str) -> None:
    file = tmp_path / "credentials.ini"
    file.write_text(f"[p]\ntype = access_key\naccess_key_id = k\naccess_key_secret = {secret}\n")
    found = ours(Settings(profile="p", shared_credentials_file=str(file)))
    library = vendor.ProfileCredentialsProvider(profile_file=str(file), profile_name="p")
    assert_equal(found, library.get_credentials())
