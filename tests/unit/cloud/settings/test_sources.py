"""Single values of config and environment; test_settings has what they are combined to."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.setting import settings_of
from alicloud_device_certificates.cloud.settings.settings import TABLE, Settings
from alicloud_device_certificates.cloud.settings.sources import Section, Sources, Value

NOTHING: dict[str, str] = {}


def test_a_value_keeps_its_origin_and_hides_its_text() -> None:
    value = Sources({"secretKey": "S3CRET"}.get, {}).value(TABLE["access_key_secret"])
    assert value == Value("S3CRET", "stack config alicloud:secretKey")
    assert "S3CRET" not in repr(value)


def test_a_key_without_variables_has_none() -> None:
    assert Sources(NOTHING.get, {"PROTOCOL": "http"}).value(TABLE["protocol"]) is None


@pytest.mark.parametrize("described", [Settings, AssumeRole, AssumeRoleWithOidc])
def test_every_key_and_every_variable_is_in_the_table_once(described: type) -> None:
    settings = settings_of(described).values()
    keys = [setting.key for setting in settings if setting.key]
    assert len(keys) == len(set(keys))
    variables = [name for setting in settings for name in setting.environment]
    assert len(variables) == len(set(variables))
    assert all(setting.key or setting.environment for setting in settings)


def test_a_default_is_in_the_units_of_the_setting_and_of_the_value() -> None:
    assert (TABLE["connect_timeout"].default, TABLE["connect_timeout"].unit) == ("5000", "milliseconds")
    assert Settings().connect_timeout == 5.0


@pytest.mark.parametrize("text", ["{", "NaN,", "[" * 100_000], ids=["open", "more", "deep"])
def test_json_that_cannot_be_read_is_an_error_without_its_text(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^stack config alicloud:endpoints is not valid JSON$"):
        Sources({"endpoints": text}.get, {}).json(TABLE["endpoints"])


def test_a_field_of_an_object_may_be_a_number() -> None:
    expiration = settings_of(AssumeRole)["session_expiration"]
    assert Section(NOTHING.get, {}, {"sessionExpiration": 900}).number(expiration) == 900
    assert Section(NOTHING.get, {}, {}).number(expiration) is None
