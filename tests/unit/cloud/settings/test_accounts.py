"""The accounts of a stack: what an entry can have, and what a named account never takes from others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.accounts import ACCOUNT_KEYS, accounts_in, find_account
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.setting import settings_of
from alicloud_device_certificates.cloud.settings.settings import TABLE, Settings
from alicloud_device_certificates.cloud.settings.sources import Account
from alicloud_device_certificates.cloud.settings.target import has_endpoint, region_from

NO_CONFIG: dict[str, str] = {}
KEYS = {"accessKey": "LTAI-b", "secretKey": "secret-of-b"}
ROLE = {"roleArn": "acs:ram::2:role/b"}
STACK = {
    "accessKey": "LTAI-stack",
    "secretKey": "secret-of-stack",
    "securityToken": "token-of-stack",
    "profile": "stack",
    "assumeRole": json.dumps({"roleArn": "acs:ram::1:role/stack"}),
    "assumeRoleWithOidc": json.dumps({"roleArn": "a", "oidcProviderArn": "p", "oidcToken": "t"}),
    "ecsRoleName": "stack",
    "credentialsUri": "http://127.0.0.1/stack",
}
ENVIRON = {
    name: f"of-the-environment-{name}"
    for described in (Settings, AssumeRole, AssumeRoleWithOidc)
    for setting in settings_of(described).values()
    if setting.key.partition(".")[0] in STACK
    for name in setting.environment
}


def account(**values: Any) -> Account:
    return accounts_in(json.dumps({"b": values}))["b"]


def resolved(stack: dict[str, str] | None = None, environ: dict[str, str] | None = None, **values: Any) -> Settings:
    return Settings.resolve((stack or {}).get, environ or {}, account(**values))


def test_the_keys_are_those_of_pulumi_alicloud_that_say_who_and_where() -> None:
    assert set(ACCOUNT_KEYS) == {*STACK, "region", "endpoints"}


@pytest.mark.parametrize(
    "own",
    [
        KEYS,
        {"profile": "b"},
        {"assumeRoleWithOidc": {**ROLE, "oidcProviderArn": "p", "oidcTokenFile": "f"}},
        {"ecsRoleName": "b"},
        {"credentialsUri": "http://127.0.0.1/b"},
        {**KEYS, "assumeRole": [ROLE]},
    ],
)
def test_nothing_of_the_stack_or_the_environment_completes_or_replaces_an_accounts_credentials(
    own: dict[str, Any],
) -> None:
    alone, beside = resolved(**own), resolved(STACK, ENVIRON, **own)
    assert beside == alone
    assert beside.account == "b"
    for setting in TABLE.values():
        assert not (setting.scope == "credentials" and "stack" in str(getattr(beside, _field(setting.key))))


def _field(key: str) -> str:
    return next(name for name, setting in TABLE.items() if setting.key == key)


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        ({}, "has no credentials: set accessKey with secretKey, or one of profile, assumeRoleWithOidc, ecsRoleName, "),
        ({"region": "cn-beijing"}, "has no credentials"),
        ({"securityToken": "t"}, "has no credentials"),
        ({"accessKey": "", "secretKey": None}, "has no credentials"),
        ({"assumeRole": ROLE}, "credentialsUri; assumeRole needs credentials with which the role is assumed"),
        ({"accessKey": "k"}, ".accessKey is set without secretKey: set that with --secret too"),
        ({"secretKey": "k"}, ".secretKey is set without accessKey: set that with --secret too"),
        ({**KEYS, "secretKey": "hunter2 \n"}, None),
        ({**KEYS, "secretKey": "hunter2\u00e9"}, ".secretKey contains characters that are invalid in a key or token"),
        ({**KEYS, "assumeRole": {}}, ".assumeRole has no roleArn"),
        ({**KEYS, "assumeRole": 5}, ".assumeRole is not an object"),
        ({**KEYS, "assumeRole": "{hunter2"}, ".assumeRole is not valid JSON"),
        ({"assumeRoleWithOidc": {**ROLE, "oidcProviderArn": "p"}}, "has neither oidcToken nor oidcTokenFile"),
        ({**KEYS, "region": "hunter2!"}, ".region is not a region ID, such as cn-hangzhou"),
        ({**KEYS, "endpoints": [{"iot": "a b"}]}, ".endpoints: iot is not a host or host:port"),
        ({**KEYS, "endpoints": "x"}, ".endpoints is not valid JSON"),
    ],
)
def test_a_fault_is_one_line_with_the_path_of_the_key_and_no_value(own: dict[str, Any], fault: str | None) -> None:
    if fault is None:
        assert resolved(STACK, ENVIRON, **own).access_key_secret == "hunter2"
        return
    with pytest.raises(SettingsError) as raised:
        resolved(STACK, ENVIRON, **own)
    line = str(raised.value)
    assert line.startswith('stack config device-certificates:accounts["b"]')
    assert fault in line
    assert "hunter2" not in line
    assert "environment" not in line
    assert "ALI" not in line


def test_the_region_and_the_endpoints_are_the_accounts_or_else_the_stacks() -> None:
    stack = {"region": "cn-hangzhou", "endpoints": json.dumps([{"onsmqtt": "stack:1", "iot": "stack:2"}])}
    without, own = account(**KEYS), account(**KEYS, region="cn-beijing", endpoints=[{"onsmqtt": "own:1"}])
    assert region_from(stack.get, {}, without) == "cn-hangzhou"
    assert region_from(NO_CONFIG.get, {"ALICLOUD_REGION": "cn-shenzhen"}, without) == "cn-shenzhen"
    assert region_from(stack.get, {"ALICLOUD_REGION": "cn-shenzhen"}, own) == "cn-beijing"
    assert dict(Settings.resolve(stack.get, {}, without).endpoints) == {"onsmqtt": "stack:1", "iot": "stack:2"}
    assert dict(Settings.resolve(stack.get, {}, own).endpoints) == {"onsmqtt": "own:1"}
    assert has_endpoint("iot", stack.get, without)
    assert not has_endpoint("iot", stack.get, own)


def test_the_region_of_a_profile_is_that_of_the_accounts_own(tmp_path: Any) -> None:
    file = tmp_path / "config.json"
    profiles = [{"name": "stack", "region_id": "cn-hangzhou"}, {"name": "b", "region_id": "cn-chengdu"}]
    file.write_text(json.dumps({"profiles": profiles}))
    stack = {"sharedCredentialsFile": str(file), "profile": "stack"}
    assert region_from(stack.get, {}, account(profile="b")) == "cn-chengdu"
    assert region_from(stack.get, {}, account(**KEYS)) is None


def test_all_else_is_the_stacks() -> None:
    stack = {"protocol": "HTTP", "clientReadTimeout": "7000", "sharedCredentialsFile": "/profiles"}
    settings = resolved(stack, {"MAX_RETRY_TIMEOUT": "5"}, profile="b")
    assert (settings.protocol, settings.read_timeout, settings.deadline) == ("http", 7, 5)
    assert settings.shared_credentials_file == "/profiles"


def test_two_accounts_are_never_the_same_settings() -> None:
    both = accounts_in(json.dumps({"a": KEYS, "b": KEYS}))
    settings = {Settings.resolve(NO_CONFIG.get, {}, each) for each in both.values()}
    assert len({*settings, Settings.resolve(KEYS.get, {})}) == 3
    assert "secret-of-b" not in repr((both, settings))


@pytest.mark.parametrize("text", [None, "", " ", "{}"])
def test_no_accounts_is_none(text: str | None) -> None:
    assert accounts_in(text) == {}
    with pytest.raises(SettingsError, match=r"there is no account 'b': device-certificates:accounts is not set, or"):
        find_account(accounts_in(text), "b")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hunter2", ":accounts is not valid JSON; it must be an object: line 1"),
        ("[]", ":accounts must be an object of accounts by name"),
        ('"hunter2"', ":accounts must be an object of accounts by name"),
        ("null", ":accounts must be an object of accounts by name"),
        ('{"a": {}, "a": {}}', "duplicate key 'a'"),
        ('{"a": "hunter2"}', "'a' must be an object"),
        ('{"a": null}', "'a' must be an object"),
        (
            '{"a": {"acessKey": "hunter2"}}',
            "'a' has an unknown key, 'acessKey'; the keys are region, accessKey, secret",
        ),
        ('{"a": {"protocol": "http"}}', "'a' has an unknown key, 'protocol'"),
        ('{"a": {"secretKey": 123456}}', "'a': secretKey must be a string, so quote it"),
        ('{"a": {"secretKey": ["hunter2"]}}', "'a': secretKey must be a string"),
        ('{"a": {"profile": true}}', "'a': profile must be a string"),
        ('{"": {}}', "the name '' is empty"),
        ('{" a": {}}', "the name ' a' starts or ends with white space"),
        (r'{"a\nb": {}}', r"the name 'a\nb' contains a control character (a line break?)"),
        (json.dumps({"a" * 129: {}}), "is 129 bytes long; the maximum is 128"),
        ('{"a": 1, "b": 2}', "'a' must be an object; 'b' must be an object"),
    ],
)
def test_what_is_no_accounts_is_one_line_that_shows_no_value(text: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        accounts_in(text)
    assert fault in str(raised.value)
    assert "device-certificates:accounts" in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert "123456" not in str(raised.value)
    assert raised.value.__context__ is None


def test_an_unknown_account_is_one_line_that_lists_those_that_exist() -> None:
    accounts = accounts_in(json.dumps({"factory-a": {}, "factory-b": {}}))
    with pytest.raises(SettingsError) as raised:
        find_account(accounts, "factory-c")
    assert str(raised.value).startswith(
        "there is no account 'factory-c': device-certificates:accounts has 'factory-a', 'factory-b'; did you mean"
    )
    many = accounts_in(json.dumps({f"a{number}": {} for number in range(30)}))
    with pytest.raises(SettingsError, match=r"'a19' and 10 more$"):
        find_account(many, "other")
