"""What provides credentials, and the error if it cannot."""

from __future__ import annotations

from typing import Protocol

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.network import Network


class Provider(Protocol):
    """One source of credentials. It keeps nothing: each call reads or requests them anew."""

    @property
    def origin(self) -> str:
        """Where the credentials come from, as users see it."""
        ...  # pragma: no cover

    async def provide(self, network: Network) -> Credentials:
        """Return the credentials. Raise ``CredentialsError`` or ``SettingsError``, one line without a secret."""
        ...  # pragma: no cover


class Fixed:
    """Keys that are known already: those of the settings or of a profile."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    @property
    def origin(self) -> str:
        """Where the keys come from."""
        return self._credentials.origin

    async def provide(self, _network: Network) -> Credentials:
        """Return the keys."""
        return self._credentials
