"""The order in which credentials are looked up, and the provider of the first ones that are configured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.credentials.credentials import CredentialProvider
from alicloud_device_certificates.cloud.credentials.vendor import METADATA_ADDRESS, VendorLibrary, provider_of
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.profiles import cli_file, ini_file, is_ini, profile_in
from alicloud_device_certificates.cloud.settings.settings import TABLE, Settings

Candidate = tuple[str, Callable[[], object]]
"""The origin of credentials, as users see it, and a function that makes the library's provider of them."""


def find_provider(settings: Settings, *, metadata_address: tuple[str, int] = METADATA_ADDRESS) -> CredentialProvider:
    """Return the provider of the first credentials in ``LOOKUP`` that are configured.

    Raise ``CredentialsError`` if there are none; in that case the vendor's library is not even imported.
    """
    library = VendorLibrary(settings, metadata_address)
    found = next((candidate for step in LOOKUP if (candidate := step.find(settings, library))), None)
    if found is None:
        raise CredentialsError(_nothing_found(settings))
    origin, make = found
    role = settings.assume_role
    if role is not None:
        return provider_of(f"role {role.role_arn} with {origin}", library.role(role, make), settings)
    return provider_of(origin, make, settings)


def _oidc(settings: Settings, library: VendorLibrary) -> Candidate | None:
    return library.oidc(settings.assume_role_with_oidc) if settings.assume_role_with_oidc else None


def _static(settings: Settings, library: VendorLibrary) -> Candidate | None:
    if settings.access_key_id and settings.access_key_secret:
        return settings.credentials_origin or "access key", library.static
    return None


def _profile(settings: Settings, library: VendorLibrary) -> Candidate | None:
    if not settings.profile:
        return None
    shared = settings.shared_credentials_file
    file = Path(shared) if shared else cli_file(settings.home)
    if file is None:
        raise CredentialsError(f"no credentials from profile {settings.profile}: there is no home folder")
    return _of_file(file, settings.profile, library)


def _uri(settings: Settings, library: VendorLibrary) -> Candidate | None:
    return ("alicloud:credentialsUri", library.uri) if settings.credentials_uri else None


def _ecs(settings: Settings, library: VendorLibrary) -> Candidate | None:
    return library.ecs(settings.ecs_role_name) if settings.ecs_role_name else None


def _environment_oidc(settings: Settings, library: VendorLibrary) -> Candidate | None:
    return library.oidc(settings.environment_oidc) if settings.environment_oidc else None


def _default_files(settings: Settings, library: VendorLibrary) -> Candidate | None:
    file = next((file for file in _files(settings) if file.is_file()), None)
    return None if file is None else _of_file(file, None, library)


def _files(settings: Settings) -> list[Path]:
    shared = Path(settings.shared_credentials_file) if settings.shared_credentials_file else None
    cli = cli_file(settings.home) if settings.cli_profile else None
    return [file for file in (shared, cli, ini_file(settings.home)) if file]


def _of_file(file: Path, name: str | None, library: VendorLibrary) -> Candidate:
    origin = f"profile {name} in {file}" if name else f"the current profile in {file}"
    if is_ini(file):
        return origin, lambda: library.ini_profile(file, name)
    profile = profile_in(file, name) or {}
    if profile.get("mode") == "EcsRamRole":
        # The library's own implementation starts a scheduler.
        return library.ecs(str(profile.get("ram_role_name") or ""))
    return origin, lambda: library.cli_profile(file, name or profile.get("name"))


@dataclass(frozen=True, slots=True)
class LookupStep:
    """One place in which credentials are looked up."""

    description: str
    """For the documentation."""
    find: Callable[[Settings, VendorLibrary], Candidate | None]
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
