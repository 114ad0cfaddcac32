"""The order in which credentials are looked up, and the provider of the first ones that are configured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.credentials.metadata import EcsRole
from alicloud_device_certificates.cloud.credentials.profiles import profile_provider
from alicloud_device_certificates.cloud.credentials.provider import Fixed, Provider
from alicloud_device_certificates.cloud.credentials.source import keys_in
from alicloud_device_certificates.cloud.credentials.sts import AssumedRole, OidcRole
from alicloud_device_certificates.cloud.credentials.uri import CredentialsUri
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.files import is_there
from alicloud_device_certificates.cloud.settings.profiles import cli_file, ini_file
from alicloud_device_certificates.cloud.settings.settings import TABLE, Settings


def find_provider(settings: Settings) -> Provider:
    """Return the provider of the first credentials in ``LOOKUP`` that are configured.

    Raise ``CredentialsError`` if there are none, and ``SettingsError`` if a profile is invalid. Nothing is requested.
    """
    found = next((provider for step in LOOKUP if (provider := step.find(settings))), None)
    if found is None:
        raise CredentialsError(_nothing_found(settings))
    return AssumedRole(settings.assume_role, found) if settings.assume_role else found


def _oidc(settings: Settings) -> Provider | None:
    return OidcRole(settings.assume_role_with_oidc) if settings.assume_role_with_oidc else None


def _static(settings: Settings) -> Provider | None:
    credentials = keys_in(settings)
    return Fixed(credentials) if credentials else None


def _profile(settings: Settings) -> Provider | None:
    if not settings.profile:
        return None
    shared = settings.shared_credentials_file
    file = Path(shared) if shared else cli_file(settings.home)
    if file is None:
        raise CredentialsError(f"no credentials from profile {settings.profile}: there is no home folder")
    return profile_provider(file, settings.profile)


def _uri(settings: Settings) -> Provider | None:
    return CredentialsUri(settings.credentials_uri) if settings.credentials_uri else None


def _ecs(settings: Settings) -> Provider | None:
    return EcsRole(settings.ecs_role_name) if settings.ecs_role_name else None


def _environment_oidc(settings: Settings) -> Provider | None:
    return OidcRole(settings.environment_oidc) if settings.environment_oidc else None


def _default_files(settings: Settings) -> Provider | None:
    if settings.account is not None:
        return None  # Its default profile is that of another account.
    file = next((file for file in _files(settings) if is_there(file)), None)
    return None if file is None else profile_provider(file, None)


def _files(settings: Settings) -> list[Path]:
    shared = Path(settings.shared_credentials_file) if settings.shared_credentials_file else None
    cli = cli_file(settings.home) if settings.cli_profile else None
    return [file for file in (shared, cli, ini_file(settings.home)) if file]


@dataclass(frozen=True, slots=True)
class LookupStep:
    """One place in which credentials are looked up."""

    description: str
    """For the documentation."""
    find: Callable[[Settings], Provider | None]
    """Returns None if the place is not configured."""


OIDC_OF_ENVIRONMENT: Final = LookupStep(
    "an OIDC role that only the environment configures: role, provider and token file", _environment_oidc
)

LOOKUP: Final = (
    LookupStep("`alicloud:assumeRoleWithOidc`", _oidc),
    LookupStep(
        "static keys, with or without an STS token: `alicloud:accessKey` and `alicloud:secretKey`, or the environment",
        _static,
    ),
    LookupStep(
        "`alicloud:profile`, in `alicloud:sharedCredentialsFile` or the CLI's `~/.aliyun/config.json`", _profile
    ),
    LookupStep("`alicloud:credentialsUri`", _uri),
    # The metadata service is called only if a role is named: on other machines the attempt costs seconds for nothing.
    LookupStep("`alicloud:ecsRoleName`, from the metadata service of the ECS instance", _ecs),
    OIDC_OF_ENVIRONMENT,
    LookupStep(
        "the default profile in `alicloud:sharedCredentialsFile`, `~/.aliyun/config.json` or "
        "`~/.alibabacloud/credentials.ini`",
        _default_files,
    ),
)
"""The order of the lookup: the first step that is configured provides the credentials."""


def _nothing_found(settings: Settings) -> str:
    keys = ", ".join(TABLE["access_key_id"].environment)
    files = "".join(f", {file}" for file in _files(settings))
    return (
        "no Alibaba Cloud credentials found. Looked for: alicloud:accessKey with alicloud:secretKey in the stack "
        f"config, the environment variables {keys} with their secret keys, alicloud:profile, alicloud:credentialsUri, "
        f"alicloud:ecsRoleName, alicloud:assumeRoleWithOidc, an OIDC role in the environment{files}. "
        "Set alicloud:accessKey and, with --secret, alicloud:secretKey with `pulumi config set`, or set both in the "
        "environment."
    )
