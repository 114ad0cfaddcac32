"""The providers of profiles: each mode of the vendor's CLI, and each type of the SDKs' ``credentials.ini``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from alicloud_device_certificates.cloud.credentials.command import Command
from alicloud_device_certificates.cloud.credentials.issued import IN_PROFILE, UnusableError, issued
from alicloud_device_certificates.cloud.credentials.metadata import EcsRole
from alicloud_device_certificates.cloud.credentials.provider import Fixed, Provider
from alicloud_device_certificates.cloud.credentials.sign_in import CloudSso, OAuth
from alicloud_device_certificates.cloud.credentials.sts import AssumedRole, OidcRole, StsHost
from alicloud_device_certificates.cloud.settings.profiles import Profile, cli_profile, ini_profile, is_ini
from alicloud_device_certificates.cloud.settings.roles import (
    SESSION_NAME,
    SESSION_SECONDS,
    AssumeRole,
    AssumeRoleWithOidc,
)

_DEFAULT: Final = "default"


def profile_provider(file: Path, name: str | None) -> Provider:
    """Return the provider of a profile in a credentials file of either kind; by default of its current profile.

    Raise ``SettingsError``, one line with the file, the profile and the field.
    """
    if is_ini(file):
        profile = ini_profile(file, name or _DEFAULT)
        kind, table = "type", INI_TYPES
    else:
        profile = cli_profile(file, name)
        kind, table = "mode", CLI_MODES
    origin = str(profile) if name else f"the current profile in {file}"
    return _provider(profile, kind, table, origin, ())


_Make = Callable[[Profile, str, tuple[str, ...]], Provider]
"""Makes a provider of a profile, its origin, and the names of the profiles that have it as their source."""


def _provider(profile: Profile, kind: str, table: Mapping[str, _Make], origin: str, above: tuple[str, ...]) -> Provider:
    name = profile.required(kind)
    make = table.get(name)
    if make is None:
        raise profile.fault(f"{kind} {name} is not supported; it can be {', '.join(table)}")
    return make(profile, origin, above)


def _keys(profile: Profile, origin: str, token: str | None = None) -> Provider:
    values = {name: profile.required(name) for name in IN_PROFILE[:2]}
    if token is not None:
        values[token] = profile.required(token)
    try:
        credentials = issued(values, origin=origin, now=0, names=IN_PROFILE)
    except UnusableError as unusable:
        fault = str(unusable)
    else:
        return Fixed(credentials)
    raise profile.fault(fault)


def _role(profile: Profile, source: Provider, origin: str) -> Provider:
    role = AssumeRole(
        role_arn=profile.required("ram_role_arn"),
        session_name=profile.text("ram_session_name") or SESSION_NAME,
        session_expiration=profile.number("expired_seconds") or SESSION_SECONDS,
        policy=profile.text("policy"),
        external_id=profile.text("external_id"),
    )
    return AssumedRole(role, source, origin=origin, host=_host(profile))


def _chained(profile: Profile, origin: str, above: tuple[str, ...]) -> Provider:
    source = profile.required("source_profile")
    path = (*above, profile.name)
    if source in path:
        raise profile.fault(f"its source_profile leads back to it ({' -> '.join((*path, source))})")
    inner = profile.other(source)
    return _role(profile, _provider(inner, "mode", CLI_MODES, str(inner), path), origin)


def _oidc(profile: Profile, origin: str, _above: tuple[str, ...]) -> Provider:
    role = AssumeRoleWithOidc(
        role_arn=profile.required("ram_role_arn"),
        oidc_provider_arn=profile.required("oidc_provider_arn"),
        oidc_token_file=profile.required("oidc_token_file"),
        session_name=profile.text("role_session_name") or profile.text("ram_session_name") or SESSION_NAME,
        session_expiration=profile.number("expired_seconds") or SESSION_SECONDS,
        policy=profile.text("policy"),
    )
    return OidcRole(role, origin=origin, host=_host(profile))


def _host(profile: Profile) -> StsHost:
    return StsHost(region=profile.text("sts_region"), vpc=profile.flag("enable_vpc"))


CLI_MODES: Final[Mapping[str, _Make]] = MappingProxyType(
    {
        "AK": lambda profile, origin, _: _keys(profile, origin),
        "StsToken": lambda profile, origin, _: _keys(profile, origin, "sts_token"),
        "RamRoleArn": lambda profile, origin, _: _role(profile, _keys(profile, origin), origin),
        "ChainableRamRoleArn": _chained,
        "EcsRamRole": lambda profile, _origin, _: EcsRole(profile.text("ram_role_name") or ""),
        "OIDC": _oidc,
        "CloudSSO": lambda profile, origin, _: CloudSso(profile, origin=origin),
        "OAuth": lambda profile, origin, _: OAuth(profile, origin=origin),
        "External": lambda profile, origin, _: Command(profile.required("process_command"), origin=origin),
    }
)
"""By mode."""


def _ini_role(profile: Profile, origin: str, _above: tuple[str, ...]) -> Provider:
    role = AssumeRole(
        role_arn=profile.required("role_arn"),
        session_name=profile.text("role_session_name") or SESSION_NAME,
        policy=profile.text("policy"),
    )
    return AssumedRole(role, _keys(profile, origin), origin=origin)


def _ini_oidc(profile: Profile, origin: str, _above: tuple[str, ...]) -> Provider:
    role = AssumeRoleWithOidc(
        role_arn=profile.required("role_arn"),
        oidc_provider_arn=profile.required("oidc_provider_arn"),
        oidc_token_file=profile.required("oidc_token_file_path"),
        session_name=profile.text("role_session_name") or SESSION_NAME,
        policy=profile.text("policy"),
    )
    return OidcRole(role, origin=origin)


INI_TYPES: Final[Mapping[str, _Make]] = MappingProxyType(
    {
        "access_key": lambda profile, origin, _: _keys(profile, origin),
        "ram_role_arn": _ini_role,
        "oidc_role_arn": _ini_oidc,
        "ecs_ram_role": lambda profile, _origin, _: EcsRole(profile.text("role_name") or ""),
    }
)
"""By type. Not ``rsa_key_pair``: the vendor's libraries for Python sign with it in a way that STS cannot verify."""
