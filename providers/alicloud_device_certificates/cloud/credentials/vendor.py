"""The providers of the vendor's credentials library (``alibabacloud_credentials``), without its output and its delays.

They are used one by one instead of as the library's default chain. The chain calls a metadata address that rarely
responds, logs each failure with a traceback, and reads the environment on import. The library's error messages are only
passed on in part, because they quote responses and URLs that hold credentials.
"""

from __future__ import annotations

import logging
import re
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alicloud_device_certificates.cloud.credentials.credentials import CredentialProvider, Credentials
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.text import hide, safe_text

CHECKED_WITH: Final = ">=1.0.2,<2"
"""The versions of the library whose undocumented parts are as they are used here.

Its logger is called ``credentials`` and writes to stderr. The messages of its errors quote responses and URLs only as
``_QUOTED`` expects.
"""

METADATA_ADDRESS: Final = ("100.100.100.200", 80)
"""The metadata service of every ECS instance."""

_METADATA_TIMEOUT: Final = 0.5

_QUOTED = re.compile(r"\b(?:result|response|stderr|token):|[{<]|https?://")
_STS_CODE = re.compile(r'"Code"\s*:\s*"(?!Success")([\w.]{1,80})"')

# Anything with the library's ``get_credentials``; the library has no types.
LibraryProvider = Any


def provider_of(origin: str, make: Callable[[], LibraryProvider], settings: Settings) -> CredentialProvider:
    """Return a provider of credentials that makes the library's provider on first use."""
    cached: list[LibraryProvider] = []

    def provide() -> Credentials:
        try:
            if not cached:
                cached.append(make())
            found = cached[0].get_credentials()
        except CredentialsError:
            raise
        except Exception as error:  # noqa: BLE001 - the library raises whatever its parts raise
            raise CredentialsError(f"no credentials from {origin}: {reason(error, settings)}") from None
        key, secret, token = (
            found.get_access_key_id(),
            found.get_access_key_secret(),
            found.get_security_token(),
        )
        if not key or not secret:
            raise CredentialsError(f"no credentials from {origin}: the access key is empty")
        return Credentials(access_key_id=key, access_key_secret=secret, security_token=token or None, origin=origin)

    return provide


def reason(error: Exception, settings: Settings) -> str:
    """Return why the library failed, without what it quotes: responses hold credentials, URLs hold signatures."""
    if type(error).__module__.partition(".")[0] not in {"alibabacloud_credentials", "builtins"}:
        return f"no response ({type(error).__name__})"
    secrets = (settings.access_key_id, settings.access_key_secret, settings.security_token, settings.credentials_uri)
    message = hide(str(error), secrets)
    quoted = _QUOTED.search(message)
    head = safe_text(message[: quoted.start()] if quoted else message).rstrip(" ,:")
    code = _STS_CODE.search(message)
    return f"{head} ({code[1]})" if code else head or type(error).__name__


class VendorLibrary:
    """Makes the library's providers, and imports the library only when one is made."""

    def __init__(self, settings: Settings, metadata_address: tuple[str, int]) -> None:
        self._settings = settings
        self._metadata_address = metadata_address

    def static(self) -> LibraryProvider:
        """Return the provider of the static keys."""
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

    def ini_profile(self, file: Path, name: str | None) -> LibraryProvider:
        """Return the provider of a profile in the SDKs' ``credentials.ini``."""
        return _library().ProfileCredentialsProvider(profile_file=str(file), profile_name=name)

    def cli_profile(self, file: Path, name: str | None) -> LibraryProvider:
        """Return the provider of a profile in the CLI's ``config.json``."""
        return _library().CLIProfileCredentialsProvider(profile_file=str(file), profile_name=name)

    def uri(self) -> LibraryProvider:
        """Return the provider of the credentials URI."""
        return _library().URLCredentialsProvider(uri=self._settings.credentials_uri, http_options=self._http())

    def ecs(self, role_name: str) -> tuple[str, Callable[[], LibraryProvider]]:
        """Return the origin and the maker for the RAM role of the ECS instance; an empty name is its only role."""
        origin = f"RAM role {role_name} of this ECS instance" if role_name else "the RAM role of this ECS instance"

        def make() -> LibraryProvider:
            try:
                socket.create_connection(self._metadata_address, timeout=_METADATA_TIMEOUT).close()
            except OSError:
                raise CredentialsError(
                    f"no credentials from {origin}: the metadata service at {self._metadata_address[0]} does not "
                    "respond, so this is not an ECS instance"
                ) from None
            # An explicit empty name makes the library look up the instance's only role.
            return _library().EcsRamRoleCredentialsProvider(role_name=role_name, async_update_enabled=False)

        return origin, make

    def oidc(self, role: AssumeRoleWithOidc) -> tuple[str, Callable[[], LibraryProvider]]:
        """Return the origin and the maker for a role to assume with an OIDC token."""
        origin = f"role {role.role_arn} with an OIDC token"
        if role.oidc_token is not None:
            return origin, lambda: _InlineToken(self, role, role.oidc_token or "")
        return origin, lambda: self.oidc_provider(role, role.oidc_token_file or "")

    def oidc_provider(self, role: AssumeRoleWithOidc, token_file: str) -> LibraryProvider:
        """Return the provider of a role to assume with the OIDC token in a file."""
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

    def role(self, role: AssumeRole, make: Callable[[], LibraryProvider]) -> Callable[[], LibraryProvider]:
        """Return the maker for a role that the credentials of another provider assume."""
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
        # The library uses HTTPS for STS unless the endpoint has another scheme, and rejects `https://` in it.
        endpoint = self._settings.endpoints.get("sts")
        return endpoint.removeprefix("https://") if endpoint else None

    def _http(self) -> Any:  # noqa: ANN401 - the library has no types
        from alibabacloud_credentials.http import HttpOptions

        return HttpOptions(
            connect_timeout=int(self._settings.connect_timeout * 1000),
            read_timeout=int(self._settings.read_timeout * 1000),
        )


class _InlineToken:
    """The provider of a role with an inline OIDC token. The library only reads files, so it is written to one."""

    def __init__(self, library: VendorLibrary, role: AssumeRoleWithOidc, token: str) -> None:
        self._library = library
        self._role = role
        self._token = token

    def get_credentials(self) -> Any:  # noqa: ANN401 - the library has no types
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:  # readable by this user alone
            file.write(self._token)
            file.flush()
            return self._library.oidc_provider(self._role, file.name).get_credentials()


def _library() -> Any:  # noqa: ANN401 - the library has no types
    """Return the library's providers, without the log handlers that write to stderr on import."""
    from alibabacloud_credentials import provider

    log = logging.getLogger("credentials")
    log.handlers.clear()
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return provider
