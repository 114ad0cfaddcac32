"""The argument ``account`` of a data source: the account of the stack's config that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.accounts import accounts_in, find_account
from alicloud_device_certificates.cloud.settings.sources import Account
from alicloud_device_certificates.contract.config import ACCOUNTS, NAMESPACE
from alicloud_device_certificates.contract.names import name_faults

_ARGUMENT: Final = "account"


def configured_accounts() -> Mapping[str, Account]:
    """Return the accounts in the stack's config by name. Raise ``SettingsError``."""
    return accounts_in(pulumi.Config(NAMESPACE).get(ACCOUNTS.name))


def chosen_account(name: object) -> tuple[Account | None, list[str]]:
    """Return the account that an argument names, None if it names none or no valid one, and what is wrong with it."""
    if name is None:
        return None, []
    if not isinstance(name, str):
        return None, [f"{_ARGUMENT} must be a string, a plain value, not {type(name).__name__}"]
    if faults := list(name_faults(_ARGUMENT, name)):
        return None, faults
    try:
        return find_account(configured_accounts(), name), []
    except SettingsError as error:
        return None, [str(error)]
