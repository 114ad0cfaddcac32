"""Which calls share a limiter, and what is reported if its store cannot be used."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.quota.account import account_key
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.quota.limiter import Limiter
from alicloud_device_certificates.cloud.quota.limiters import Limiters
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

KEY = Credentials(access_key_id="LTAI5tOne", access_key_secret="one")
OTHER = Credentials(access_key_id="LTAI5tOther", access_key_secret="other")
TEMPORARY = Credentials(access_key_id="STS.one", access_key_secret="one", security_token="t1")
NEXT = Credentials(access_key_id="STS.next", access_key_secret="next", security_token="t2")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    yield tmp_path / "alicloud-device-certificates"


def role(account: str, name: str = "reader") -> AssumeRole:
    return AssumeRole(role_arn=f"acs:ram::{account}:role/{name}")


def oidc(account: str) -> AssumeRoleWithOidc:
    return AssumeRoleWithOidc(role_arn=f"acs:ram::{account}:role/ci", oidc_provider_arn="p", oidc_token_file="f")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ((Settings(), KEY), (Settings(region="cn-beijing"), KEY), True),
        ((Settings(), KEY), (Settings(), OTHER), False),
        ((Settings(assume_role=role("1")), TEMPORARY), (Settings(assume_role=role("1", "other")), NEXT), True),
        ((Settings(assume_role=role("1")), TEMPORARY), (Settings(assume_role=role("2")), TEMPORARY), False),
        ((Settings(assume_role=role("1")), TEMPORARY), (Settings(assume_role_with_oidc=oidc("1")), NEXT), True),
        ((Settings(assume_role=role("1")), TEMPORARY), (Settings(environment_oidc=oidc("1")), NEXT), True),
        ((Settings(ecs_role_name="r"), TEMPORARY), (Settings(ecs_role_name="r"), NEXT), True),
        ((Settings(ecs_role_name="r"), TEMPORARY), (Settings(ecs_role_name="s"), NEXT), False),
        ((Settings(credentials_uri="http://a"), TEMPORARY), (Settings(credentials_uri="http://b"), NEXT), False),
        # A key that is configured is what matters, not a role that only the environment has.
        (
            (Settings(access_key_id="LTAI5tOne", environment_oidc=oidc("1")), KEY),
            (Settings(access_key_id="LTAI5tOne"), KEY),
            True,
        ),
    ],
)
def test_an_account_is_its_role_or_its_key_or_where_its_key_comes_from(
    one: tuple[Settings, Credentials], other: tuple[Settings, Credentials], is_same: bool
) -> None:
    assert (account_key(*one) == account_key(*other)) is is_same


def test_the_key_of_an_account_names_neither_it_nor_its_access_key() -> None:
    for settings, credentials in [(Settings(), KEY), (Settings(assume_role=role("1234567890123456")), TEMPORARY)]:
        key = account_key(settings, credentials)
        assert len(key) == 32
        assert set(key) <= set("0123456789abcdef")


def limiter(limiters: Limiters, product: str = "iot", **options: object) -> Limiter | None:
    arguments = {"config": QuotaConfig(), "settings": Settings(), "credentials": KEY, **options}
    return limiters.limiter(product, **arguments)  # type: ignore[arg-type]


def test_clients_of_one_account_share_a_limiter_and_services_do_not() -> None:
    limiters = Limiters(at_once=40)
    one = limiter(limiters)
    assert one is not None
    assert limiter(limiters, settings=Settings(region="cn-beijing")) is one
    assert limiter(limiters, "onsmqtt") is not one
    assert limiter(limiters, credentials=OTHER) is not one
    assert limiter(limiters, "sts") is None


def test_an_endpoint_of_the_config_has_a_quota_of_its_own() -> None:
    limiters = Limiters(at_once=40)
    emulated = Settings(endpoints=MappingProxyType({"iot": "127.0.0.1:8080"}))
    assert limiter(limiters, settings=emulated) is not limiter(limiters)
    assert limiter(limiters, settings=emulated) is limiter(limiters, settings=emulated)


def test_no_file_name_has_the_access_key(folder: Path) -> None:
    async def run() -> None:
        limiters = Limiters(at_once=40)
        shared = limiter(limiters)
        assert shared is not None
        await shared.take()
        await limiters.aclose()

    asyncio.run(run())
    (file,) = folder.iterdir()
    assert KEY.access_key_id not in file.name
    assert KEY.access_key_id.encode() not in file.read_bytes()


def test_stores_that_cannot_be_used_cost_one_warning(folder: Path) -> None:
    folder.write_text("no folder")
    warnings = list[str]()

    async def run() -> None:
        limiters = Limiters(at_once=40, on_warning=warnings.append)
        for product in ("iot", "onsmqtt"):
            for _ in range(3):
                shared = limiter(limiters, product)
                assert shared is not None
                await shared.take()
        await limiters.aclose()

    asyncio.run(run())
    assert warnings == [
        f"the quota is not shared with other processes: {folder} is no folder; "
        "this process keeps to the quota by itself"
    ]


def test_a_redis_store_without_its_extra_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(SettingsError) as caught:
        limiter(Limiters(at_once=40), config=QuotaConfig(store="redis://:s3cret@host"))
    assert str(caught.value) == (
        "device-certificates:quotaStore: redis is not installed: "
        "run pip install 'pulumi-alicloud-device-certificates[redis]'"
    )


def test_a_redis_url_that_the_library_rejects_is_one_line_without_it() -> None:
    with pytest.raises(SettingsError) as caught:
        limiter(Limiters(at_once=40), config=QuotaConfig(store="redis://:s3cret@host?socket_timeout=soon"))
    assert "device-certificates:quotaStore" in str(caught.value)
    assert "s3cret" not in str(caught.value)
