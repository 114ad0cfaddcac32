"""The values of settings, from pulumi-alicloud's configuration and its environment variables, each with its origin.

A named account of the stack has its own configuration for what ``Setting.scope`` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.setting import Setting
from alicloud_device_certificates.contract.config import ACCOUNTS, ALICLOUD_NAMESPACE

AlicloudConfig = Callable[[str], str | None]
"""Returns the stack's ``alicloud:<key>`` as text (lists and objects as JSON), or None."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is not empty, and its origin as users see it."""

    text: str = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True)
class Account:
    """One entry of ``device-certificates:accounts``."""

    name: str
    values: Mapping[str, Any] = field(repr=False)
    """The keys of pulumi-alicloud's config that it sets; lists and objects as they are, or as JSON."""

    @property
    def path(self) -> str:
        """The path of the entry in the stack's config, as ``pulumi config set --path`` takes it."""
        return f"{ACCOUNTS.full_name}[{json.dumps(self.name, ensure_ascii=False)}]"

    def text(self, key: str) -> str:
        """Return the value of a key as text, without white space around it; empty if it is not set."""
        value = self.values.get(key)
        if value is None:
            return ""
        return value.strip() if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True)
class Sources:
    """The config, then the environment. Whitespace around a value is dropped; an empty value counts as absent.

    Everything here raises ``SettingsError``, one line that names the key or the variable and never quotes its value.
    """

    config: AlicloudConfig
    environ: Mapping[str, str]
    account: Account | None = field(default=None, kw_only=True)
    """The account whose settings are read; None for that of ``alicloud:``."""

    def value(self, setting: Setting) -> Value | None:
        """Return the value of a setting, or None if it is not set."""
        if self._is_of_account(setting) and self.account is not None:
            text = self.account.text(setting.key)
            return Value(text, self.in_config(setting)) if text else None
        text = (self.config(setting.key) or "").strip() if setting.key else ""
        return Value(text, self.in_config(setting)) if text else self.from_environment(setting)

    def in_config(self, setting: Setting) -> str:
        """Return where the config has a setting, or would have it."""
        if self.account is not None and self._is_of_account(setting):
            return f"stack config {self.account.path}.{setting.key}"
        return f"stack config {ALICLOUD_NAMESPACE}:{setting.key}"

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
            raise SettingsError(f"{self.in_config(setting)} is not an object")
        # What an object of a named account omits is not that of the environment.
        environ = self.environ if self.account is None else {}
        return Section(self.config, environ, configured, account=self.account)

    def _is_of_account(self, setting: Setting) -> bool:
        """Return whether a named account has this setting of its own, be it set or not."""
        if self.account is None or setting.scope == "stack":
            return False
        return setting.scope == "credentials" or bool(self.account.text(setting.key))


@dataclass(frozen=True)
class Section(Sources):
    """An object in the config, such as ``alicloud:assumeRole``; the environment provides what it omits."""

    fields: Mapping[str, Any]

    def value(self, setting: Setting) -> Value | None:
        """Return a string or a number of the object."""
        configured = self.fields.get(setting.name)
        if configured is None or configured == "":
            return self.from_environment(setting)
        section = self._in_config(setting)
        if isinstance(configured, bool) or not isinstance(configured, str | int):
            raise SettingsError(f"{section}: {setting.name} is not a string or a whole number")
        return Value(str(configured).strip(), f"{section} ({setting.name})")

    def required(self, setting: Setting) -> str:
        """Return a field that the object or the environment must provide."""
        value = self.value(setting)
        if value is None:
            variables = f", and {' or '.join(setting.environment)} is not set either" if self.account is None else ""
            raise SettingsError(f"{self._in_config(setting)} has no {setting.name}{variables}")
        return value.text

    def _in_config(self, setting: Setting) -> str:
        section = setting.key.partition(".")[0]
        return f"stack config {f'{ALICLOUD_NAMESPACE}:' if self.account is None else f'{self.account.path}.'}{section}"
