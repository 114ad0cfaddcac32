"""From the stack's config to its reader: over Alibaba Cloud, or over the emulator in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.http import background
from alicloud_device_certificates.cloud.http.connections import LIMIT
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.quota.limiters import Limiters
from alicloud_device_certificates.cloud.settings.accounts import accounts_in, find_account
from alicloud_device_certificates.cloud.settings.settings import CONFIG_KEYS, TABLE, Settings
from alicloud_device_certificates.cloud.settings.sources import Account
from alicloud_device_certificates.contract.config import (
    ACCOUNTS,
    ALICLOUD_NAMESPACE,
    EMULATOR,
    EMULATOR_SCENARIO,
    EMULATOR_STATE,
    QUOTA,
    QUOTA_STORE,
)
from alicloud_device_certificates.contract.project import project_folder
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.reading import Reader
from alicloud_device_certificates.reading.live_status import show_live, show_warning

if TYPE_CHECKING:
    from alicloud_device_certificates.emulator import Emulator

StackConfig = Callable[[str], str | None]

_EMULATOR_KEYS = (EMULATOR, EMULATOR_SCENARIO, EMULATOR_STATE)
_QUOTA_KEYS = (QUOTA, QUOTA_STORE)


def connect(config: StackConfig, account: str | None = None) -> Reader:
    """Return the process's reader for this config and account, made on first use. A failure to make it is remembered.

    ``config`` returns the text of a full key, such as ``alicloud:region``, or None. ``account`` is a name in the
    stack's accounts, or None for that of ``alicloud:``. Accounts share no client, so nothing that one of them has.

    Raise CloudError if the settings are invalid, and EmulatorError if the emulator's scenario or state is.
    """
    own = tuple(config(key.full_name) for key in (*_EMULATOR_KEYS, *_QUOTA_KEYS))
    cloud = tuple(config(f"{ALICLOUD_NAMESPACE}:{key}") for key in CONFIG_KEYS)
    accounts = None if account is None else config(ACCOUNTS.full_name)
    return background.client_for((own, cloud, account, accounts), lambda: _make_reader(config, account))


def _make_reader(config: StackConfig, name: str | None) -> Reader:
    account = None if name is None else find_account(accounts_in(config(ACCOUNTS.full_name)), name)
    if _is_true(config, EMULATOR.full_name):
        return Reader(_emulated(config, account), account=name)
    settings = Settings.resolve(lambda key: config(f"{ALICLOUD_NAMESPACE}:{key}"), os.environ, account)
    quota = QuotaConfig.parse(*(config(key.full_name) for key in _QUOTA_KEYS))
    return Reader(Client(settings, on_retry=_live(name), quota=quota, limiters=_limiters()), account=name)


@cache
def _limiters() -> Limiters:
    """Return the limiters of this process: all its clients run on one event loop."""
    return Limiters(at_once=LIMIT, on_warning=show_warning)


def _emulated(config: StackConfig, account: Account | None) -> Client:
    # Imported only if the emulator is on.
    from alicloud_device_certificates.emulator import emulator_app

    app = emulator_app(
        _project_path(config(EMULATOR_SCENARIO.full_name)),
        _project_path(config(EMULATOR_STATE.full_name)),
        control=False,
        raises=True,
    )
    return client_of(app, account)


def client_of(app: Emulator, account: Account | None = None) -> Client:
    """Return a client that reaches only this emulator, whatever keys and endpoints are set.

    It signs as the scenario's first user. If the scenario has several accounts, a named account of the stack is that
    of the user with its access key. Raise SettingsError if there is none.
    """
    signer = app.account
    if account is not None and len(app.world.scenario.accounts) > 1:
        key = TABLE["access_key_id"].key
        found = app.account_of(account.text(key))
        if found is None:
            raise SettingsError(
                f"stack config {account.path}: the emulator's scenario has several accounts, and no user with the "
                f"{key} of this one"
            )
        signer = found
    # The host names are those of the cloud, because they contain the region; none of them is resolved.
    settings = Settings(
        access_key_id=signer.access_key_id,
        access_key_secret=signer.access_key_secret,
        security_token=signer.security_token,
        credentials_origin="the emulator's scenario",
        account=None if account is None else account.name,
    )
    return Client(settings, app=app, on_retry=_live(settings.account))


def _live(account: str | None) -> Callable[[str], None]:
    """Return what shows a line about a call in the engine's display, with the account if it is a named one."""
    if account is None:
        return show_live
    prefix = one_line(f"account {account}: ")
    return lambda line: show_live(f"{prefix} {line}")


def _is_true(config: StackConfig, key: str) -> bool:
    text = config(key)
    if text is None or text.lower() in {"", "false"}:
        return False
    if text.lower() == "true":
        return True
    raise SettingsError(f"{key} must be true or false")


def _project_path(text: str | None) -> Path | None:
    """Return a path relative to the project: the provider starts in the folder of its program, ``main:``."""
    if not text:
        return None
    try:
        return project_folder(Path.cwd()) / Path(text).expanduser()
    except RuntimeError:
        raise SettingsError(f"{text!r}: there is no such user, so this is no path") from None
