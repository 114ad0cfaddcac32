"""What a stack can configure about the quota, and the one line if it is wrong."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.quota.config import QuotaConfig


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, (500, 10)),
        ("", (500, 10)),
        ("{}", (500, 10)),
        ('{"mqtt": 2000}', (2000, 10)),
        ('{"mqtt": 2000, "iot": 20}', (2000, 20)),
        ('{"iot": 1}', (500, 1)),
    ],
)
def test_a_raised_quota(text: str | None, expected: tuple[int, int]) -> None:
    quota = QuotaConfig.parse(text, None)
    assert (quota.of("onsmqtt"), quota.of("iot"), quota.of("sts")) == (*expected, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not valid JSON"),
        ("2000", "must be an object"),
        ("[2000]", "must be an object"),
        ("null", "must be an object"),
        ('{"mqqt": 2000}', "unknown key 'mqqt'; the keys are mqtt and iot"),
        *((f'{{"mqtt": {value}}}', "mqtt must be a whole number from 1 to 1,000,000") for value in (0, -1, 1000001)),
        *((f'{{"iot": {value}}}', "iot must be a whole number") for value in ("true", '"10"', "1.5", "null", "[]")),
    ],
)
def test_anything_else_is_one_line(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        QuotaConfig.parse(text, None)
    line = str(caught.value)
    assert line.startswith("device-certificates:quota")
    assert told in line
    assert "\n" not in line


@pytest.mark.parametrize("url", ["redis://host", "rediss://:s3cret@host:6380/2", "redis://user:s3cret@[::1]:6379"])
def test_a_store_is_the_url_of_a_redis_and_a_secret(url: str) -> None:
    quota = QuotaConfig.parse(None, f" {url}\n")
    assert quota.store == url
    assert "s3cret" not in repr(quota)


@pytest.mark.parametrize(
    "url",
    ["s3cret", "http://s3cret@host", "redis://", "redis:///s3cret", "redis://:s3cret@host:port", "redis://h:99999",
     "redis://[::1", "redis://s3 cret", "redis://s3cret\u202e"],
)  # fmt: skip
def test_any_other_store_is_one_line_that_does_not_quote_it(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        QuotaConfig.parse(None, url)
    assert str(caught.value).startswith("device-certificates:quotaStore must be the URL of a Redis")
    assert "s3" not in str(caught.value)


def test_without_a_store_there_is_that_of_the_machine() -> None:
    assert QuotaConfig.parse(None, " ").store is None
