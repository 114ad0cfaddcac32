"""The credentials of a client: static keys as they are; all others looked up, kept while they are valid, and renewed.

What looks up and requests is imported only if no static keys are configured, or a role is to be assumed. ``lookup.py``
has the order of the lookup.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.retry import DEFAULT, RetryPolicy
from alicloud_device_certificates.cloud.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable

EARLY: Final = 300.0
"""Seconds before their end at which credentials are renewed, or half of their lifetime if that is less.

At least ``alicloud:maxRetryTimeout``, so that a call that starts with them can end with them.
"""

UNKNOWN_LIFETIME: Final = 60.0
"""Seconds for which credentials without an expiration are used: a file or a command may have others by then."""

FAILURE_LIFETIME: Final = 5.0
"""Seconds for which a failure is remembered, so that calls that waited for it do not each repeat it."""

_ONCE: Final = RetryPolicy(attempts=1)

Obtain = Callable[[Settings, RetryPolicy, Callable[[str], None]], "Awaitable[Credentials]"]
"""Looks up and returns new credentials, with as many attempts as the policy says; raises ``CloudError``."""


def keys_in(settings: Settings) -> Credentials | None:
    """Return the keys in the settings, or None."""
    if settings.access_key_id is None or settings.access_key_secret is None:
        return None
    return Credentials(
        access_key_id=settings.access_key_id,
        access_key_secret=settings.access_key_secret,
        security_token=settings.security_token,
        origin=settings.credentials_origin or "access key",
    )


def static_credentials(settings: Settings) -> Credentials | None:
    """Return the keys in the settings if they are used as they are; None if a provider is needed."""
    if settings.assume_role or settings.assume_role_with_oidc:
        return None
    return keys_in(settings)


async def _obtain(settings: Settings, policy: RetryPolicy, on_retry: Callable[[str], None]) -> Credentials:
    from alicloud_device_certificates.cloud.credentials.lookup import find_provider
    from alicloud_device_certificates.cloud.credentials.network import Network

    provider = find_provider(settings)
    async with Network(settings, policy=policy, on_retry=on_retry) as network:
        return await provider.provide(network)


class CredentialSource:
    """Returns the credentials for each attempt, and rarely obtains new ones: once for all calls that wait.

    - ``on_retry``: gets one line on each wait before another attempt
    - ``obtain``: looks credentials up
    - ``monotonic``: monotonic time in seconds
    """

    def __init__(
        self,
        settings: Settings,
        *,
        on_retry: Callable[[str], None] = lambda _: None,
        obtain: Obtain = _obtain,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._static = static_credentials(settings)
        self._on_retry = on_retry
        self._obtain = obtain
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._current: Credentials | None = None
        self._renew_at = self._ends_at = 0.0
        self._failure: CloudError | None = None
        self._failed_at = 0.0

    async def get(self) -> Credentials:
        """Return the credentials to use now. Raise ``CloudError``: ``CredentialsError`` or ``SettingsError``."""
        if self._static is not None:
            return self._static
        async with self._lock:
            now = self._monotonic()
            current = self._current
            if current is not None and now < self._renew_at:
                return current
            if current is None or now >= self._ends_at:
                return await self._fetch(DEFAULT)
            # One attempt is enough while the current ones are valid: a later call makes the next.
            try:
                return await self._fetch(_ONCE)
            except CloudError:
                return current

    async def renew(self, expired: Credentials) -> Credentials | None:
        """Return new credentials in place of rejected ones; None if there are no others, such as for static keys.

        Raise ``CloudError``, as ``get`` does.
        """
        if self._static is not None:
            return None
        async with self._lock:
            current = self._current
            if current is None or current is expired:
                current = await self._fetch(DEFAULT)
        return None if current.security_token == expired.security_token else current

    async def _fetch(self, policy: RetryPolicy) -> Credentials:
        failure = self._failure
        if failure is None or self._monotonic() - self._failed_at >= FAILURE_LIFETIME:
            try:
                return self._keep(await self._obtain(self._settings, policy, self._on_retry))
            except CloudError as error:
                failure = self._failure = error.with_traceback(None)
                self._failed_at = self._monotonic()
        # A copy without the frames and the context of the original, whose variables hold secrets.
        raise copy.copy(failure)

    def _keep(self, credentials: Credentials) -> Credentials:
        now = self._monotonic()
        lifetime = credentials.lifetime
        if lifetime is None:
            self._renew_at = self._ends_at = now + UNKNOWN_LIFETIME
        else:
            self._ends_at = now + lifetime
            self._renew_at = self._ends_at - min(max(EARLY, self._settings.deadline), lifetime / 2)
        self._current, self._failure = credentials, None
        return credentials
