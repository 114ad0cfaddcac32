from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import IotDeviceCertificate
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.setting import settings_of
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.resources.diagnostics import MANY, config_warnings, validity_warning

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def certificate(begins: timedelta, ends: timedelta) -> dict[str, str]:
    return {
        "not_before": (NOW + begins).isoformat().replace("+00:00", "Z"),
        "not_after": (NOW + ends).isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize(
    ("begins", "ends", "warning"),
    [
        (timedelta(days=-100), timedelta(days=200), None),
        (timedelta(days=-100), timedelta(seconds=-1), "the certificate expired at 2026-03-01T11:59:59Z"),
        (timedelta(days=1), timedelta(days=200), "the certificate is not valid before 2026-03-02T12:00:00Z"),
        (timedelta(days=-100), timedelta(days=10), "the certificate expires at 2026-03-11T12:00:00Z, in 10 days"),
        (timedelta(days=-100), timedelta(hours=30), "the certificate expires at 2026-03-02T18:00:00Z, in 30 hours"),
        (timedelta(days=-100), timedelta(minutes=90), "the certificate expires at 2026-03-01T13:30:00Z, in 90 minutes"),
    ],
)
def test_validity_is_judged_against_the_given_time(begins: timedelta, ends: timedelta, warning: str | None) -> None:
    assert validity_warning(certificate(begins, ends), NOW) == warning


def test_a_certificate_that_lives_a_day_is_soon_to_expire_in_its_last_third_only() -> None:
    assert validity_warning(certificate(timedelta(hours=-12), timedelta(hours=12)), NOW) is None
    assert validity_warning(certificate(timedelta(hours=-20), timedelta(hours=4)), NOW) is not None


def test_an_unknown_validity_is_no_warning() -> None:
    assert validity_warning({"status": "generating"}, NOW) is None


class Config:
    """A stack's config of one namespace, as text."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def get(self, key: str) -> str | None:
        return self._values.get(key)


def warnings(own: Config, alicloud: Config, secret: tuple[str, ...] = ()) -> list[str]:
    return config_warnings(own, alicloud, lambda key: key in secret)


def test_a_stack_of_many_certificates_gets_a_hint_once(
    run_program: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr("pulumi.log.info", logged.append)

    def program(count: int) -> Callable[[], None]:
        def declare() -> None:
            for number in range(count):
                IotDeviceCertificate(f"d{number}", product_key="pk1", device_name=f"d{number}")

        return declare

    run_program(program(MANY))
    assert logged == []
    run_program(program(MANY + 5))
    (hint,) = logged
    assert "PULUMI_SKIP_CHECKPOINTS=true" in hint
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "true")
    run_program(program(MANY + 5))
    assert len(logged) == 1


def test_the_emulator_is_announced() -> None:
    (warning,) = warnings(Config(emulator="true"), Config())
    assert "emulator" in warning
    assert "no cloud host is contacted" in warning
    assert warnings(Config(emulator="false"), Config()) == []


@pytest.mark.parametrize("key", ["secretKey", "securityToken"])
def test_the_warning_about_a_secret_in_plain_config_has_the_command_and_not_the_secret(key: str) -> None:
    (warning,) = warnings(Config(), Config(**{key: "hunter2", "accessKey": "LTAI"}))
    assert f"pulumi config set --secret alicloud:{key}" in warning
    assert "hunter2" not in warning
    assert warnings(Config(), Config(**{key: "hunter2"}), secret=(f"alicloud:{key}",)) == []


def test_each_secret_of_an_account_in_plain_config_is_a_warning_with_its_path() -> None:
    oidc = {"oidcToken": "hunter2", "roleArn": "r"}
    values = {"b": {"secretKey": "hunter2", "assumeRoleWithOidc": oidc, "profile": "p"}, "c": {"securityToken": ""}}
    accounts = Config(accounts=json.dumps(values))
    found = warnings(accounts, Config())
    assert [each.partition(" is stored in")[0] for each in found] == [
        'device-certificates:accounts["b"].secretKey',
        'device-certificates:accounts["b"].assumeRoleWithOidc.oidcToken',
    ]
    assert "`pulumi config set --path --secret 'device-certificates:accounts[\"b\"].secretKey'`" in found[0]
    assert "hunter2" not in "".join(found)
    assert warnings(accounts, Config(), secret=("device-certificates:accounts",)) == []


def test_the_password_of_a_quota_store_in_plain_config_is_a_warning_without_it() -> None:
    store, key = "redis://:hunter2@host", "device-certificates:quotaStore"
    (warning,) = warnings(Config(quotaStore=store), Config())
    assert f"pulumi config set --secret {key}" in warning
    assert "hunter2" not in warning
    assert warnings(Config(quotaStore=store), Config(), secret=(key,)) == []
    assert warnings(Config(quotaStore="redis://host"), Config()) == []


@pytest.mark.parametrize("shape", [lambda settings: settings, lambda settings: [settings]])
def test_a_token_inside_an_object_in_plain_config_is_a_warning_too(shape: object) -> None:
    assert callable(shape)
    plain = Config(assumeRoleWithOidc=json.dumps(shape({"oidcToken": "hunter2"})))
    (warning,) = warnings(Config(), plain)
    assert "assumeRoleWithOidc" in warning
    assert "hunter2" not in warning


@pytest.mark.parametrize("value", ["", "{", "[]", "3", '{"roleArn": "acs:ram::1:role/ci"}'])
def test_an_object_without_a_token_is_no_warning(value: str) -> None:
    assert warnings(Config(), Config(assumeRoleWithOidc=value)) == []


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:8080/keys?token=hunter2",
        "http://user:hunter2@sidecar/keys",
        "http://hunter2@sidecar/keys",
        " https://sidecar/?hunter2 ",
    ],
)
def test_a_token_in_a_plain_uri_is_a_warning_too(uri: str) -> None:
    (warning,) = warnings(Config(), Config(credentialsUri=uri))
    assert "pulumi config set --secret alicloud:credentialsUri" in warning
    assert "hunter2" not in warning
    assert warnings(Config(), Config(credentialsUri=uri), secret=("alicloud:credentialsUri",)) == []


@pytest.mark.parametrize("uri", ["http://127.0.0.1:8080/keys", "http://127.0.0.1:8080/keys?", "http://[", "", "keys"])
def test_a_uri_without_a_token_is_no_warning(uri: str) -> None:
    assert warnings(Config(), Config(credentialsUri=uri)) == []


def test_every_setting_that_can_hold_a_secret_is_known() -> None:
    described = [*settings_of(Settings).values(), *settings_of(AssumeRole).values()]
    described += settings_of(AssumeRoleWithOidc).values()
    secret = {each.key for each in described if each.is_secret or each.secret_if}
    assert secret == {"secretKey", "securityToken", "credentialsUri", "assumeRoleWithOidc.oidcToken"}


def test_an_object_nested_too_deeply_is_left_to_the_provider() -> None:
    assert warnings(Config(), Config(assumeRoleWithOidc="[" * 100_000)) == []
