"""From the stack's config to its reader: over Alibaba Cloud, or over the emulator in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.http import background
from alicloud_device_certificates.cloud.settings.settings import CONFIG_KEYS, Settings
from alicloud_device_certificates.contract.config import ALICLOUD_NAMESPACE, EMULATOR, EMULATOR_SCENARIO, EMULATOR_STATE
from alicloud_device_certificates.contract.project import project_folder
from alicloud_device_certificates.reading import Reader
from alicloud_device_certificates.reading.live_status import show_live

if TYPE_CHECKING:
    from alicloud_device_certificates.emulator import Emulator

StackConfig = Callable[[str], str | None]

_OWN_KEYS = (EMULATOR, EMULATOR_SCENARIO, EMULATOR_STATE)


def connect(config: StackConfig) -> Reader:
    """Return the process's reader for this config, made on first use. A failure to make it is remembered.

    ``config`` returns the text of a full key, such as ``alicloud:region``, or None. Raise CloudError if the settings
    are invalid, and EmulatorError if the emulator's scenario or state is.
    """
    keys = (*(key.full_name for key in _OWN_KEYS), *(f"{ALICLOUD_NAMESPACE}:{key}" for key in CONFIG_KEYS))
    return background.client_for(tuple(config(key) for key in keys), lambda: Reader(_make_client(config)))


def _make_client(config: StackConfig) -> Client:
    if _is_true(config, EMULATOR.full_name):
        return _emulated(config)
    settings = Settings.resolve(lambda key: config(f"{ALICLOUD_NAMESPACE}:{key}"), os.environ)
    return Client(settings, on_retry=show_live)


def _emulated(config: StackConfig) -> Client:
    # Imported only if the emulator is on.
    from alicloud_device_certificates.emulator import emulator_app

    return client_of(
        emulator_app(
            _project_path(config(EMULATOR_SCENARIO.full_name)),
            _project_path(config(EMULATOR_STATE.full_name)),
            control=False,
            raises=True,
        )
    )


def client_of(app: Emulator) -> Client:
    """Return a client that reaches only this emulator, whatever keys and endpoints are set."""
    # The host names are those of the cloud, because they contain the region; none of them is resolved.
    settings = Settings(
        access_key_id=app.account.access_key_id,
        access_key_secret=app.account.access_key_secret,
        security_token=app.account.security_token,
        credentials_origin="the emulator's scenario",
    )
    return Client(settings, app=app, on_retry=show_live)


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
