"""The region of a read from ApsaraMQ for MQTT: an argument, or that of the account, the config or the environment."""

from __future__ import annotations

import os
from typing import cast

import pulumi

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.sources import Account
from alicloud_device_certificates.cloud.settings.target import has_endpoint, region_from
from alicloud_device_certificates.contract.config import ALICLOUD_NAMESPACE, EMULATOR, NAMESPACE
from alicloud_device_certificates.contract.kinds import KINDS
from alicloud_device_certificates.resources.accounts import chosen_account


def region_of(
    region: pulumi.Input[str] | None, account: str | None
) -> tuple[pulumi.Input[str] | None, bool, list[str]]:
    """Return the region of a read, whether any region will do, and what is wrong with the configured one."""
    chosen, account_faults = chosen_account(account)
    any_region = _has_own_endpoint(chosen)
    if region is not None:
        return region, any_region, []
    if account_faults:
        return cast(str, pulumi.UNKNOWN), any_region, []  # That of an account that is not there.
    try:
        return region_from(pulumi.Config(ALICLOUD_NAMESPACE).get, os.environ, chosen), any_region, []
    except SettingsError as error:
        return None, any_region, [str(error)]


def _has_own_endpoint(account: Account | None) -> bool:
    """Return whether requests go to no public host, so the region need not have one."""
    emulator = pulumi.Config(NAMESPACE).get(EMULATOR.name) or ""
    try:
        has_one = has_endpoint(KINDS["mqtt"].product, pulumi.Config(ALICLOUD_NAMESPACE).get, account)
    except SettingsError:
        return True  # The read reports it.
    return has_one or emulator.lower() == "true"
