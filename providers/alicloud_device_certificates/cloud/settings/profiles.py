"""The credentials files of the vendor's tools, as far as they have to be looked into here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alicloud_device_certificates.cloud.errors import SettingsError


def profile_in(file: Path, name: str | None) -> dict[str, Any] | None:
    """A profile of the vendor's CLI (`config.json`), the current one where no name is given; None where there is none.

    Holds secrets. Raises `SettingsError` where the file is there and is not JSON.
    """
    try:
        document = json.loads(file.read_bytes())
    except OSError:
        return None
    except (ValueError, RecursionError):
        raise SettingsError(f"the credentials file {file} is not JSON") from None
    if not isinstance(document, dict):
        return None
    wanted = name or document.get("current")
    profiles = document.get("profiles")
    for profile in profiles if isinstance(profiles, list) else []:
        if isinstance(profile, dict) and profile.get("name") == wanted:
            return profile
    return None


def is_ini(file: Path) -> bool:
    """Whether a shared credentials file is the SDKs' `credentials.ini` rather than the CLI's `config.json`.

    The same variable, `ALIBABA_CLOUD_CREDENTIALS_FILE`, names the one to the SDKs and the other to pulumi-alicloud.
    """
    try:
        return not file.read_bytes().lstrip().startswith(b"{")
    except OSError:
        return False


def cli_file(home: str | None) -> Path | None:
    """Where the CLI keeps its profiles."""
    return Path(home, ".aliyun", "config.json") if home else None


def ini_file(home: str | None) -> Path | None:
    """Where the SDKs look for their credentials file."""
    return Path(home, ".alibabacloud", "credentials.ini") if home else None
