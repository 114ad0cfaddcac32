"""Whose credentials are used when, and what is remembered. The sources themselves are in the other modules."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.source import CredentialSource, static_credentials
from alicloud_device_certificates.cloud.errors import CredentialsError, SettingsError
from alicloud_device_certificates.cloud.retry import DEFAULT, RetryPolicy
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

T = TypeVar("T")
STATIC = Settings(access_key_id="AKID", access_key_secret="S3CRET", security_token="T0KEN", credentials_origin="config")


class Place:
    """A source that numbers its tokens, and counts how often it is called."""

    def __init__(self, *, lifetime: float | None = None, fails: Exception | None = None) -> None:
        self.called = 0
        self.attempts: list[int] = []
        self.lifetime = lifetime
        self.fails = fails
        self.now = 0.0

    async def obtain(self, _settings: Settings, policy: RetryPolicy, _on_retry: Callable[[str], None]) -> Credentials:
        self.called += 1
        self.attempts.append(policy.attempts)
        token = f"T0KEN-{self.called}"
        await asyncio.sleep(0)  # others get their turn, as during a request
        if self.fails:
            raise self.fails
        return Credentials(
            access_key_id="AKID", access_key_secret="S3CRET", security_token=token, lifetime=self.lifetime
        )

    def source(self, settings: Settings | None = None) -> CredentialSource:
        return CredentialSource(settings or Settings(), obtain=self.obtain, monotonic=lambda: self.now)

    def tokens_at(self, *times: float, settings: Settings | None = None) -> list[str | None]:
        async def story() -> list[str | None]:
            source = self.source(settings)
            tokens = []
            for self.now in times:
                tokens.append((await source.get()).security_token)
            return tokens

        return run(story())


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def test_static_keys_are_used_as_they_are_and_no_source_is_called() -> None:
    place = Place()
    credentials = run(place.source(STATIC).get())
    assert credentials == Credentials(
        access_key_id="AKID", access_key_secret="S3CRET", security_token="T0KEN", origin="config"
    )
    assert run(place.source(STATIC).renew(credentials)) is None
    assert place.called == 0


def test_keys_without_a_known_place_are_just_an_access_key() -> None:
    credentials = static_credentials(Settings(access_key_id="AKID", access_key_secret="S3CRET"))
    assert credentials is not None
    assert credentials.origin == "access key"


@pytest.mark.parametrize(
    "settings",
    [
        Settings(access_key_id="AKID", access_key_secret="S3CRET", assume_role=AssumeRole(role_arn="r")),
        Settings(
            access_key_id="AKID",
            access_key_secret="S3CRET",
            assume_role_with_oidc=AssumeRoleWithOidc(role_arn="r", oidc_provider_arn="p"),
        ),
    ],
)
def test_a_role_is_assumed_even_with_static_keys(settings: Settings) -> None:
    assert Place().tokens_at(0.0, settings=settings) == ["T0KEN-1"]


def test_many_calls_at_once_obtain_credentials_once() -> None:
    place = Place()

    async def story() -> set[str | None]:
        source = place.source()
        return {each.security_token for each in await asyncio.gather(*(source.get() for _ in range(20)))}

    assert run(story()) == {"T0KEN-1"}
    assert place.called == 1


@pytest.mark.parametrize(
    ("lifetime", "deadline", "last", "first"),
    [
        (3600.0, 60.0, 3299.0, 3300.0),  # five minutes before the end
        (3600.0, 900.0, 2699.0, 2700.0),  # a call may take longer than that
        (4.0, 60.0, 1.9, 2.0),  # half of a short life
        (None, 60.0, 59.0, 60.0),  # unknown
    ],
)
def test_credentials_are_renewed_before_they_expire(
    lifetime: float | None, deadline: float, last: float, first: float
) -> None:
    place = Place(lifetime=lifetime)
    assert place.tokens_at(0.0, last, first, settings=Settings(deadline=deadline)) == ["T0KEN-1", "T0KEN-1", "T0KEN-2"]


def test_all_calls_of_a_long_read_have_valid_credentials_and_each_renewal_happens_once() -> None:
    place = Place(lifetime=10.0)

    async def story() -> None:
        source = place.source()
        ends: dict[str | None, float] = {}
        for second in range(100):
            place.now = float(second)
            for credentials in await asyncio.gather(*(source.get() for _ in range(50))):
                ends.setdefault(credentials.security_token, second + 10.0)
                assert place.now < ends[credentials.security_token]

    run(story())
    assert place.called == 20


def test_a_renewal_that_fails_leaves_valid_credentials_in_use_and_is_tried_again_later() -> None:
    place = Place(lifetime=3600.0)
    many = DEFAULT.attempts

    async def story() -> None:
        source = place.source()
        first = await source.get()
        place.fails = CredentialsError("STS is down")
        for place.now in (3300.0, 3301.0, 3304.9):
            assert await source.get() is first
        assert place.attempts == [many, 1]
        place.now = 3305.0
        assert await source.get() is first
        assert place.attempts == [many, 1, 1]
        place.now = 3600.0
        with pytest.raises(CredentialsError, match="STS is down"):
            await source.get()
        assert place.attempts == [many, 1, 1, many]
        place.fails = None
        place.now = 3605.0
        assert (await source.get()).security_token == "T0KEN-5"

    run(story())


def test_rejected_credentials_are_replaced_once_for_all() -> None:
    place = Place(lifetime=3600.0)

    async def story() -> list[str | None]:
        source = place.source()
        rejected = await source.get()
        renewed = await asyncio.gather(*(source.renew(rejected) for _ in range(5)))
        assert (await source.get()).security_token == "T0KEN-2"
        return [credentials.security_token for credentials in renewed if credentials]

    assert run(story()) == ["T0KEN-2"] * 5
    assert place.called == 2


@pytest.mark.parametrize("failure", [CredentialsError("nothing there", http_status=500), SettingsError("wrong")])
def test_a_failure_is_reported_to_all_that_wait_and_forgotten_after_seconds(failure: Exception) -> None:
    place = Place(fails=failure)

    async def story() -> None:
        source = place.source()
        found = await asyncio.gather(*(source.get() for _ in range(1000)), return_exceptions=True)
        assert {(type(each), str(each)) for each in found} == {(type(failure), str(failure))}
        assert len({id(each) for each in found}) == 1000, "an error that is shared collects the frames of all"
        assert place.called == 1
        place.now = 4.9
        with pytest.raises(type(failure)):
            await source.get()
        assert place.called == 1
        place.now, place.fails = 5.0, None
        assert (await source.get()).security_token == "T0KEN-2"

    run(story())


def test_a_call_that_is_given_up_takes_nothing_from_the_others_that_wait() -> None:
    place = Place()

    async def story() -> None:
        source = place.source()
        first, second = (asyncio.ensure_future(source.get()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).security_token == "T0KEN-2"

    run(story())


def test_no_secret_is_in_a_repr() -> None:
    credentials = static_credentials(STATIC)
    assert not any(secret in repr(credentials) for secret in ("AKID", "S3CRET", "T0KEN"))


def test_static_keys_import_nothing_that_looks_up_or_requests_credentials() -> None:
    program = """
import asyncio, sys
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.settings.settings import Settings
asyncio.run(CredentialSource(Settings(access_key_id="a", access_key_secret="b")).get())
rooms = ("alicloud_device_certificates.cloud.credentials.", "alicloud_device_certificates.cloud.http.", "httpx")
print([name for name in sys.modules if name.startswith(rooms)])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['alicloud_device_certificates.cloud.credentials.source']\n"


def test_without_any_credentials_no_host_is_contacted_and_nothing_is_printed(tmp_path: Path) -> None:
    program = """
import asyncio, sys, threading
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.settings import Settings
connected = []
sys.addaudithook(lambda event, arguments: connected.append(arguments) if event == "socket.connect" else None)
try:
    asyncio.run(CredentialSource(Settings(home=sys.argv[1])).get())
except CredentialsError:
    assert connected == []
    assert threading.enumerate() == [threading.main_thread()]
else:
    raise AssertionError("there are credentials")
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
