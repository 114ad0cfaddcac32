"""Single values of config and environment; what they are put together to is in test_settings."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.sources import ENVIRONMENT, Section, Sources, Value


def test_a_value_keeps_its_source_and_hides_its_text() -> None:
    value = Sources({"secretKey": "S3CRET"}.get, {}).value("secretKey")
    assert value == Value("S3CRET", "stack config alicloud:secretKey")
    assert "S3CRET" not in repr(value)


def test_a_key_without_variables_has_none() -> None:
    assert Sources(dict[str, str]().get, {"PROTOCOL": "http"}).value("protocol") is None


def test_every_variable_is_listed_under_its_key_once() -> None:
    assert all(len(names) == len(set(names)) for names in ENVIRONMENT.values())


@pytest.mark.parametrize("text", ["{", "NaN,", "[" * 100_000], ids=["open", "more", "deep"])
def test_json_that_cannot_be_read_is_an_error_without_its_text(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^stack config alicloud:endpoints is not JSON$"):
        Sources({"endpoints": text}.get, {}).json("endpoints")


def test_a_field_of_an_object_may_be_a_number() -> None:
    assert (
        Section(Sources(dict[str, str]().get, {}), "assumeRole", {"sessionExpiration": 900}).positive_number(
            "sessionExpiration"
        )
        == 900
    )
    assert Section(Sources(dict[str, str]().get, {}), "assumeRole", {}).positive_number("sessionExpiration") is None
