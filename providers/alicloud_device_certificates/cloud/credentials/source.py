"""The credentials of a client: static keys as they are, all others from the vendor's credentials library.

The library is imported only if no static keys are configured or a role is to be assumed. It runs in a daemon thread, so
neither the event loop nor the exit of the process waits for it. ``lookup.py`` has the order of the lookup.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from alicloud_device_certificates.cloud.credentials.credentials import CredentialProvider, Credentials
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.settings import Settings

T = TypeVar("T")

_FRESH_FOR: Final = 60.0
"""Seconds for which credentials are used without a new request. Providers renew them 15 minutes before they expire."""

_TIMEOUT: Final = 20.0


def static_credentials(settings: Settings) -> Credentials | None:
    """Return the keys in the settings if they are used as they are; None if a provider is needed."""
    if settings.assume_role or settings.assume_role_with_oidc:
        return None
    if settings.access_key_id is None or settings.access_key_secret is None:
        return None
    return Credentials(
        access_key_id=settings.access_key_id,
        access_key_secret=settings.access_key_secret,
        security_token=settings.security_token,
        origin=settings.credentials_origin or "access key",
    )


def _find_provider(settings: Settings) -> CredentialProvider:
    from alicloud_device_certificates.cloud.credentials.lookup import find_provider

    return find_provider(settings)


class CredentialSource:
    """Returns the credentials for each attempt, and rarely calls the provider. A failure is remembered.

    - ``find``: returns the provider for the settings; called again by ``renew``, so nothing expired is kept
    - ``clock``: monotonic time in seconds
    - ``timeout``: seconds that a provider may take
    """

    def __init__(
        self,
        settings: Settings,
        *,
        find: Callable[[Settings], CredentialProvider] = _find_provider,
        clock: Callable[[], float] = time.monotonic,
        timeout: float = _TIMEOUT,
    ) -> None:
        self._settings = settings
        self._static = static_credentials(settings)
        self._find = find
        self._clock = clock
        self._timeout = timeout
        self._lock = asyncio.Lock()
        self._provider: CredentialProvider | None = None
        self._current: Credentials | None = None
        self._fetched_at = 0.0
        self._failure: str | None = None

    async def get(self) -> Credentials:
        """Return the credentials to use now. Raise ``CredentialsError``."""
        if self._static is not None:
            return self._static
        async with self._lock:
            if self._current is None or self._clock() - self._fetched_at >= _FRESH_FOR:
                return await self._fetch()
            return self._current

    async def renew(self, expired: Credentials) -> Credentials | None:
        """Return new credentials in place of expired ones; None if there are no others, such as for static keys.

        Raise ``CredentialsError``.
        """
        if self._static is not None:
            return None
        async with self._lock:
            current = self._current
            if current is None or current is expired:
                self._provider = None
                current = await self._fetch()
        return None if current.security_token == expired.security_token else current

    async def _fetch(self) -> Credentials:
        if self._failure is not None:
            raise CredentialsError(self._failure)
        try:
            self._current = await asyncio.wait_for(in_daemon_thread(self._call_provider), self._timeout)
        except TimeoutError:
            self._failure = f"no credentials within {self._timeout:g} s"
        except CredentialsError as error:
            self._failure = str(error)
        if self._failure is not None or self._current is None:
            raise CredentialsError(self._failure or "")
        self._fetched_at = self._clock()
        return self._current

    def _call_provider(self) -> Credentials:
        if self._provider is None:
            self._provider = self._find(self._settings)
        return self._provider()


async def in_daemon_thread(work: Callable[[], T]) -> T:
    """Run blocking work in a thread and return its result.

    Unlike those of ``asyncio.to_thread``, the thread is a daemon: the process does not wait for it when it exits.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():  # cancelled meanwhile
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # T if there is no error

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - passed on, not swallowed
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile, so nothing waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="alicloud-credentials", daemon=True).start()
    return await done
