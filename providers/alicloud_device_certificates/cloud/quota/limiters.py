"""The limiters of a process: one for each account and service, whichever clients call it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Awaitable, Callable

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.quota.account import account_key
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.quota.limiter import Limiter
from alicloud_device_certificates.cloud.quota.store import Store
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.config import QUOTA_STORE
from alicloud_device_certificates.contract.extras import MissingExtraError, required_extra


class Limiters:
    """Makes each limiter on first use. Use it on one event loop.

    - ``at_once``: how many requests a client sends at once
    - ``monotonic``: monotonic time in seconds
    - ``sleep``: waits for a number of seconds
    - ``on_warning``: gets one line if a store cannot be used
    """

    def __init__(
        self,
        *,
        at_once: int,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_warning: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._at_once = at_once
        self._monotonic = monotonic
        self._sleep = sleep
        self._on_warning = on_warning
        self._made: dict[tuple[str, QuotaConfig], Limiter] = {}
        self._has_warned = False

    def limiter(
        self, product: str, *, config: QuotaConfig, settings: Settings, credentials: Credentials
    ) -> Limiter | None:
        """Return the limiter of a product for the account of these credentials; None if it has no quota.

        Each endpoint of the config has its own, because it may be an emulator; those of the cloud share the account's.
        Raise ``SettingsError`` if the store needs an extra that is not installed.
        """
        quota = config.of(product)
        if quota is None:
            return None
        endpoint = settings.endpoints.get(product, "")
        digits = hashlib.sha256(endpoint.encode()).hexdigest()[:12] if endpoint else "cloud"
        key = f"{account_key(settings, credentials)}-{product}-{digits}"
        if (key, config) not in self._made:
            self._made[key, config] = Limiter(
                quota,
                at_once=self._at_once,
                store=self._store(config, key, quota),
                monotonic=self._monotonic,
                sleep=self._sleep,
                on_store_failure=self._warn,
            )
        return self._made[key, config]

    async def aclose(self) -> None:
        """Let go of all stores."""
        for limiter in self._made.values():
            await limiter.aclose()
        self._made.clear()

    def of(self, settings: Settings, config: QuotaConfig) -> AccountLimiters:
        """Return the limiters for the account of these settings."""
        return AccountLimiters(self, settings, config)

    def _store(self, config: QuotaConfig, key: str, quota: int) -> Store | None:
        try:
            return _store(config, key, quota)
        except ImportError as error:
            self._warn(f"this Python has no {error.name}")
            return None

    def _warn(self, reason: str) -> None:
        """Warn once: what makes one store unusable does the same to the others."""
        if not self._has_warned:
            self._has_warned = True
            self._on_warning(
                f"the quota is not shared with other processes: {reason}; this process keeps to the quota by itself"
            )


class AccountLimiters:
    """The limiters for the account of one client, as of its first credentials: temporary ones change."""

    def __init__(self, limiters: Limiters, settings: Settings, config: QuotaConfig) -> None:
        self._limiters = limiters
        self._settings = settings
        self._config = config
        self._of: dict[str, Limiter | None] = {}

    def limiter(self, product: str, credentials: Credentials) -> Limiter | None:
        """Return the limiter of a product, as ``Limiters.limiter`` does."""
        if product not in self._of:
            self._of[product] = self._limiters.limiter(
                product, config=self._config, settings=self._settings, credentials=credentials
            )
        return self._of[product]


def _store(config: QuotaConfig, key: str, quota: int) -> Store:
    if config.store is None:
        # Imported only if there is a quota: it takes SQLite.
        from alicloud_device_certificates.cloud.quota.local_store import LocalStore, default_folder

        return LocalStore(default_folder(os.environ), key, quota)
    try:
        with required_extra("redis"):
            import redis  # noqa: F401
    except MissingExtraError as error:
        raise SettingsError(f"{QUOTA_STORE.full_name}: {error}") from None
    from alicloud_device_certificates.cloud.quota.redis_store import RedisStore

    try:
        return RedisStore(config.store, key, quota)
    except ValueError:
        # Its text may quote the URL.
        raise SettingsError(f"{QUOTA_STORE.full_name} has an option that no Redis client understands") from None
