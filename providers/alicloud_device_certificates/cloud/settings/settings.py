"""The settings of the client, as one value; its fields are the table of all ``alicloud:`` settings.

A stack that already works with pulumi-alicloud needs no other configuration: the keys and the environment variables are
those that pulumi-alicloud reads, in its order. The config takes precedence over the environment, key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.endpoints import read_endpoints, regional_host
from alicloud_device_certificates.cloud.settings.region import read_region
from alicloud_device_certificates.cloud.settings.roles import (
    AssumeRole,
    AssumeRoleWithOidc,
    oidc_role_of_environment,
    read_assume_role,
    read_assume_role_with_oidc,
)
from alicloud_device_certificates.cloud.settings.setting import Setting, read_settings, setting, settings_of
from alicloud_device_certificates.cloud.settings.sources import AlicloudConfig, Sources, in_config


def _key(sources: Sources, setting: Setting) -> str | None:
    value = sources.value(setting)
    if value and not (value.text.isascii() and value.text.isprintable() and " " not in value.text):
        raise SettingsError(f"{value.origin} contains characters that are invalid in a key or token")
    return value.text if value else None


def _file(sources: Sources, setting: Setting) -> str | None:
    path = sources.text(setting)
    home = sources.text(TABLE["home"])
    return str(Path(home, path[2:])) if path and home and path.startswith("~/") else path


def _region(sources: Sources, setting: Setting) -> str | None:
    file = _file(sources, TABLE["shared_credentials_file"])
    return read_region(sources, setting, profile=TABLE["profile"], file=file, home=sources.text(TABLE["home"]))


def _protocol(sources: Sources, setting: Setting) -> str | None:
    protocol = (sources.text(setting) or "").lower()
    if protocol not in {"", "https", "http"}:
        raise SettingsError(f"{in_config(setting)} is neither HTTPS nor HTTP")
    return protocol or None


def _is_not_true(sources: Sources, setting: Setting) -> bool:
    return (sources.text(setting) or "").lower() != "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a client needs to know. Hashable: there is one client for each distinct value. Times in seconds.

    A new setting is one field here and its use.
    """

    region: str | None = setting(
        "region",
        read=_region,
        environment=("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION", "ALIBABACLOUD_REGION"),
        shown_default="the region of the selected profile",
        meaning="The region of ApsaraMQ for MQTT, unless a data source sets its own.",
    )
    access_key_id: str | None = setting(
        "accessKey",
        read=_key,
        sensitive=True,
        environment=("ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_ID"),
        meaning="The access key ID.",
    )
    access_key_secret: str | None = setting(
        "secretKey",
        read=_key,
        secret=True,
        environment=("ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_ACCESS_KEY_SECRET"),
        meaning="The access key secret.",
    )
    security_token: str | None = setting(
        "securityToken",
        read=_key,
        secret=True,
        environment=("ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABACLOUD_SECURITY_TOKEN"),
        meaning="The STS token, if the access key is temporary.",
    )
    profile: str | None = setting(
        "profile",
        read=Sources.text,
        environment=("ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE"),
        meaning="A profile in the credentials file.",
    )
    shared_credentials_file: str | None = setting(
        "sharedCredentialsFile",
        read=_file,
        environment=(
            "ALICLOUD_SHARED_CREDENTIALS_FILE",
            "ALIBABA_CLOUD_CREDENTIALS_FILE",
            "ALIBABACLOUD_CREDENTIALS_FILE",
        ),
        shown_default="~/.aliyun/config.json",
        meaning="The credentials file: the CLI's `config.json` or the SDKs' `credentials.ini`.",
    )
    assume_role: AssumeRole | None = setting(
        "assumeRole",
        read=read_assume_role,
        type="object",
        meaning="A RAM role to assume with the credentials that were found.",
    )
    assume_role_with_oidc: AssumeRoleWithOidc | None = setting(
        "assumeRoleWithOidc",
        read=read_assume_role_with_oidc,
        type="object",
        meaning="A RAM role to assume with an OIDC token, without an access key.",
    )
    ecs_role_name: str | None = setting(
        "ecsRoleName",
        read=Sources.text,
        environment=("ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA", "ALIBABACLOUD_ECS_METADATA"),
        meaning="The RAM role of the ECS instance that runs Pulumi.",
    )
    credentials_uri: str | None = setting(
        "credentialsUri",
        read=Sources.text,
        sensitive=True,
        environment=("ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI", "ALIBABACLOUD_CREDENTIALS_URI"),
        meaning="A URI that returns temporary credentials, such as that of a sidecar.",
    )
    endpoints: Mapping[str, str] = setting(
        "endpoints",
        read=read_endpoints,
        type="list of objects",
        default=lambda: MappingProxyType({}),
        hash=False,
        meaning='Hosts by product, such as `[{"onsmqtt": "host:port", "iot": "host:port", "sts": "host:port"}]`.',
    )
    protocol: Literal["https", "http"] = setting(
        "protocol", read=_protocol, default="https", meaning="The protocol, `https` or `http`, in upper or lower case."
    )
    connect_timeout: float = setting(
        "clientConnectTimeout",
        read=Sources.number,
        type="integer",
        environment=("CLIENT_CONNECT_TIMEOUT",),
        default=5000,
        unit="milliseconds",
        scale=1000,
        meaning="How long to wait for a connection.",
    )
    read_timeout: float = setting(
        "clientReadTimeout",
        read=Sources.number,
        type="integer",
        environment=("CLIENT_READ_TIMEOUT",),
        default=10000,
        unit="milliseconds",
        scale=1000,
        meaning="How long to wait for a response.",
    )
    deadline: float = setting(
        "maxRetryTimeout",
        read=Sources.number,
        type="integer",
        environment=("MAX_RETRY_TIMEOUT",),
        default=60,
        unit="seconds",
        meaning="How long a call may take, with all its retries.",
    )
    home: str | None = setting(
        "",
        read=Sources.text,
        environment=("HOME", "USERPROFILE"),
        meaning="The home folder, in which the default credentials files are looked up.",
    )
    cli_profile: bool = setting(
        "",
        read=_is_not_true,
        type="boolean",
        environment=("ALIBABA_CLOUD_CLI_PROFILE_DISABLED",),
        default=True,
        shown_default="false",
        meaning="If `true`, the current profile of the Alibaba Cloud CLI is not used.",
    )
    credentials_origin: str | None = None
    """Where the static keys come from, such as ``stack config alicloud:accessKey``; None without keys."""
    environment_oidc: AssumeRoleWithOidc | None = None
    """An OIDC role that only the environment configures, used if there are no other credentials."""

    @classmethod
    def resolve(cls, config: AlicloudConfig, environ: Mapping[str, str]) -> Settings:
        """Return the settings of a stack. Raise ``SettingsError``, one line that names the key or the variable."""
        sources = Sources(config, environ)
        values = read_settings(cls, sources)
        origin = _origin_of_keys(sources)
        if origin is None:
            values.pop("security_token", None)
        return cls(**values, credentials_origin=origin, environment_oidc=oidc_role_of_environment(sources))

    def base_url(self, product: str, *, region: str) -> str:
        """Return a product's URL, such as ``https://onsmqtt.cn-hangzhou.aliyuncs.com``. Raise ``SettingsError``."""
        endpoint = self.endpoints.get(product) or regional_host(product, region)
        return endpoint if "://" in endpoint else f"{self.protocol}://{endpoint}"


TABLE: Final[Mapping[str, Setting]] = MappingProxyType(settings_of(Settings))
"""Every setting by the name of its field."""

CONFIG_KEYS: Final = tuple(each.key for each in TABLE.values() if each.key)
"""Every key of the config namespace ``alicloud`` that is read."""


def region_from(config: AlicloudConfig, environ: Mapping[str, str]) -> str | None:
    """Return the region of the config, the environment or the profile, in this order, or None.

    Raise ``SettingsError`` if it is not a region ID.
    """
    return _region(Sources(config, environ), TABLE["region"])


def _origin_of_keys(sources: Sources) -> str | None:
    """Return where the keys come from; all origins if they differ. Raise ``SettingsError`` if one is missing."""
    key, secret = TABLE["access_key_id"], TABLE["access_key_secret"]
    found = {each: sources.value(each) for each in (key, secret)}
    for one, other in ((key, secret), (secret, key)):
        if (value := found[one]) and not found[other]:
            raise SettingsError(
                f"{value.origin} is set without alicloud:{other.key}: set it with --secret, "
                f"or set {' or '.join(other.environment)}"
            )
    if not found[key]:
        return None
    origins = [value.origin for value in (*found.values(), sources.value(TABLE["security_token"])) if value]
    return origins[0] if len({origin.partition(" ")[0] for origin in origins}) == 1 else " and ".join(origins)
