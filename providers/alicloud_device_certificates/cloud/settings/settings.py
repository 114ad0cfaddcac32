"""Where to ask, as whom and for how long: pulumi-alicloud's configuration and environment variables, as one value.

A stack that already works with pulumi-alicloud needs nothing more: the keys are those of its config namespace
`alicloud`, the environment variables are those that it reads, in its order (`sources.py` has the list). The
config wins over the environment, key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.endpoints import endpoints_in, is_region, regional_host
from alicloud_device_certificates.cloud.settings.profiles import cli_file, is_ini, profile_in
from alicloud_device_certificates.cloud.settings.sources import ENVIRONMENT, Config, Section, Sources, Value

_CONNECT_TIMEOUT: Final = 5.0
_READ_TIMEOUT: Final = 10.0
_DEADLINE: Final = 60.0
_SESSION_NAME: Final = "pulumi-device-certificates"
_SESSION_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeRole:
    """`alicloud:assumeRole`: a RAM role taken on with whatever credentials there are. Times in seconds."""

    role_arn: str
    session_name: str = _SESSION_NAME
    session_expiration: int = _SESSION_SECONDS
    policy: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeRoleWithOidc:
    """`alicloud:assumeRoleWithOidc`: a RAM role taken on with an OIDC token, given itself or as a file."""

    role_arn: str
    oidc_provider_arn: str
    oidc_token: str | None = field(default=None, repr=False)
    oidc_token_file: str | None = None
    session_name: str = _SESSION_NAME
    session_expiration: int = _SESSION_SECONDS
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a client needs to know. Hashable: one client for each distinct value. Times in seconds.

    region              where MQTT is asked unless a data source says otherwise; None where nothing says it
    credentials_source  where the static keys came from, e.g. `stack config alicloud:accessKey`; None without keys
    environment_oidc    an OIDC role that only the environment tells of, for when nothing else gives credentials
    home                the user's home folder, where the default credentials files are; None where unknown
    cli_profile         whether the vendor's CLI profile in it may be used
    endpoints           product -> `host[:port]`, or `scheme://host[:port]` where a scheme was given
    deadline            for one call with all its attempts
    """

    region: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    access_key_secret: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    credentials_source: str | None = None
    profile: str | None = None
    shared_credentials_file: str | None = None
    assume_role: AssumeRole | None = None
    assume_role_with_oidc: AssumeRoleWithOidc | None = None
    environment_oidc: AssumeRoleWithOidc | None = None
    ecs_role_name: str | None = None
    credentials_uri: str | None = field(default=None, repr=False)
    home: str | None = None
    cli_profile: bool = True
    endpoints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    protocol: Literal["https", "http"] = "https"
    connect_timeout: float = _CONNECT_TIMEOUT
    read_timeout: float = _READ_TIMEOUT
    deadline: float = _DEADLINE

    @classmethod
    def resolve(cls, config: Config, environ: Mapping[str, str]) -> Settings:
        """The settings of a stack. Raises `SettingsError`, one line that names the key or the variable at fault."""
        sources = Sources(config, environ)
        key, secret, token = _keys(sources)
        file = _file(sources)
        return cls(
            region=region_from(config, environ),
            access_key_id=key.text if key else None,
            access_key_secret=secret.text if secret else None,
            security_token=token.text if key and token else None,
            credentials_source=_from(key, secret, token) if key else None,
            profile=sources.text("profile"),
            shared_credentials_file=file,
            assume_role=_assume_role(sources),
            assume_role_with_oidc=_assume_role_with_oidc(sources, given=_section(sources, "assumeRoleWithOidc")),
            environment_oidc=_environment_oidc(sources),
            ecs_role_name=sources.text("ecsRoleName"),
            credentials_uri=sources.text("credentialsUri"),
            home=_home(environ),
            cli_profile=environ.get("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "").lower() != "true",
            endpoints=MappingProxyType(endpoints_in(sources)),
            protocol=_protocol(sources),
            connect_timeout=_seconds(sources.positive_number("clientConnectTimeout"), 1000, _CONNECT_TIMEOUT),
            read_timeout=_seconds(sources.positive_number("clientReadTimeout"), 1000, _READ_TIMEOUT),
            deadline=_seconds(sources.positive_number("maxRetryTimeout"), 1, _DEADLINE),
        )

    def base_url(self, product: str, *, region: str) -> str:
        """Where a product is asked, e.g. `https://onsmqtt.cn-hangzhou.aliyuncs.com`. Raises `SettingsError`."""
        endpoint = self.endpoints.get(product) or regional_host(product, region)
        return endpoint if "://" in endpoint else f"{self.protocol}://{endpoint}"


def region_from(config: Config, environ: Mapping[str, str]) -> str | None:
    """The region of `alicloud:region`, the environment or the profile, in this order, or None.

    Raises `SettingsError` where it is no region's name.
    """
    sources = Sources(config, environ)
    value = sources.value("region") or _profile_region(sources)
    if value is None:
        return None
    if not is_region(value.text):
        raise SettingsError(f"{value.source} is not the name of a region, such as cn-hangzhou")
    return value.text


def _profile_region(sources: Sources) -> Value | None:
    # As pulumi-alicloud: only a profile that is asked for has a say in this.
    profile = sources.value("profile")
    shared = _file(sources)
    file = Path(shared) if shared else cli_file(_home(sources.environ))
    if profile is None or file is None or is_ini(file):
        return None
    region = (profile_in(file, profile.text) or {}).get("region_id")
    return (
        Value(region, f"the region of profile {profile.text} in {file}") if isinstance(region, str) and region else None
    )


def _home(environ: Mapping[str, str]) -> str | None:
    return environ.get("HOME") or environ.get("USERPROFILE") or None


def _file(sources: Sources) -> str | None:
    path = sources.text("sharedCredentialsFile")
    home = _home(sources.environ)
    return str(Path(home, path[2:])) if path and home and path.startswith("~/") else path


def _keys(sources: Sources) -> tuple[Value | None, Value | None, Value | None]:
    key, secret = sources.value("accessKey"), sources.value("secretKey")
    token = sources.value("securityToken")
    for found, missing, other in ((key, secret, "secretKey"), (secret, key, "accessKey")):
        if found and not missing:
            variables = " or ".join(ENVIRONMENT[other])
            raise SettingsError(
                f"{found.source} is set, but its other half is missing: set alicloud:{other} (--secret) or {variables}"
            )
    for value in (key, secret, token):
        if value and not (value.text.isascii() and value.text.isprintable() and " " not in value.text):
            raise SettingsError(f"{value.source} holds characters that no key or token has")
    return key, secret, token


def _from(*values: Value | None) -> str:
    """`stack config alicloud:accessKey`, and more only where the parts come from different places."""
    sources = [value.source for value in values if value]
    kinds = {source.partition(" ")[0] for source in sources}
    return sources[0] if len(kinds) == 1 else " and ".join(sources)


def _section(sources: Sources, key: str) -> Section | None:
    given = sources.json(key)
    if given is None:
        return None
    if isinstance(given, list) and len(given) == 1:
        (given,) = given
    if not isinstance(given, dict):
        raise SettingsError(f"stack config alicloud:{key} is not an object")
    return Section(sources, key, given)


def _assume_role(sources: Sources) -> AssumeRole | None:
    given = _section(sources, "assumeRole")
    if given is None:
        return None
    return AssumeRole(
        role_arn=given.required("roleArn"),
        session_name=given.text("sessionName") or _SESSION_NAME,
        session_expiration=given.positive_number("sessionExpiration") or _SESSION_SECONDS,
        policy=given.text("policy"),
        external_id=given.text("externalId"),
    )


def _assume_role_with_oidc(sources: Sources, *, given: Section | None) -> AssumeRoleWithOidc | None:
    if given is None:
        return None
    token, file = given.text("oidcToken"), given.text("oidcTokenFile")
    if not token and not file:
        raise SettingsError(f"stack config alicloud:{given.key} has neither oidcToken nor oidcTokenFile")
    return AssumeRoleWithOidc(
        role_arn=given.required("roleArn"),
        oidc_provider_arn=given.required("oidcProviderArn"),
        oidc_token=token,
        oidc_token_file=None if token else file,
        session_name=given.text("roleSessionName") or _SESSION_NAME,
        session_expiration=given.positive_number("sessionExpiration") or _SESSION_SECONDS,
        policy=given.text("policy"),
    )


def _environment_oidc(sources: Sources) -> AssumeRoleWithOidc | None:
    """What the vendor's SDKs take from the environment alone: role, provider and token file, all three."""
    section = Section(sources, "assumeRoleWithOidc", {})
    if all(section.value(name) for name in ("roleArn", "oidcProviderArn", "oidcTokenFile")):
        return _assume_role_with_oidc(sources, given=section)
    return None


def _protocol(sources: Sources) -> Literal["https", "http"]:
    given = (sources.text("protocol") or "https").lower()
    if given == "https":
        return "https"
    if given == "http":
        return "http"
    raise SettingsError("stack config alicloud:protocol is neither HTTPS nor HTTP")


def _seconds(number: int | None, parts: int, default: float) -> float:
    return default if number is None else number / parts
