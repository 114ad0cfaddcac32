"""Credentials from the vendor's own library (`alibabacloud_credentials`), kept quiet and kept from waiting in vain.

Its providers are used one by one and not as its default chain: the chain asks a metadata address that hardly ever
answers, logs each failure with a traceback, and reads the environment when it is imported. What it says when it fails
is passed on only in part, since it quotes answers and URLs that hold credentials.
"""

from __future__ import annotations

import logging
import re
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alicloud_device_certificates.cloud.credentials.credentials import Credentials, Source
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.profiles import cli_file, ini_file, is_ini, profile_in
from alicloud_device_certificates.cloud.settings.settings import AssumeRole, AssumeRoleWithOidc, Settings
from alicloud_device_certificates.cloud.settings.sources import ENVIRONMENT
from alicloud_device_certificates.contract.text import hide, safe_text

METADATA_ADDRESS: Final = ("100.100.100.200", 80)
"""The metadata service, as every ECS instance sees it."""

_METADATA_PATIENCE: Final = 0.5

_QUOTED = re.compile(r"\b(?:result|response|stderr|token):|[{<]|https?://")
_STS_CODE = re.compile(r'"Code"\s*:\s*"(?!Success")([\w.]{1,80})"')

# Anything with the library's `get_credentials`; it has no types.
Provider = Any


def vendor_source(settings: Settings, *, metadata_address: tuple[str, int] = METADATA_ADDRESS) -> Source:
    """The source for settings without usable keys of their own, in the order that `credentials` documents.

    Raises `CredentialsError` where nothing is configured; then the library is not even imported.
    """
    finder = _Finder(settings, metadata_address)
    label, make = finder.configured()
    role = settings.assume_role
    if role is not None:
        return _source(f"role {role.role_arn} with {label}", finder.role(role, make), settings)
    return _source(label, make, settings)


def _source(label: str, make: Callable[[], Provider], settings: Settings) -> Source:
    made: list[Provider] = []

    def ask() -> Credentials:
        try:
            if not made:
                made.append(make())
            given = made[0].get_credentials()
        except CredentialsError:
            raise
        except Exception as error:  # noqa: BLE001 - the library raises whatever its parts raise
            raise CredentialsError(f"no credentials from {label}: {reason(error, settings)}") from None
        key, secret, token = given.get_access_key_id(), given.get_access_key_secret(), given.get_security_token()
        if not key or not secret:
            raise CredentialsError(f"no credentials from {label}: the access key is empty")
        return Credentials(access_key_id=key, access_key_secret=secret, security_token=token or None, source=label)

    return ask


def reason(error: Exception, settings: Settings) -> str:
    """Why the library failed, without what it quotes: answers hold credentials, and URLs hold signatures."""
    if type(error).__module__.partition(".")[0] not in {"alibabacloud_credentials", "builtins"}:
        return f"no answer ({type(error).__name__})"
    secrets = (settings.access_key_id, settings.access_key_secret, settings.security_token, settings.credentials_uri)
    said = hide(str(error), secrets)
    quoted = _QUOTED.search(said)
    head = safe_text(said[: quoted.start()] if quoted else said).rstrip(" ,:")
    code = _STS_CODE.search(said)
    return f"{head} ({code[1]})" if code else head or type(error).__name__


class _Finder:
    """Finds what is configured; makes the library's providers, and imports them, only when one is needed."""

    def __init__(self, settings: Settings, metadata_address: tuple[str, int]) -> None:
        self._settings = settings
        self._metadata_address = metadata_address

    def configured(self) -> tuple[str, Callable[[], Provider]]:
        """The first place that is configured, by name, and how to make its provider."""
        settings = self._settings
        if settings.assume_role_with_oidc:
            return self.oidc(settings.assume_role_with_oidc)
        if settings.access_key_id and settings.access_key_secret:
            return settings.credentials_source or "access key", self.static
        if settings.profile:
            shared = settings.shared_credentials_file
            file = Path(shared) if shared else cli_file(settings.home)
            if file is None:
                raise CredentialsError(f"no credentials from profile {settings.profile}: there is no home folder")
            return self.profile(file, settings.profile)
        if settings.credentials_uri:
            return "alicloud:credentialsUri", self.uri
        if settings.ecs_role_name:
            return self.ecs(settings.ecs_role_name)
        return self.by_default()

    def by_default(self) -> tuple[str, Callable[[], Provider]]:
        """Where the vendor's tools look when nobody tells them."""
        settings = self._settings
        if settings.environment_oidc:
            return self.oidc(settings.environment_oidc)
        places = [Path(settings.shared_credentials_file)] if settings.shared_credentials_file else []
        if settings.cli_profile:
            places += [place for place in (cli_file(settings.home),) if place]
        places += [place for place in (ini_file(settings.home),) if place]
        for place in places:
            if place.is_file():
                return self.profile(place, None)
        raise CredentialsError(_nothing_found(places))

    def profile(self, file: Path, name: str | None) -> tuple[str, Callable[[], Provider]]:
        label = f"profile {name} in {file}" if name else f"the current profile in {file}"
        if is_ini(file):
            return label, lambda: _library().ProfileCredentialsProvider(profile_file=str(file), profile_name=name)
        profile = profile_in(file, name) or {}
        if profile.get("mode") == "EcsRamRole":
            # The library's own way to it starts a scheduler.
            return self.ecs(str(profile.get("ram_role_name") or ""))
        chosen = name or profile.get("name")
        return label, lambda: _library().CLIProfileCredentialsProvider(profile_file=str(file), profile_name=chosen)

    def static(self) -> Provider:
        settings = self._settings
        if settings.security_token:
            return _library().StaticSTSCredentialsProvider(
                access_key_id=settings.access_key_id,
                access_key_secret=settings.access_key_secret,
                security_token=settings.security_token,
            )
        return _library().StaticAKCredentialsProvider(
            access_key_id=settings.access_key_id, access_key_secret=settings.access_key_secret
        )

    def uri(self) -> Provider:
        return _library().URLCredentialsProvider(uri=self._settings.credentials_uri, http_options=self._http())

    def ecs(self, role_name: str) -> tuple[str, Callable[[], Provider]]:
        label = f"RAM role {role_name} of this ECS instance" if role_name else "the RAM role of this ECS instance"

        def make() -> Provider:
            try:
                socket.create_connection(self._metadata_address, timeout=_METADATA_PATIENCE).close()
            except OSError:
                raise CredentialsError(
                    f"no credentials from {label}: the metadata service at {self._metadata_address[0]} does not "
                    "answer, so this is no ECS instance"
                ) from None
            # An explicit empty name makes the library ask for the instance's only role.
            return _library().EcsRamRoleCredentialsProvider(role_name=role_name, async_update_enabled=False)

        return label, make

    def oidc(self, role: AssumeRoleWithOidc) -> tuple[str, Callable[[], Provider]]:
        label = f"role {role.role_arn} with an OIDC token"
        if role.oidc_token is not None:
            return label, lambda: _InlineToken(self, role, role.oidc_token or "")
        return label, lambda: self.oidc_provider(role, role.oidc_token_file or "")

    def oidc_provider(self, role: AssumeRoleWithOidc, token_file: str) -> Provider:
        return _library().OIDCRoleArnCredentialsProvider(
            role_arn=role.role_arn,
            oidc_provider_arn=role.oidc_provider_arn,
            oidc_token_file_path=token_file,
            role_session_name=role.session_name,
            duration_seconds=role.session_expiration,
            policy=role.policy,
            sts_endpoint=self._sts(),
            http_options=self._http(),
        )

    def role(self, role: AssumeRole, make: Callable[[], Provider]) -> Callable[[], Provider]:
        return lambda: _library().RamRoleArnCredentialsProvider(
            credentials_provider=make(),
            role_arn=role.role_arn,
            role_session_name=role.session_name,
            duration_seconds=role.session_expiration,
            policy=role.policy,
            external_id=role.external_id,
            sts_endpoint=self._sts(),
            http_options=self._http(),
        )

    def _sts(self) -> str | None:
        # The library asks STS by HTTPS, unless the endpoint itself says otherwise; it knows no `https://` there.
        endpoint = self._settings.endpoints.get("sts")
        return endpoint.removeprefix("https://") if endpoint else None

    def _http(self) -> Any:  # noqa: ANN401 - the library has no types
        from alibabacloud_credentials.http import HttpOptions

        return HttpOptions(
            connect_timeout=int(self._settings.connect_timeout * 1000),
            read_timeout=int(self._settings.read_timeout * 1000),
        )


class _InlineToken:
    """An OIDC token that was given itself: the library reads tokens from files only, so it is one while it is read."""

    def __init__(self, finder: _Finder, role: AssumeRoleWithOidc, token: str) -> None:
        self._finder = finder
        self._role = role
        self._token = token

    def get_credentials(self) -> Any:  # noqa: ANN401 - the library has no types
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:  # readable by this user alone
            file.write(self._token)
            file.flush()
            return self._finder.oidc_provider(self._role, file.name).get_credentials()


def _library() -> Any:  # noqa: ANN401 - the library has no types
    """The library's providers, without the handlers by which it writes to stderr as soon as it is imported."""
    from alibabacloud_credentials import provider

    log = logging.getLogger("credentials")
    log.handlers.clear()
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return provider


def _nothing_found(places: list[Path]) -> str:
    keys = ", ".join(ENVIRONMENT["accessKey"])
    files = "".join(f", {place}" for place in places)
    return (
        "no Alibaba Cloud credentials were found. Looked for: alicloud:accessKey with alicloud:secretKey in the stack "
        f"config, the environment variables {keys} with their secret keys, alicloud:profile, alicloud:credentialsUri, "
        f"alicloud:ecsRoleName, alicloud:assumeRoleWithOidc, an OIDC role in the environment{files}. "
        "Set alicloud:accessKey and, with --secret, alicloud:secretKey by `pulumi config set`, or both in the "
        "environment."
    )
