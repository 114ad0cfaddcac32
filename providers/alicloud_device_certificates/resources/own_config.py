"""The keys of this package's own namespace in the stack's config."""

from __future__ import annotations

from typing import ClassVar

import pulumi

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.contract.config import unknown_keys
from alicloud_device_certificates.resources.accounts import configured_accounts
from alicloud_device_certificates.resources.pulumi_runtime import config_keys


class ConfigError(pulumi.RunError):
    """The stack's config is invalid: one line that lists every fault."""

    fix: ClassVar[str] = (
        "Correct the keys and entries that the message lists; `device-certificates config schema` has all."
    )


def check_own_keys() -> None:
    """Raise ConfigError if the stack's config has an unknown key in this package's namespace, or invalid accounts."""
    if faults := unknown_keys(config_keys()):
        raise ConfigError("; ".join(faults))
    try:
        configured_accounts()
    except SettingsError as error:
        raise ConfigError(str(error)) from None
