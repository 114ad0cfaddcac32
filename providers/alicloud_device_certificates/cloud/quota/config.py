"""What a stack configures about the quota: ``device-certificates:quota`` and ``device-certificates:quotaStore``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.contract.bounds import DocumentError, shortened
from alicloud_device_certificates.contract.config import QUOTA, QUOTA_STORE
from alicloud_device_certificates.contract.documents import parse_json

MOST: Final = 1_000_000
"""The maximum of a quota."""

SERVICES: Final = ("mqtt", "iot")
"""The services that have a quota, as the config names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaConfig:
    """The calls per second that an account may make to each service, and where processes share them."""

    mqtt: int = 500
    iot: int = 10
    store: str | None = field(default=None, repr=False)
    """The URL of a Redis, a secret; None for the store of this machine."""

    def of(self, product: str) -> int | None:
        """Return the quota of a product, such as ``onsmqtt``; None if it is not limited."""
        return {"onsmqtt": self.mqtt, "iot": self.iot}.get(product)

    @classmethod
    def parse(cls, quota: str | None, store: str | None) -> QuotaConfig:
        """Return the config in these two texts. Raise ``SettingsError``, one line that names the key."""
        return cls(**_quotas(quota), store=_store_url(store))


def _quotas(text: str | None) -> dict[str, int]:
    if text is None or not text.strip():
        return {}
    try:
        quotas = parse_json(text)
    except DocumentError as error:
        raise SettingsError(f"{QUOTA.full_name} is not valid JSON: {error}") from None
    if not isinstance(quotas, dict):
        raise SettingsError(f"{QUOTA.full_name} must be an object such as {{mqtt: 2000, iot: 10}}")
    for name, value in quotas.items():
        if name not in SERVICES:
            raise SettingsError(
                f"{QUOTA.full_name} has the unknown key {shortened(name)}; the keys are {' and '.join(SERVICES)}"
            )
        if type(value) is not int or not 1 <= value <= MOST:
            raise SettingsError(f"{QUOTA.full_name}: {name} must be a whole number from 1 to {MOST:,}")
    return quotas


def _store_url(text: str | None) -> str | None:
    """Return the URL of the store. It is a secret, so no error quotes it."""
    if text is None or not text.strip():
        return None
    url = text.strip()
    try:
        parts = urlsplit(url)
        is_redis = parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        is_redis = False
    if not is_redis or not url.isprintable() or " " in url:
        raise SettingsError(
            f"{QUOTA_STORE.full_name} must be the URL of a Redis: redis://host:port or rediss://host:port"
        )
    return url
