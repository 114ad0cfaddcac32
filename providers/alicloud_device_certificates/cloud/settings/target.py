"""Where the requests of a stack go, for a program that makes none itself: its region, and whether to public hosts."""

from __future__ import annotations

from collections.abc import Mapping

from alicloud_device_certificates.cloud.settings.setting import read_setting
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.cloud.settings.sources import Account, AlicloudConfig, Sources


def region_from(config: AlicloudConfig, environ: Mapping[str, str], account: Account | None = None) -> str | None:
    """Return the region of the account, the config, the environment or the profile, in this order, or None.

    Raise ``SettingsError`` if it is not a region ID.
    """
    region: str | None = read_setting(Settings, "region", Sources(config, environ, account=account))
    return region


def has_endpoint(product: str, config: AlicloudConfig, account: Account | None = None) -> bool:
    """Return whether the config has an endpoint of its own for a product. Raise ``SettingsError``."""
    return product in read_setting(Settings, "endpoints", Sources(config, {}, account=account))
