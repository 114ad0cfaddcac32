"""Profiles of a login by browser: what the CLI has saved is used, and nothing is renewed or written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.cloud.credentials.cloud import NOW, Cloud, Lookup, Reply, expiring, serving

from alicloud_device_certificates.cloud.credentials.sign_in import OAuth
from alicloud_device_certificates.cloud.settings.profiles import Profile
from alicloud_device_certificates.cloud.settings.settings import Settings

SAVED = {"access_key_id": "AKIDENTIFIER", "access_key_secret": "S3CRET", "sts_token": "T0KEN"}


def profile(home: Path, **fields: object) -> Settings:
    file = home / ".aliyun" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"current": "ci", "profiles": [{"name": "ci", **fields}]}))
    return Settings(home=str(home), profile="ci")


def sso(cloud: Cloud, **fields: object) -> dict[str, object]:
    return {
        "mode": "CloudSSO",
        "cloud_sso_sign_in_url": f"{cloud.url}/device/login",
        "cloud_sso_account_id": "1",
        "cloud_sso_access_config": "ac-1",
        "access_token": "T0KEN-of-login",
        "cloud_sso_access_token_expire": int(NOW) + 60,
        **fields,
    }


def test_cloud_sso_exchanges_the_token_of_the_login(cloud: Cloud, tmp_path: Path) -> None:
    cloud.replies = [Reply({"CloudCredential": expiring(), "RequestId": "r"})]
    credentials = Lookup().obtain(profile(tmp_path, **sso(cloud)))
    assert (credentials.security_token, credentials.lifetime) == ("STS.T0KEN", 3600.0)
    (request,) = cloud.requests
    assert (request.method, request.path) == ("POST", "/cloud-credentials")
    assert json.loads(request.body) == {"AccountId": "1", "AccessConfigurationId": "ac-1"}
    assert request.headers["authorization"] == "Bearer T0KEN-of-login"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"cloud_sso_access_token_expire": int(NOW)}, "its login has expired. Run `aliyun sts GetCallerIdentity"),
        ({"cloud_sso_access_token_expire": None}, "its login has expired"),
        ({"cloud_sso_access_token_expire": "soon"}, "cloud_sso_access_token_expire is a string, not a whole number"),
        ({"access_token": ["T0KEN"]}, "access_token is a list, not a string"),
        ({"access_token": "T0KEN\n1"}, "access_token contains characters that are invalid in a token"),
        ({"cloud_sso_account_id": ""}, "cloud_sso_account_id is missing"),
        ({"cloud_sso_sign_in_url": "login"}, "cloud_sso_sign_in_url is not a URL"),
    ],
)
def test_a_login_that_cannot_be_used_is_one_line(
    cloud: Cloud, tmp_path: Path, fields: dict[str, object], fault: str
) -> None:
    text = Lookup().failure(profile(tmp_path, **sso(cloud, **fields)))
    assert f"profile ci in {tmp_path}/.aliyun/config.json: {fault}" in text
    assert cloud.requests == []


def test_a_login_that_is_rejected_says_how_to_sign_in_again(cloud: Cloud, tmp_path: Path) -> None:
    cloud.replies = [Reply({"ErrorCode": "Unauthorized", "ErrorMessage": "T0KEN-of-login"}, status=401)]
    text = Lookup().failure(profile(tmp_path, **sso(cloud)))
    assert f"{cloud.host} returned Unauthorized (HTTP 401)" in text
    assert "`aliyun configure --profile ci --mode CloudSSO`" in text


def test_saved_credentials_of_an_oauth_login_are_used_while_they_are_valid(tmp_path: Path) -> None:
    settings = profile(tmp_path, mode="OAuth", **SAVED, sts_expiration=int(NOW) + 60)
    credentials = Lookup().obtain(settings)
    assert (credentials.access_key_id, credentials.security_token) == ("AKIDENTIFIER", "T0KEN")
    assert credentials.lifetime == 60.0


@pytest.mark.parametrize(("site", "host"), [("CN", "oauth.aliyun.com"), ("intl", "oauth.alibabacloud.com")])
def test_others_are_exchanged_for_its_access_token(
    tmp_path: Path, site: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as proxy:
        proxy.replies = [Reply(status=501)]
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        login = {"oauth_access_token": "T0KEN-of-login", "oauth_access_token_expire": int(NOW) + 60}
        settings = profile(tmp_path, mode="OAuth", **SAVED, sts_expiration=int(NOW), oauth_site_type=site, **login)
        before = (tmp_path / ".aliyun" / "config.json").read_bytes()
        assert f"no connection to {host}" in Lookup(attempts=1).failure(settings)
    assert (tmp_path / ".aliyun" / "config.json").read_bytes() == before


def test_the_exchange_is_a_post_with_the_token_in_a_header(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alicloud_device_certificates.cloud.credentials.sign_in._OAUTH", {"CN": cloud.url})
    values = {"mode": "OAuth", "oauth_access_token": "T0KEN-of-login", "oauth_access_token_expire": int(NOW) + 60}
    found = OAuth(Profile(file=Path("f"), name="ci", values=values, others={}), origin="profile ci in f")
    assert Lookup().obtain(Settings(), found).security_token == "STS.T0KEN"
    (request,) = cloud.requests
    assert (request.method, request.path, request.body) == ("POST", "/v1/exchange", "")
    assert request.headers["authorization"] == "Bearer T0KEN-of-login"


def test_an_expired_oauth_login_is_not_renewed_because_the_cli_would_lose_it(tmp_path: Path) -> None:
    login = {"oauth_access_token": "T0KEN", "oauth_access_token_expire": 1, "oauth_refresh_token": "T0KEN"}
    text = Lookup().failure(profile(tmp_path, mode="OAuth", **login))
    assert "its login has expired. Run `aliyun sts GetCallerIdentity --profile ci`" in text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"oauth_site_type": "MARS"}, "oauth_site_type is neither CN nor INTL"),
        ({"access_key_secret": ["S3CRET"]}, "access_key_secret is a list, not a string"),
        ({"sts_token": "T0KEN\u00e9"}, "sts_token contains characters that are invalid"),
    ],
)
def test_an_oauth_profile_that_cannot_be_used_is_one_line(
    tmp_path: Path, fields: dict[str, object], fault: str
) -> None:
    saved = {} if "oauth_site_type" in fields else {**SAVED, "sts_expiration": int(NOW) + 60}
    assert fault in Lookup().failure(profile(tmp_path, mode="OAuth", **{**saved, **fields}))
