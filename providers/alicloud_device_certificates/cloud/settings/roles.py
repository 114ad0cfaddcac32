"""The RAM roles to assume: ``alicloud:assumeRole`` and ``alicloud:assumeRoleWithOidc``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.setting import REQUIRED, Setting, read_settings, setting, settings_of
from alicloud_device_certificates.cloud.settings.sources import Section, Sources

SESSION_NAME: Final = "pulumi-device-certificates"
SESSION_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeRole:
    """``alicloud:assumeRole``: a RAM role that the configured credentials assume."""

    role_arn: str = setting(
        "assumeRole.roleArn",
        read=Section.required,
        default=REQUIRED,
        environment=("ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"),
        meaning="The ARN of the role.",
    )
    session_name: str = setting(
        "assumeRole.sessionName",
        read=Section.text,
        environment=(
            "ALICLOUD_ASSUME_ROLE_SESSION_NAME",
            "ALIBABA_CLOUD_ROLE_SESSION_NAME",
            "ALIBABACLOUD_ROLE_SESSION_NAME",
        ),
        default=SESSION_NAME,
        meaning="The session's name in audit logs.",
    )
    session_expiration: int = setting(
        "assumeRole.sessionExpiration",
        read=Section.number,
        type="integer",
        environment=("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",),
        default=SESSION_SECONDS,
        unit="seconds",
        meaning="How long the session's credentials are valid.",
    )
    policy: str | None = setting(
        "assumeRole.policy", read=Section.text, meaning="A policy that restricts the role's permissions further."
    )
    external_id: str | None = setting(
        "assumeRole.externalId",
        read=Section.text,
        sensitive=True,
        meaning="The external ID that the role's trust policy requires.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeRoleWithOidc:
    """``alicloud:assumeRoleWithOidc``: a RAM role to assume with an OIDC token, which is inline or in a file."""

    role_arn: str = setting(
        "assumeRoleWithOidc.roleArn",
        read=Section.required,
        default=REQUIRED,
        environment=("ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"),
        meaning="The ARN of the role.",
    )
    oidc_provider_arn: str = setting(
        "assumeRoleWithOidc.oidcProviderArn",
        read=Section.required,
        default=REQUIRED,
        environment=("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABACLOUD_OIDC_PROVIDER_ARN"),
        meaning="The ARN of the OIDC identity provider.",
    )
    oidc_token: str | None = setting(
        "assumeRoleWithOidc.oidcToken",
        read=Section.text,
        secret=True,
        environment=("ALIBABA_CLOUD_OIDC_TOKEN", "ALIBABACLOUD_OIDC_TOKEN"),
        meaning="The OIDC token. Either it or `oidcTokenFile` is required.",
    )
    oidc_token_file: str | None = setting(
        "assumeRoleWithOidc.oidcTokenFile",
        read=Section.text,
        environment=("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABACLOUD_OIDC_TOKEN_FILE"),
        meaning="The file with the OIDC token. `oidcToken` takes precedence.",
    )
    session_name: str = setting(
        "assumeRoleWithOidc.roleSessionName",
        read=Section.text,
        environment=("ALIBABA_CLOUD_ROLE_SESSION_NAME", "ALIBABACLOUD_ROLE_SESSION_NAME"),
        default=SESSION_NAME,
        meaning="The session's name in audit logs.",
    )
    session_expiration: int = setting(
        "assumeRoleWithOidc.sessionExpiration",
        read=Section.number,
        type="integer",
        default=SESSION_SECONDS,
        unit="seconds",
        meaning="How long the session's credentials are valid.",
    )
    policy: str | None = setting(
        "assumeRoleWithOidc.policy",
        read=Section.text,
        meaning="A policy that restricts the role's permissions further.",
    )


def read_assume_role(sources: Sources, setting: Setting) -> AssumeRole | None:
    """Return ``alicloud:assumeRole``, or None if it is not set."""
    section = sources.section(setting)
    return None if section is None else AssumeRole(**read_settings(AssumeRole, section))


def read_assume_role_with_oidc(sources: Sources, setting: Setting) -> AssumeRoleWithOidc | None:
    """Return ``alicloud:assumeRoleWithOidc``, or None if it is not set."""
    section = sources.section(setting)
    if section is None:
        return None
    if not (section.value(_OIDC["oidc_token"]) or section.value(_OIDC["oidc_token_file"])):
        raise SettingsError(f"{sources.in_config(setting)} has neither oidcToken nor oidcTokenFile")
    return _oidc_role(section)


def oidc_role_of_environment(sources: Sources) -> AssumeRoleWithOidc | None:
    """Return the role that the environment alone configures, as the vendor's SDKs read it.

    The role, the provider and the token file must all be set. A named account never has it.
    """
    if sources.account is not None:
        return None
    section = Section(sources.config, sources.environ, {})
    if all(section.value(_OIDC[name]) for name in ("role_arn", "oidc_provider_arn", "oidc_token_file")):
        return _oidc_role(section)
    return None


_OIDC: Final = settings_of(AssumeRoleWithOidc)


def _oidc_role(section: Section) -> AssumeRoleWithOidc:
    values = read_settings(AssumeRoleWithOidc, section)
    if "oidc_token" in values:
        values.pop("oidc_token_file", None)
    return AssumeRoleWithOidc(**values)
