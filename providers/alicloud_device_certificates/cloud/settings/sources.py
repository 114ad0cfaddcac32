"""The values of settings, from pulumi-alicloud's configuration and its environment variables, each with its origin."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.setting import Setting
from alicloud_device_certificates.contract.config import ALICLOUD_NAMESPACE

AlicloudConfig = Callable[[str], str | None]
"""Returns the stack's ``alicloud:<key>`` as text (lists and objects as JSON), or None."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is not empty, and its origin as users see it."""

    text: str = field(repr=False)
    origin: str


@dataclass(frozen=True)
class Sources:
    """The config, then the environment. Whitespace around a value is dropped; an empty value counts as absent.

    Everything here raises ``SettingsError``, one line that names the key or the variable and never quotes its value.
    """

    config: AlicloudConfig
    environ: Mapping[str, str]

    def value(self, setting: Setting) -> Value | None:
        """Return the value of a setting, or None if it is not set."""
        text = (self.config(setting.key) or "").strip() if setting.key else ""
        return Value(text, in_config(setting)) if text else self.from_environment(setting)

    def from_environment(self, setting: Setting) -> Value | None:
        """Return the value of the first of the setting's environment variables that is set."""
        for name in setting.environment:
            text = self.environ.get(name, "").strip()
            if text:
                return Value(text, f"environment variable {name}")
        return None

    def text(self, setting: Setting) -> str | None:
        """Return the value of a setting without its origin."""
        value = self.value(setting)
        return value.text if value else None

    def number(self, setting: Setting) -> float | None:
        """Return a positive whole number, divided by the setting's scale. As in pulumi-alicloud, zero means unset."""
        value = self.value(setting)
        if value is None:
            return None
        if not (value.text.isascii() and value.text.isdigit() and len(value.text) <= 9):
            raise SettingsError(f"{value.origin} is not a whole number from 0 to 999999999")
        number = int(value.text)
        return (number if setting.scale == 1 else number / setting.scale) or None

    def json(self, setting: Setting) -> object:
        """Return a list or an object, or None if the setting is not set."""
        value = self.value(setting)
        if value is None:
            return None
        try:
            return json.loads(value.text)
        except (ValueError, RecursionError):
            raise SettingsError(f"{value.origin} is not valid JSON") from None

    def section(self, setting: Setting) -> Section | None:
        """Return the object that a setting is, or None if it is not set. A list of one object counts as the object."""
        configured = self.json(setting)
        if configured is None:
            return None
        if isinstance(configured, list) and len(configured) == 1:
            (configured,) = configured
        if not isinstance(configured, dict):
            raise SettingsError(f"{in_config(setting)} is not an object")
        return Section(self.config, self.environ, configured)


@dataclass(frozen=True)
class Section(Sources):
    """An object in the config, such as ``alicloud:assumeRole``; the environment provides what it omits."""

    fields: Mapping[str, Any]

    def value(self, setting: Setting) -> Value | None:
        """Return a string or a number of the object."""
        configured = self.fields.get(setting.name)
        if configured is None or configured == "":
            return self.from_environment(setting)
        section = f"stack config {ALICLOUD_NAMESPACE}:{setting.key.partition('.')[0]}"
        if isinstance(configured, bool) or not isinstance(configured, str | int):
            raise SettingsError(f"{section}: {setting.name} is not a string or a whole number")
        return Value(str(configured).strip(), f"{section} ({setting.name})")

    def required(self, setting: Setting) -> str:
        """Return a field that the object or the environment must provide."""
        value = self.value(setting)
        if value is None:
            section = f"stack config {ALICLOUD_NAMESPACE}:{setting.key.partition('.')[0]}"
            raise SettingsError(
                f"{section} has no {setting.name}, and {' or '.join(setting.environment)} is not set either"
            )
        return value.text


def in_config(setting: Setting) -> str:
    """Return the origin of a value in the config."""
    return f"stack config {ALICLOUD_NAMESPACE}:{setting.key}"
