"""Profiles of a person who signed in by browser: modes ``CloudSSO`` and ``OAuth`` of the vendor's CLI.

Only the tokens that the CLI has saved are used, and nothing is written back. An expired login is not renewed: that
replaces the refresh token, and without the new one in its file the CLI would have lost the login.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.credentials.document import credentials_in
from alicloud_device_certificates.cloud.credentials.issued import UnusableError, issued
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.settings.profiles import Profile
from alicloud_device_certificates.cloud.settings.readers import is_http, is_key

_POST: Final = Operation(name="POST", version="", product="", method="POST", permissions=())
_OAUTH: Final[Mapping[str, str]] = MappingProxyType(
    {"CN": "https://oauth.aliyun.com", "INTL": "https://oauth.alibabacloud.com"}
)


class CloudSso:
    """A profile of mode ``CloudSSO``."""

    def __init__(self, profile: Profile, *, origin: str) -> None:
        self._profile = profile
        self.origin = origin

    async def provide(self, network: Network) -> Credentials:
        """Return temporary credentials for the account and access configuration of the profile."""
        profile = self._profile
        site = profile.required("cloud_sso_sign_in_url")
        if not is_http(site):
            raise profile.fault("cloud_sso_sign_in_url is not a URL")
        token = _unexpired(profile, network, token="access_token", expiry="cloud_sso_access_token_expire")  # noqa: S106
        body = {
            "AccountId": profile.required("cloud_sso_account_id"),
            "AccessConfigurationId": profile.required("cloud_sso_access_config"),
        }
        scheme, _, rest = site.partition("://")
        url = f"{scheme}://{rest.partition('/')[0]}/cloud-credentials"
        call = _call(self.origin, url, token, json.dumps(body).encode())
        return await network.send(
            call,
            lambda response, now: credentials_in(call, response, now, within="CloudCredential"),
            advice=_again(profile),
        )


class OAuth:
    """A profile of mode ``OAuth``."""

    def __init__(self, profile: Profile, *, origin: str) -> None:
        self._profile = profile
        self.origin = origin

    async def provide(self, network: Network) -> Credentials:
        """Return the temporary credentials that the CLI saved, if they are valid, or others for its access token."""
        profile = self._profile
        saved = self._saved(network.timing.clock())
        if saved is not None:
            return saved
        site = _OAUTH.get((profile.text("oauth_site_type") or "CN").upper())
        if site is None:
            raise profile.fault("oauth_site_type is neither CN nor INTL")
        token = _unexpired(profile, network, token="oauth_access_token", expiry="oauth_access_token_expire")  # noqa: S106
        call = _call(self.origin, f"{site}/v1/exchange", token, b"")
        return await network.send(
            call,
            lambda response, now: credentials_in(call, response, now),
            advice=_again(profile),
        )

    def _saved(self, now: float) -> Credentials | None:
        profile = self._profile
        names = ("access_key_id", "access_key_secret", "sts_token")
        values = {name: profile.text(name) for name in names}
        expires = profile.number("sts_expiration") or 0
        if not all(values.values()) or expires <= now:
            return None
        try:
            saved = issued(values, origin=self.origin, now=now, names=(*names, ""))
        except UnusableError as unusable:
            fault = str(unusable)
        else:
            return replace(saved, lifetime=expires - now)
        raise profile.fault(fault)


def _unexpired(profile: Profile, network: Network, *, token: str, expiry: str) -> str:
    """Return the access token of a login that has not expired."""
    text = profile.required(token)
    if not is_key(text):
        raise profile.fault(f"{token} contains characters that are invalid in a token")
    if (profile.number(expiry) or 0) <= network.timing.clock():
        raise CredentialsError(
            f"no credentials from {profile}: its login has expired",
            advice=f"Run `aliyun sts GetCallerIdentity --profile {profile.name}`, and `aliyun configure --profile "
            f"{profile.name} --mode {profile.text('mode')}` if that fails.",
        )
    return text


def _call(origin: str, url: str, token: str, body: bytes) -> ApiCall:
    return ApiCall(
        operation=_POST,
        region="",
        target=origin,
        url=url,
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        body=body,
        secrets=(token,),
    )


def _again(profile: Profile) -> str:
    """Return what to do if a login is rejected."""
    command = f"aliyun configure --profile {profile.name} --mode {profile.text('mode')}"
    return f"Check the network and the proxy, or sign in again: `{command}`."
