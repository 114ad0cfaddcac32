"""Whose credentials are used when, and what is remembered. The sources themselves are in test_vendor."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.source import CredentialSource, in_daemon_thread, static_credentials
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

T = TypeVar("T")
STATIC = Settings(access_key_id="AKID", access_key_secret="S3CRET", security_token="T0KEN", credentials_origin="config")


class Place:
    """A source that numbers its tokens, and counts how often it was made and called."""

    def __init__(self, *, fails: str | None = None) -> None:
        self.made = self.called = 0
        self.fails = fails
        self.now = 0.0

    def find(self, _settings: Settings) -> Callable[[], Credentials]:
        self.made += 1
        return self.provide

    def provide(self) -> Credentials:
        self.called += 1
        if self.fails:
            raise CredentialsError(self.fails)
        return Credentials(access_key_id="AKID", access_key_secret="S3CRET", security_token=f"T0KEN-{self.called}")

    def source(self, settings: Settings | None = None, **options: Any) -> CredentialSource:
        return CredentialSource(settings or Settings(), find=self.find, clock=lambda: self.now, **options)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def test_static_keys_are_used_as_they_are_and_no_source_is_called() -> None:
    place = Place()
    credentials = run(place.source(STATIC).get())
    assert credentials == Credentials(
        access_key_id="AKID", access_key_secret="S3CRET", security_token="T0KEN", origin="config"
    )
    assert run(place.source(STATIC).renew(credentials)) is None
    assert place.made == 0


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
def test_a_role_is_assumed_by_a_provider_even_with_static_keys(settings: Settings) -> None:
    place = Place()
    assert run(place.source(settings).get()).security_token == "T0KEN-1"


def test_many_calls_at_once_call_the_provider_once() -> None:
    place = Place()

    async def story() -> set[str | None]:
        source = place.source()
        return {credentials.security_token for credentials in await asyncio.gather(*(source.get() for _ in range(20)))}

    assert run(story()) == {"T0KEN-1"}
    assert (place.made, place.called) == (1, 1)


def test_a_source_is_called_again_after_a_minute() -> None:
    place = Place()

    async def story() -> list[str | None]:
        source = place.source()
        tokens = []
        for place.now in (0.0, 59.0, 60.0):
            tokens.append((await source.get()).security_token)
        return tokens

    assert run(story()) == ["T0KEN-1", "T0KEN-1", "T0KEN-2"]
    assert place.made == 1


def test_expired_credentials_are_renewed_from_a_new_source_once_for_all() -> None:
    place = Place()

    async def story() -> list[str | None]:
        source = place.source()
        expired = await source.get()
        renewed = await asyncio.gather(*(source.renew(expired) for _ in range(5)))
        return [credentials.security_token for credentials in renewed if credentials]

    assert run(story()) == ["T0KEN-2"] * 5
    assert (place.made, place.called) == (2, 2)


def test_a_failure_is_raised_again_without_another_call() -> None:
    place = Place(fails="nothing there")

    async def story() -> None:
        source = place.source()
        for _ in range(3):
            with pytest.raises(CredentialsError, match=r"^nothing there$") as raised:
                await source.get()
            assert raised.value.__context__ is None

    run(story())
    assert place.called == 1


def test_a_source_that_hangs_is_given_up_and_nothing_waits_for_it() -> None:
    let_go = threading.Event()

    def hang(_settings: Settings) -> Callable[[], Credentials]:
        let_go.wait()
        raise CredentialsError("late")

    async def story() -> None:
        source = CredentialSource(Settings(), find=hang, timeout=0.01)
        with pytest.raises(CredentialsError, match=r"^no credentials within 0\.01 s$"):
            await source.get()

    run(story())
    let_go.set()


def test_what_a_thread_raises_is_raised_here_and_it_is_a_daemon() -> None:
    async def story() -> bool:
        def fail() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await in_daemon_thread(fail)
        return await in_daemon_thread(lambda: threading.current_thread().daemon)

    assert run(story())


def test_a_thread_that_ends_after_everyone_left_is_no_problem() -> None:
    let_go, threads = threading.Event(), []
    is_running = threading.Event()

    def work() -> None:
        threads.append(threading.current_thread())
        is_running.set()
        let_go.wait()

    async def give_up(*, while_open: bool) -> None:
        is_running.clear()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(in_daemon_thread(work), 0.01)
        await in_daemon_thread(is_running.wait)
        if while_open:
            let_go.set()
            await in_daemon_thread(threads[0].join)

    run(give_up(while_open=True))
    let_go.clear()
    run(give_up(while_open=False))
    let_go.set()
    threads[1].join()


def test_no_secret_is_in_a_repr() -> None:
    credentials = static_credentials(STATIC)
    assert not any(secret in repr(credentials) for secret in ("AKID", "S3CRET", "T0KEN"))
