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

from alicloud_device_certificates.cloud.settings import readers
from alicloud_device_certificates.cloud.settings.endpoints import read_endpoints, regional_host
from alicloud_device_certificates.cloud.settings.region import read_region
from alicloud_device_certificates.cloud.settings.roles import (
    AssumeRole,
    AssumeRoleWithOidc,
    oidc_role_of_environment,
    read_assume_role,
    read_assume_role_with_oidc,
)
from alicloud_device_certificates.cloud.settings.setting import Setting, credential, read_settings, setting, settings_of
from alicloud_device_certificates.cloud.settings.sources import Account, AlicloudConfig, Sources


def _file(sources: Sources, setting: Setting) -> str | None:
    path = sources.text(setting)
    home = sources.text(TABLE["home"])
    return str(Path(home, path[2:])) if path and home and path.startswith("~/") else path


def _region(sources: Sources, setting: Setting) -> str | None:
    file = _file(sources, TABLE["shared_credentials_file"])
    return read_region(sources, setting, profile=TABLE["profile"], file=file, home=sources.text(TABLE["home"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a client needs to know. Hashable: there is one client for each distinct value. Times in seconds.

    A new setting is one field here and its use.
    """

    region: str | None = setting(
        "region",
        read=_region,
        scope="account",
        environment=("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION", "ALIBABACLOUD_REGION"),
        shown_default="the region of the selected profile",
        meaning="The region of ApsaraMQ for MQTT, unless a data source sets its own.",
    )
    access_key_id: str | None = credential(
        "accessKey",
        read=readers.key,
        sensitive=True,
        environment=("ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_ID"),
        meaning="The access key ID.",
    )
    access_key_secret: str | None = credential(
        "secretKey",
        read=readers.key,
        secret=True,
        environment=("ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_ACCESS_KEY_SECRET"),
        meaning="The access key secret.",
    )
    security_token: str | None = credential(
        "securityToken",
        read=readers.key,
        secret=True,
        environment=("ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABACLOUD_SECURITY_TOKEN"),
        meaning="The STS token, if the access key is temporary.",
    )
    profile: str | None = credential(
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
    assume_role: AssumeRole | None = credential(
        "assumeRole",
        read=read_assume_role,
        type="object",
        meaning="A RAM role to assume with the credentials that were found.",
    )
    assume_role_with_oidc: AssumeRoleWithOidc | None = credential(
        "assumeRoleWithOidc",
        read=read_assume_role_with_oidc,
        type="object",
        meaning="A RAM role to assume with an OIDC token, without an access key.",
    )
    ecs_role_name: str | None = credential(
        "ecsRoleName",
        read=Sources.text,
        environment=("ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA", "ALIBABACLOUD_ECS_METADATA"),
        meaning="The RAM role of the ECS instance that runs Pulumi.",
    )
    credentials_uri: str | None = credential(
        "credentialsUri",
        read=Sources.text,
        sensitive=True,
        secret_if=readers.has_token,
        environment=("ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI", "ALIBABACLOUD_CREDENTIALS_URI"),
        meaning="A URI that returns temporary credentials, such as that of a sidecar.",
    )
    endpoints: Mapping[str, str] = setting(
        "endpoints",
        read=read_endpoints,
        scope="account",
        type="list of objects",
        default=lambda: MappingProxyType({}),
        hash=False,
        meaning='Hosts by product, such as `[{"onsmqtt": "host:port", "iot": "host:port", "sts": "host:port"}]`.',
    )
    protocol: Literal["https", "http"] = setting(
        "protocol",
        read=readers.protocol,
        default="https",
        meaning="The protocol, `https` or `http`, in upper or lower case.",
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
        meaning="How long a call may take, with all its retries. The wait for the quota does not count.",
    )
    home: str | None = setting(
        "",
        read=Sources.text,
        environment=("HOME", "USERPROFILE"),
        meaning="The home folder, in which the default credentials files are looked up.",
    )
    cli_profile: bool = setting(
        "",
        read=readers.is_not_true,
        type="boolean",
        environment=("ALIBABA_CLOUD_CLI_PROFILE_DISABLED",),
        default=True,
        shown_default="false",
        meaning="If `true`, the current profile of the Alibaba Cloud CLI is not used.",
    )
    sts_region: str | None = setting(
        "",
        read=Sources.text,
        environment=("ALIBABA_CLOUD_STS_REGION",),
        shown_default="the region",
        meaning="The region whose STS is used to assume roles.",
    )
    sts_vpc: bool = setting(
        "",
        read=readers.is_true,
        type="boolean",
        environment=("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED",),
        default=False,
        shown_default="false",
        meaning="If `true`, roles are assumed at the region's STS endpoint for VPCs.",
    )
    metadata: bool = setting(
        "",
        read=readers.is_not_true,
        type="boolean",
        environment=("ALIBABA_CLOUD_ECS_METADATA_DISABLED",),
        default=True,
        shown_default="false",
        meaning="If `true`, the metadata service of the ECS instance is never called.",
    )
    metadata_v1: bool = setting(
        "",
        read=readers.is_not_true,
        type="boolean",
        environment=("ALIBABA_CLOUD_IMDSV1_DISABLED",),
        default=True,
        shown_default="false",
        meaning="If `true`, the metadata service is only called in its mode with a token.",
    )
    credentials_origin: str | None = None
    """Where the static keys come from, such as ``stack config alicloud:accessKey``; None without keys."""
    environment_oidc: AssumeRoleWithOidc | None = None
    """An OIDC role that only the environment configures, used if there are no other credentials."""
    account: str | None = None
    """The name in ``device-certificates:accounts``; None for the account of ``alicloud:``. Each has its own client."""

    @classmethod
    def resolve(cls, config: AlicloudConfig, environ: Mapping[str, str], account: Account | None = None) -> Settings:
        """Return the settings of a stack, or of a named account in it.

        Raise ``SettingsError``, one line that names the key or the variable.
        """
        sources = Sources(config, environ, account=account)
        values = read_settings(cls, sources)
        keys = (TABLE[name] for name in ("access_key_id", "access_key_secret", "security_token"))
        origin = readers.origin_of_keys(sources, *keys)
        if origin is None:
            values.pop("security_token", None)
        if account is not None:
            readers.require_credentials(account.path, values, TABLE)
        return cls(
            **values,
            credentials_origin=origin,
            environment_oidc=oidc_role_of_environment(sources),
            account=None if account is None else account.name,
        )

    def base_url(self, product: str, *, region: str) -> str:
        """Return a product's URL, such as ``https://onsmqtt.cn-hangzhou.aliyuncs.com``. Raise ``SettingsError``."""
        endpoint = self.endpoints.get(product) or regional_host(product, region)
        return endpoint if "://" in endpoint else f"{self.protocol}://{endpoint}"


TABLE: Final[Mapping[str, Setting]] = MappingProxyType(settings_of(Settings))
"""Every setting by the name of its field."""

CONFIG_KEYS: Final = tuple(each.key for each in TABLE.values() if each.key)
"""Every key of the config namespace ``alicloud`` that is read."""
