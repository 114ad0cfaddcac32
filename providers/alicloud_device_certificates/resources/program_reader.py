"""Reads in the program's own process, with the settings and by the code that the provider's process reads with.

They run on the background loop, a daemon thread: the program goes on meanwhile, and its process waits for none of them
when it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.http import background
from alicloud_device_certificates.cloud.settings import settings
from alicloud_device_certificates.contract.config import (
    ALICLOUD_NAMESPACE,
    CONFIG_KEYS,
    EMULATOR,
    EMULATOR_SCENARIO,
    EMULATOR_STATE,
    NAMESPACE,
)
from alicloud_device_certificates.contract.debugging import is_debugging, log_attempts
from alicloud_device_certificates.contract.project import EMULATOR_STATE_FOLDER, project_folder, project_name
from alicloud_device_certificates.resources.pulumi_runtime import engine


async def read_private_key(id_: str, *, account: str | None) -> dict[str, Any]:
    """Return the ``private_key_pem`` of the device of IoT Platform that an ID identifies, and ``warnings``.

    Raise whatever the read raises.
    """
    if is_debugging():
        log_attempts()
    config = _stack_config()
    shown_by = engine()

    async def read() -> dict[str, Any]:
        # Imported only now, and while the program goes on: they are heavy.
        from alicloud_device_certificates.reading.connection import connect
        from alicloud_device_certificates.reading.live_status import own_engine

        own_engine.set(shown_by)
        return await connect(config.get, account).read_private_key(id_)

    return await asyncio.wrap_future(background.start(read()))


def _stack_config() -> Mapping[str, str | None]:
    """Return what a read needs of the stack's config, by full key. Raise SettingsError."""
    own, cloud = pulumi.Config(NAMESPACE), pulumi.Config(ALICLOUD_NAMESPACE)
    found = {
        **{key.full_name: own.get(key.name) for key in CONFIG_KEYS},
        **{f"{ALICLOUD_NAMESPACE}:{key}": cloud.get(key) for key in settings.CONFIG_KEYS},
    }
    if (found[EMULATOR.full_name] or "").lower() == "true":
        found.update(_emulator_paths(found))
    return found


def _emulator_paths(config: Mapping[str, str | None]) -> dict[str, str]:
    """Return the emulator's paths as the provider has them, which starts in the project: both have the same keys."""
    default = {EMULATOR_STATE.full_name: EMULATOR_STATE_FOLDER}
    given = {key: text for key in (EMULATOR_SCENARIO.full_name, EMULATOR_STATE.full_name) if (text := config[key])}
    paths = {key: Path(text) for key, text in {**default, **given}.items()}
    relative = {key: path for key, path in paths.items() if not path.is_absolute() and path.parts[:1] != ("~",)}
    return {key: str(_project_folder() / path) for key, path in relative.items()}


def _project_folder() -> Path:
    """Return the project's folder. Raise SettingsError if nothing says where it is.

    An inline program of the Automation API runs in the process that calls it, wherever that is.
    """
    if root := pulumi.get_root_directory():
        return Path(root)
    here = Path.cwd()
    if project_name(here) != pulumi.get_project():
        raise SettingsError(
            f"{EMULATOR_STATE.full_name} and {EMULATOR_SCENARIO.full_name} are relative to the project's folder, which "
            f"an inline program does not know: set absolute paths, or run in the folder of project "
            f"{pulumi.get_project()}"
        )
    return project_folder(here)
