"""The credentials files of the vendor's tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alicloud_device_certificates.cloud.errors import SettingsError


def profile_in(file: Path, name: str | None) -> dict[str, Any] | None:
    """Return a profile of the vendor's CLI (``config.json``), by default the current one; None if there is none.

    It holds secrets. Raise ``SettingsError`` if the file exists and is not JSON.
    """
    try:
        document = json.loads(file.read_bytes())
    except OSError:
        return None
    except (ValueError, RecursionError):
        raise SettingsError(f"the credentials file {file} is not valid JSON") from None
    if not isinstance(document, dict):
        return None
    selected = name or document.get("current")
    profiles = document.get("profiles")
    for profile in profiles if isinstance(profiles, list) else []:
        if isinstance(profile, dict) and profile.get("name") == selected:
            return profile
    return None


def is_ini(file: Path) -> bool:
    """Return whether a shared credentials file is the SDKs' ``credentials.ini`` and not the CLI's ``config.json``.

    ``ALIBABA_CLOUD_CREDENTIALS_FILE`` means the former to the SDKs and the latter to pulumi-alicloud.
    """
    try:
        return not file.read_bytes().lstrip().startswith(b"{")
    except OSError:
        return False


def cli_file(home: str | None) -> Path | None:
    """Return the file in which the CLI keeps its profiles."""
    return Path(home, ".aliyun", "config.json") if home else None


def ini_file(home: str | None) -> Path | None:
    """Return the default credentials file of the SDKs."""
    return Path(home, ".alibabacloud", "credentials.ini") if home else None
