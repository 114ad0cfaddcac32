"""Who is asking: static keys as they are, everything else through the vendor's credentials library.

The library is imported only where no static keys are configured (or a role is taken on), and then kept quiet: it logs
to stderr by default. It is asked in a daemon thread, so neither the event loop nor the end of the process waits for it.

Where credentials are looked for, the first that is configured:

1. `alicloud:assumeRoleWithOidc`
2. static keys, with or without STS token: config, then environment
3. the profile of `alicloud:profile`, in `alicloud:sharedCredentialsFile` or the CLI's `~/.aliyun/config.json`
4. `alicloud:credentialsUri`
5. `alicloud:ecsRoleName`: the metadata service of an ECS instance. It is asked only where this key or its environment
   variable names a role, since everywhere else the attempt costs seconds and finds nothing.
6. what the vendor's tools use by default: an OIDC role in the environment, the CLI's current profile,
   `~/.alibabacloud/credentials.ini`

`alicloud:assumeRole` then takes on its role with whatever was found.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from alicloud_device_certificates.cloud.credentials.credentials import Credentials, Source
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.settings import Settings

T = TypeVar("T")

_FRESH_FOR: Final = 60.0
"""Seconds for which credentials are used without asking their source again. Sources renew 15 minutes before expiry."""

_PATIENCE: Final = 20.0


def static_credentials(settings: Settings) -> Credentials | None:
    """The settings' own keys, where they are used as they are; None where some source has to be asked."""
    if settings.assume_role or settings.assume_role_with_oidc:
        return None
    if settings.access_key_id is None or settings.access_key_secret is None:
        return None
    return Credentials(
        access_key_id=settings.access_key_id,
        access_key_secret=settings.access_key_secret,
        security_token=settings.security_token,
        source=settings.credentials_source or "access key",
    )


def _vendor_source(settings: Settings) -> Source:
    from alicloud_device_certificates.cloud.credentials.vendor import vendor_source

    return vendor_source(settings)


class CredentialSource:
    """Gives the credentials for each attempt, asks their source seldom, and tells a failure again without asking again.

    find      makes the source for the settings; called again for `renew`, so that nothing expired is kept
    clock     seconds that only ever grow
    patience  seconds that a source may take
    """

    def __init__(
        self,
        settings: Settings,
        *,
        find: Callable[[Settings], Source] = _vendor_source,
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE,
    ) -> None:
        self._settings = settings
        self._static = static_credentials(settings)
        self._find = find
        self._clock = clock
        self._patience = patience
        self._lock = asyncio.Lock()
        self._source: Source | None = None
        self._current: Credentials | None = None
        self._asked_at = 0.0
        self._failure: str | None = None

    async def get(self) -> Credentials:
        """The credentials to use now. Raises `CredentialsError`."""
        if self._static is not None:
            return self._static
        async with self._lock:
            if self._current is None or self._clock() - self._asked_at >= _FRESH_FOR:
                await self._ask()
            return self._known()

    async def renew(self, expired: Credentials) -> Credentials | None:
        """Others instead of expired ones, or None where their place has no others (static keys, for one)."""
        if self._static is not None:
            return None
        async with self._lock:
            if self._current is expired:
                self._source = None
                await self._ask()
            current = self._known()
        return None if current.security_token == expired.security_token else current

    async def _ask(self) -> None:
        if self._failure is not None:
            raise CredentialsError(self._failure)
        try:
            self._current = await asyncio.wait_for(in_daemon_thread(self._fetch), self._patience)
        except TimeoutError:
            self._failure = f"the credentials took longer than {self._patience:.0f} s"
        except CredentialsError as error:
            self._failure = str(error)
        if self._failure is not None:
            raise CredentialsError(self._failure)
        self._asked_at = self._clock()

    def _fetch(self) -> Credentials:
        if self._source is None:
            self._source = self._find(self._settings)
        return self._source()

    def _known(self) -> Credentials:
        assert self._current is not None  # noqa: S101 - `_ask` raises where it finds none
        return self._current


async def in_daemon_thread(work: Callable[[], T]) -> T:
    """Runs blocking work in a thread that the end of the process does not wait for (`asyncio.to_thread`'s it does)."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():  # given up on meanwhile
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # T where there is no error

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed over, not swallowed
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile, so nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="alicloud-credentials", daemon=True).start()
    return await done
