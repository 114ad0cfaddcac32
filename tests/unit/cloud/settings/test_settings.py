"""Settings: pulumi-alicloud's keys and variables, in its order, and errors that name what is at fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import CONFIG_KEYS, TABLE, Settings
from alicloud_device_certificates.cloud.settings.target import region_from

KEYS = {"accessKey": "AKID", "secretKey": "S3CRET"}


def resolve(config: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    given = {k: v if isinstance(v, str) else json.dumps(v) for k, v in (config or {}).items()}
    return Settings.resolve(given.get, environ or {})


def test_every_config_key_that_is_read_is_listed() -> None:
    requested: set[str] = set()

    def config(key: str) -> str | None:
        requested.add(key)
        return None

    Settings.resolve(config, {})
    assert requested == set(CONFIG_KEYS)


def test_without_anything_there_are_no_keys_no_region_and_the_defaults() -> None:
    assert resolve() == Settings()
    assert (resolve().connect_timeout, resolve().read_timeout, resolve().deadline) == (5.0, 10.0, 60.0)


def test_the_stack_config_wins_over_the_environment() -> None:
    settings = resolve({**KEYS, "region": "cn-beijing"}, {"ALICLOUD_ACCESS_KEY": "other", "ALICLOUD_REGION": "cn-x"})
    assert (settings.access_key_id, settings.access_key_secret, settings.region) == ("AKID", "S3CRET", "cn-beijing")
    assert settings.credentials_origin == "stack config alicloud:accessKey"


@pytest.mark.parametrize("spelling", range(3))
def test_each_spelling_of_the_variables_gives_keys(spelling: int) -> None:
    fields = ("access_key_id", "access_key_secret", "security_token", "region")
    names = [TABLE[field].environment[spelling] for field in fields]
    settings = resolve(environ=dict(zip(names, ("AKID", "S3CRET", "T0KEN", "cn-hangzhou"), strict=True)))
    assert (settings.access_key_id, settings.access_key_secret) == ("AKID", "S3CRET")
    assert (settings.security_token, settings.region) == ("T0KEN", "cn-hangzhou")
    assert settings.credentials_origin == f"environment variable {names[0]}"


@pytest.mark.parametrize("field", [field for field, setting in TABLE.items() if len(setting.environment) > 1])
def test_the_first_spelling_that_is_set_wins(field: str) -> None:
    environ = {name: f"cn-{number}" for number, name in enumerate(TABLE[field].environment)}
    other = {
        "access_key_id": {"secretKey": "s"},
        "access_key_secret": {"accessKey": "s"},
        "security_token": KEYS,
    }.get(field, {})
    assert getattr(resolve(other, environ), field) == "cn-0"


def test_empty_values_count_as_absent_and_whitespace_is_dropped() -> None:
    settings = resolve({**KEYS, "region": "  "}, {"ALICLOUD_REGION": "", "ALIBABA_CLOUD_REGION": " cn-hangzhou\n"})
    assert settings.region == "cn-hangzhou"


@pytest.mark.parametrize(
    ("config", "environ", "words"),
    [
        ({"accessKey": "AKID"}, {}, ("stack config alicloud:accessKey is set", "alicloud:secretKey")),
        ({"secretKey": "S3CRET"}, {}, ("stack config alicloud:secretKey is set", "alicloud:accessKey")),
        ({}, {"ALICLOUD_ACCESS_KEY": "A"}, ("environment variable ALICLOUD_ACCESS_KEY is set", "ALICLOUD_SECRET_KEY")),
    ],
)
def test_half_a_pair_says_what_is_missing_and_if_the_other_half_is(
    config: dict[str, str], environ: dict[str, str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SettingsError) as raised:
        resolve(config, environ)
    assert all(word in str(raised.value) for word in words)
    assert "S3CRET" not in str(raised.value)


def test_parts_from_different_places_are_all_named() -> None:
    settings = resolve(KEYS, {"ALICLOUD_SECURITY_TOKEN": "T0KEN"})
    assert settings.credentials_origin == (
        "stack config alicloud:accessKey and stack config alicloud:secretKey and environment variable "
        "ALICLOUD_SECURITY_TOKEN"
    )


def test_a_token_without_keys_is_not_used() -> None:
    settings = resolve(environ={"ALICLOUD_SECURITY_TOKEN": "T0KEN"})
    assert (settings.security_token, settings.credentials_origin) == (None, None)


@pytest.mark.parametrize("key", ["accessKey", "secretKey", "securityToken"])
@pytest.mark.parametrize("value", ["two words", "line\nbreak", "schlüssel"])
def test_keys_with_impossible_characters_are_rejected_without_quoting_them(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        resolve({**KEYS, key: value})
    assert f"alicloud:{key}" in str(raised.value)
    assert value not in str(raised.value)


def test_no_secret_is_in_a_repr() -> None:
    settings = resolve(
        {
            **KEYS,
            "securityToken": "T0KEN",
            "credentialsUri": "http://localhost/?token=T0KEN",
            "assumeRoleWithOidc": {"roleArn": "r", "oidcProviderArn": "p", "oidcToken": "T0KEN"},
        }
    )
    assert not any(secret in repr(settings) for secret in ("AKID", "S3CRET", "T0KEN"))


def test_equal_settings_are_one_key_and_different_endpoints_are_not() -> None:
    one, same = (resolve({**KEYS, "endpoints": [{"iot": "a:1"}]}) for _ in range(2))
    other = resolve({**KEYS, "endpoints": [{"iot": "b:1"}]})
    assert {one: 1}[same] == 1
    assert other not in {one: 1}


def test_timeouts_are_milliseconds_and_the_retry_time_is_seconds_as_in_pulumi_alicloud() -> None:
    settings = resolve({"clientConnectTimeout": "1500", "clientReadTimeout": "2500", "maxRetryTimeout": "30"})
    assert (settings.connect_timeout, settings.read_timeout, settings.deadline) == (1.5, 2.5, 30.0)


def test_timeouts_come_from_the_environment_too_and_zero_is_the_default() -> None:
    settings = resolve(
        environ={"CLIENT_CONNECT_TIMEOUT": "100", "CLIENT_READ_TIMEOUT": "200", "MAX_RETRY_TIMEOUT": "0"}
    )
    assert (settings.connect_timeout, settings.read_timeout, settings.deadline) == (0.1, 0.2, 60.0)


@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "9" * 10, "\uff11"])
def test_a_timeout_that_is_not_a_number_is_named(value: str) -> None:
    with pytest.raises(SettingsError, match="alicloud:clientReadTimeout is not a whole number"):
        resolve({"clientReadTimeout": value})


@pytest.mark.parametrize(("given", "protocol"), [("HTTP", "http"), ("http", "http"), ("Https", "https")])
def test_the_protocol_is_taken_in_any_case(given: str, protocol: str) -> None:
    assert resolve({"protocol": given}).protocol == protocol


def test_another_protocol_is_an_error() -> None:
    with pytest.raises(SettingsError, match="alicloud:protocol"):
        resolve({"protocol": "gopher"})


def test_base_urls_follow_region_endpoints_and_protocol() -> None:
    plain = resolve({"protocol": "HTTP", "endpoints": [{"onsmqtt": "127.0.0.1:8080"}]})
    assert plain.base_url("onsmqtt", region="cn-hangzhou") == "http://127.0.0.1:8080"
    assert plain.base_url("iot", region="cn-shanghai") == "http://iot.cn-shanghai.aliyuncs.com"
    assert resolve().base_url("onsmqtt", region="cn-hangzhou") == "https://onsmqtt.cn-hangzhou.aliyuncs.com"
    schemed = resolve({"protocol": "HTTP", "endpoints": [{"iot": "https://host"}]})
    assert schemed.base_url("iot", region="cn-shanghai") == "https://host"


def test_a_role_to_assume_takes_what_it_leaves_out_from_the_environment() -> None:
    settings = resolve(
        {**KEYS, "assumeRole": {"externalId": "x", "policy": "{}"}},
        {"ALICLOUD_ASSUME_ROLE_ARN": "acs:ram::1:role/r", "ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION": "900"},
    )
    assert settings.assume_role == AssumeRole(
        role_arn="acs:ram::1:role/r", session_expiration=900, external_id="x", policy="{}"
    )


def test_a_role_to_assume_is_taken_as_the_config_has_it() -> None:
    given = {"roleArn": "acs:ram::1:role/r", "sessionName": "ci", "sessionExpiration": 1800}
    expected = AssumeRole(role_arn="acs:ram::1:role/r", session_name="ci", session_expiration=1800)
    assert resolve({**KEYS, "assumeRole": given}).assume_role == expected
    assert resolve({**KEYS, "assumeRole": [given]}).assume_role == expected


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"assumeRole": {}}, "alicloud:assumeRole has no roleArn, and ALICLOUD_ASSUME_ROLE_ARN"),
        ({"assumeRole": "not JSON"}, "alicloud:assumeRole is not valid JSON"),
        ({"assumeRole": [1, 2]}, "alicloud:assumeRole is not an object"),
        ({"assumeRole": {"roleArn": True}}, "roleArn is not a string or a whole number"),
        ({"assumeRole": {"roleArn": "r", "sessionExpiration": "long"}}, r"\(sessionExpiration\) is not a whole number"),
        ({"assumeRoleWithOidc": {"roleArn": "r"}}, "neither oidcToken nor oidcTokenFile"),
        ({"assumeRoleWithOidc": {"oidcToken": "t", "roleArn": "r"}}, "no oidcProviderArn"),
    ],
)
def test_a_role_that_cannot_be_read_names_its_field(config: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        resolve({**KEYS, **config})


def test_an_oidc_role_of_the_config_prefers_the_token_over_the_file() -> None:
    given = {
        "roleArn": "r",
        "oidcProviderArn": "p",
        "oidcToken": "T0KEN",
        "oidcTokenFile": "/f",
        "roleSessionName": "n",
    }
    assert resolve({"assumeRoleWithOidc": given}).assume_role_with_oidc == AssumeRoleWithOidc(
        role_arn="r", oidc_provider_arn="p", oidc_token="T0KEN", session_name="n"
    )


def test_an_oidc_role_that_only_the_environment_configures_is_kept_apart() -> None:
    environ = {
        "ALIBABA_CLOUD_ROLE_ARN": "r",
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "p",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/f",
    }
    settings = resolve(environ=environ)
    assert settings.assume_role_with_oidc is None
    assert settings.environment_oidc == AssumeRoleWithOidc(role_arn="r", oidc_provider_arn="p", oidc_token_file="/f")
    assert resolve(environ=dict(list(environ.items())[:2])).environment_oidc is None


def test_home_and_a_tilde_in_the_credentials_file_are_resolved() -> None:
    settings = resolve({"sharedCredentialsFile": "~/keys.json"}, {"HOME": "/home/u"})
    assert (settings.home, settings.shared_credentials_file) == ("/home/u", "/home/u/keys.json")
    assert resolve({}, {"USERPROFILE": "/users/u"}).home == "/users/u"


def test_the_cli_profile_can_be_switched_off() -> None:
    assert resolve().cli_profile
    assert not resolve(environ={"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "TRUE"}).cli_profile


class TestRegion:
    def test_it_comes_from_config_then_environment(self) -> None:
        assert region_from({"region": "cn-beijing"}.get, {"ALICLOUD_REGION": "cn-hangzhou"}) == "cn-beijing"
        assert region_from(dict[str, str]().get, {"ALICLOUD_REGION": "cn-hangzhou"}) == "cn-hangzhou"
        assert region_from(dict[str, str]().get, {}) is None

    @pytest.mark.parametrize("region", ["cn hangzhou", "evil.example/", "CN-HANGZHOU", "-cn", "cn-", "a@b"])
    def test_what_cannot_be_a_region_is_rejected(self, region: str) -> None:
        with pytest.raises(SettingsError, match="alicloud:region is not a region ID"):
            region_from({"region": region}.get, {})

    def write(self, home: Path, region: object = "cn-chengdu") -> Path:
        file = home / ".aliyun" / "config.json"
        file.parent.mkdir()
        file.write_text(json.dumps({"current": "ci", "profiles": [{"name": "ci", "region_id": region}]}))
        return file

    def test_a_selected_profile_sets_the_region_after_config_and_environment(self, tmp_path: Path) -> None:
        self.write(tmp_path)
        environ = {"HOME": str(tmp_path)}
        assert region_from({"profile": "ci"}.get, environ) == "cn-chengdu"
        assert region_from(dict[str, str]().get, environ) is None
        assert region_from({"profile": "other"}.get, environ) is None
        assert region_from({"profile": "ci"}.get, {}) is None

    def test_the_profile_may_be_in_another_file(self, tmp_path: Path) -> None:
        file = self.write(tmp_path)
        assert region_from({"profile": "ci", "sharedCredentialsFile": str(file)}.get, {}) == "cn-chengdu"

    def test_an_ini_file_sets_no_region(self, tmp_path: Path) -> None:
        file = tmp_path / "credentials.ini"
        file.write_text("[ci]\nregion_id = cn-chengdu\n")
        assert region_from({"profile": "ci", "sharedCredentialsFile": str(file)}.get, {}) is None

    def test_a_profile_without_region_sets_none_and_an_invalid_one_is_named(self, tmp_path: Path) -> None:
        self.write(tmp_path, region=None)
        assert region_from({"profile": "ci"}.get, {"HOME": str(tmp_path)}) is None
        (tmp_path / "b").mkdir()
        self.write(tmp_path / "b", region="a b")
        with pytest.raises(SettingsError, match=r"the region of profile ci in .* is not a region ID"):
            region_from({"profile": "ci"}.get, {"HOME": str(tmp_path / "b")})
