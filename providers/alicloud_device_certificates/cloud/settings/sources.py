"""Single values from pulumi-alicloud's configuration and its environment variables, each with where it came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from alicloud_device_certificates.cloud.errors import SettingsError

Config = Callable[[str], str | None]
"""Gives the stack's `alicloud:<key>` as text (lists and objects as JSON), or None."""

ENVIRONMENT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "region": ("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION", "ALIBABACLOUD_REGION"),
        "accessKey": ("ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_ID"),
        "secretKey": ("ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_ACCESS_KEY_SECRET"),
        "securityToken": ("ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABACLOUD_SECURITY_TOKEN"),
        "profile": ("ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE"),
        "sharedCredentialsFile": (
            "ALICLOUD_SHARED_CREDENTIALS_FILE",
            "ALIBABA_CLOUD_CREDENTIALS_FILE",
            "ALIBABACLOUD_CREDENTIALS_FILE",
        ),
        "ecsRoleName": ("ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA", "ALIBABACLOUD_ECS_METADATA"),
        "credentialsUri": ("ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI", "ALIBABACLOUD_CREDENTIALS_URI"),
        "clientConnectTimeout": ("CLIENT_CONNECT_TIMEOUT",),
        "clientReadTimeout": ("CLIENT_READ_TIMEOUT",),
        "maxRetryTimeout": ("MAX_RETRY_TIMEOUT",),
        # Within alicloud:assumeRole and alicloud:assumeRoleWithOidc, for what the object leaves out.
        "assumeRole.roleArn": ("ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"),
        "assumeRole.sessionName": (
            "ALICLOUD_ASSUME_ROLE_SESSION_NAME",
            "ALIBABA_CLOUD_ROLE_SESSION_NAME",
            "ALIBABACLOUD_ROLE_SESSION_NAME",
        ),
        "assumeRole.sessionExpiration": ("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",),
        "assumeRoleWithOidc.roleArn": ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"),
        "assumeRoleWithOidc.roleSessionName": ("ALIBABA_CLOUD_ROLE_SESSION_NAME", "ALIBABACLOUD_ROLE_SESSION_NAME"),
        "assumeRoleWithOidc.oidcProviderArn": ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABACLOUD_OIDC_PROVIDER_ARN"),
        "assumeRoleWithOidc.oidcTokenFile": ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABACLOUD_OIDC_TOKEN_FILE"),
        "assumeRoleWithOidc.oidcToken": ("ALIBABA_CLOUD_OIDC_TOKEN", "ALIBABACLOUD_OIDC_TOKEN"),
    }
)
"""For each key the environment variables that stand in for it, first one first."""

CONFIG_KEYS: Final = (
    *(key for key in ENVIRONMENT if "." not in key),
    "assumeRole",
    "assumeRoleWithOidc",
    "endpoints",
    "protocol",
)
"""Every key of the config namespace `alicloud` that has a say here."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is not empty, and the place it came from, as a user would name it."""

    text: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The config first, then the environment; white space around a value is dropped, an empty one counts as absent.

    Everything here raises `SettingsError`, one line that names the key or the variable and never quotes its value.
    """

    config: Config
    environ: Mapping[str, str]

    def value(self, key: str) -> Value | None:
        """A plain key's value."""
        text = (self.config(key) or "").strip()
        return Value(text, f"stack config alicloud:{key}") if text else self.from_environment(key)

    def from_environment(self, key: str) -> Value | None:
        """What the first environment variable of `ENVIRONMENT` that is set has to say for a key."""
        for name in ENVIRONMENT.get(key, ()):
            text = self.environ.get(name, "").strip()
            if text:
                return Value(text, f"environment variable {name}")
        return None

    def text(self, key: str) -> str | None:
        """A plain key's value without its source."""
        value = self.value(key)
        return value.text if value else None

    def positive_number(self, key: str) -> int | None:
        """A whole number; zero means that nothing is set, as in pulumi-alicloud."""
        return as_positive_number(self.value(key))

    def json(self, key: str) -> object:
        """A list or an object, or None where the key is not set."""
        value = self.value(key)
        if value is None:
            return None
        try:
            return json.loads(value.text)
        except (ValueError, RecursionError):
            raise SettingsError(f"{value.source} is not JSON") from None


@dataclass(frozen=True, slots=True)
class Section:
    """An object of the config, e.g. `alicloud:assumeRole`; what it leaves out comes from the environment."""

    sources: Sources
    key: str
    fields: Mapping[str, Any]

    def value(self, name: str) -> Value | None:
        """A text or a number of the object."""
        given = self.fields.get(name)
        if given is None or given == "":
            return self.sources.from_environment(f"{self.key}.{name}")
        if isinstance(given, bool) or not isinstance(given, str | int):
            raise SettingsError(f"stack config alicloud:{self.key}: {name} is neither a text nor a whole number")
        return Value(str(given).strip(), f"stack config alicloud:{self.key} ({name})")

    def text(self, name: str) -> str | None:
        """A field that may be left out."""
        value = self.value(name)
        return value.text if value else None

    def required(self, name: str) -> str:
        """A field that has to be there or in the environment."""
        value = self.value(name)
        if value is None:
            variables = " or ".join(ENVIRONMENT[f"{self.key}.{name}"])
            raise SettingsError(f"stack config alicloud:{self.key} has no {name}, and {variables} is not set either")
        return value.text

    def positive_number(self, name: str) -> int | None:
        """A whole number; zero means that nothing is set."""
        return as_positive_number(self.value(name))


def as_positive_number(value: Value | None) -> int | None:
    """The number that a value is; None for none and for zero."""
    if value is None:
        return None
    if not (value.text.isascii() and value.text.isdigit() and len(value.text) <= 9):
        raise SettingsError(f"{value.source} is not a whole number from 0 to 999999999")
    return int(value.text) or None
