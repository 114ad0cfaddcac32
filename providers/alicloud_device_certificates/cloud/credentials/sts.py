"""RAM roles, assumed at STS: with other credentials, or with an OIDC token.

Sources: AssumeRole and AssumeRoleWithOIDC of the STS API, version 2015-04-01; the endpoint is chosen as pulumi-alicloud
does, and the vendor's credentials libraries for a profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.codes import classify_code
from alicloud_device_certificates.cloud.credentials.document import credentials_in
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.credentials.provider import Provider
from alicloud_device_certificates.cloud.errors import ClockError, CredentialsError, SettingsError
from alicloud_device_certificates.cloud.http.signing import canonical_query
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.settings.endpoints import regional_host
from alicloud_device_certificates.cloud.settings.files import read_text
from alicloud_device_certificates.cloud.settings.readers import is_key, is_text
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.timestamps import rfc3339

ASSUME_ROLE: Final = Operation(
    name="AssumeRole", version="2015-04-01", product="sts", method="GET", permissions=("sts:AssumeRole",)
)
ASSUME_ROLE_WITH_OIDC: Final = Operation(
    name="AssumeRoleWithOIDC", version="2015-04-01", product="sts", method="POST", permissions=()
)

_NO_ROLE: Final = "Check the ARN of the role, and that it exists in that account."
_NOT_TRUSTED: Final = (
    "Allow sts:AssumeRole to the identity that assumes the role, and the identity in the role's trust policy."
)
_NOT_ISSUED: Final = (
    "Check that the OIDC token has not expired, and that the role and the OIDC provider trust its issuer, audience and "
    "subject."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StsHost:
    """What a profile says about the STS endpoint; None is what the settings say."""

    region: str | None = None
    vpc: bool | None = None

    def url(self, settings: Settings) -> str:
        """Return the URL of STS, by HTTPS unless ``alicloud:endpoints`` says otherwise. Raise ``SettingsError``.

        Without ``alicloud:endpoints`` it is that of the region, and the central one only if there is no region.
        """
        endpoint = settings.endpoints.get("sts")
        if endpoint is None:
            region = self.region or settings.sts_region or settings.region
            is_vpc = settings.sts_vpc if self.vpc is None else self.vpc
            endpoint = regional_host("sts-vpc" if is_vpc else "sts", region) if region else "sts.aliyuncs.com"
        return endpoint if "://" in endpoint else f"https://{endpoint}"


class AssumedRole:
    """A role that the credentials of another provider assume."""

    def __init__(
        self, role: AssumeRole, source: Provider, *, origin: str | None = None, host: StsHost = StsHost()
    ) -> None:
        self._role = role
        self._source = source
        self._host = host
        self.origin = origin or f"role {role.role_arn} with {source.origin}"

    async def provide(self, network: Network) -> Credentials:
        """Return the role's temporary credentials."""
        role = self._role
        arguments = {
            "RoleArn": role.role_arn,
            "RoleSessionName": role.session_name,
            "DurationSeconds": str(role.session_expiration),
            "Policy": role.policy,
            "ExternalId": role.external_id,
        }
        source = await self._source.provide(network)
        call = ApiCall(
            operation=ASSUME_ROLE,
            region=network.settings.region or "",
            target=self.origin,
            url=f"{self._host.url(network.settings)}/?{_encoded(arguments, self.origin)}",
            secrets=(role.external_id,) if role.external_id else (),
        ).signed_by(source)

        def advise(code: str) -> str:
            if code.startswith("EntityNotExist"):
                return _NO_ROLE
            if code.startswith("NoPermission"):
                return _NOT_TRUSTED
            return call.advice(classify_code(code, status=400), source)

        return await network.send(
            call,
            lambda response, now: credentials_in(call, response, now, within="Credentials", advise=advise),
            credentials=source,
        )


class OidcRole:
    """A role that an OIDC token assumes. The token goes into the body: URLs end up in the logs of proxies."""

    def __init__(self, role: AssumeRoleWithOidc, *, origin: str | None = None, host: StsHost = StsHost()) -> None:
        self._role = role
        self._host = host
        self.origin = origin or f"role {role.role_arn} with an OIDC token"

    async def provide(self, network: Network) -> Credentials:
        """Return the role's temporary credentials. The token's file is read anew each time, because tokens expire."""
        role = self._role
        token = self._token()
        url = self._host.url(network.settings)
        public = {
            "Action": ASSUME_ROLE_WITH_OIDC.name,
            "Version": ASSUME_ROLE_WITH_OIDC.version,
            "Format": "JSON",
            "Timestamp": rfc3339(datetime.fromtimestamp(network.timing.clock(), UTC)),
        }
        form = {
            "RoleArn": role.role_arn,
            "OIDCProviderArn": role.oidc_provider_arn,
            "OIDCToken": token,
            "RoleSessionName": role.session_name,
            "DurationSeconds": str(role.session_expiration),
            "Policy": role.policy,
        }
        call = ApiCall(
            operation=ASSUME_ROLE_WITH_OIDC,
            region=network.settings.region or "",
            target=self.origin,
            url=f"{url}/?{_encoded(public, self.origin)}",
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=_encoded(form, self.origin).encode(),
            secrets=(token,),
        )

        def advise(code: str) -> str:
            if code.startswith("EntityNotExist"):
                return _NO_ROLE
            is_clock = classify_code(code, status=400).error is ClockError
            return ClockError.fix if is_clock else _NOT_ISSUED

        return await network.send(
            call,
            lambda response, now: credentials_in(call, response, now, within="Credentials", advise=advise),
        )

    def _token(self) -> str:
        text = self._role.oidc_token
        if text is None:
            text = read_text(Path(self._role.oidc_token_file or ""), noun="the OIDC token file")
        token = text.strip()
        if not token or not is_key(token):
            raise CredentialsError(f"no credentials from {self.origin}: the OIDC token is empty or not a token")
        return token


def _encoded(arguments: Mapping[str, str | None], origin: str) -> str:
    """Return the arguments as a query or a form."""
    for name, value in arguments.items():
        if value is not None and not is_text(value):
            raise SettingsError(f"no credentials from {origin}: {name} is not valid Unicode text")
    return canonical_query(arguments)
