"""The region: from the config, the environment, or the selected profile."""

from __future__ import annotations

from pathlib import Path

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.endpoints import is_region
from alicloud_device_certificates.cloud.settings.setting import Setting
from alicloud_device_certificates.cloud.settings.sources import Sources, Value


def read_region(
    sources: Sources, setting: Setting, *, profile: Setting, file: str | None, home: str | None
) -> str | None:
    """Return the region ID, or None if nothing sets it. Raise ``SettingsError`` if it is not one."""
    value = sources.value(setting) or _of_profile(sources.text(profile), file=file, home=home)
    if value is None:
        return None
    if not is_region(value.text):
        raise SettingsError(f"{value.origin} is not a region ID, such as cn-hangzhou")
    return value.text


def _of_profile(profile: str | None, *, file: str | None, home: str | None) -> Value | None:
    # As in pulumi-alicloud, only a profile that is selected explicitly sets the region.
    if profile is None:
        return None
    from alicloud_device_certificates.cloud.settings.profiles import cli_file, region_in

    path = Path(file) if file else cli_file(home)
    if path is None:
        return None
    found = region_in(path, profile)
    return Value(found, f"the region of profile {profile} in {path}") if found else None
