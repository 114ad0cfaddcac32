"""The RAM role of the ECS instance that runs Pulumi, from the metadata service of the instance.

Source: "Instance metadata" of the ECS documentation. In its hardened mode, the service requires a token of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal, TypeVar

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.credentials.document import credentials_in, document_in
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.errors import CredentialsError, UnreadableResponseError
from alicloud_device_certificates.cloud.http.messages import RawResponse
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.retry import FailureClass

T = TypeVar("T")

METADATA: Final = "http://100.100.100.200"
"""The metadata service of every ECS instance."""

_ROLES: Final = "/latest/meta-data/ram/security-credentials/"
_TOKEN: Final = "/latest/api/token"  # noqa: S105 - a path
_TOKEN_SECONDS: Final = "21600"  # noqa: S105 - a duration
_ADVICE: Final = (
    "Check that this is an ECS instance to which the RAM role is attached; if it is none, remove alicloud:ecsRoleName."
)
_WORD: Final = re.compile(r"[\x21-\x7e]{1,1024}")
_TOKEN_HEADER: Final = "x-aliyun-ecs-metadata-token"  # noqa: S105 - its name
_ROLE_NAME: Final = re.compile(r"[\w.@-]{1,128}", re.ASCII)


class EcsRole:
    """A RAM role of the instance; without a name, the only one that is attached to it."""

    def __init__(self, name: str, *, address: str = METADATA) -> None:
        self._name = name
        self._address = address
        self.origin = f"RAM role {name} of this ECS instance" if name else "the RAM role of this ECS instance"

    async def provide(self, network: Network) -> Credentials:
        """Return the role's temporary credentials."""
        if not network.settings.metadata:
            raise CredentialsError(f"no credentials from {self.origin}: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true")
        if self._name and not _ROLE_NAME.fullmatch(self._name):
            raise CredentialsError(f"no credentials from {self.origin}: this is not the name of a RAM role")
        token = await self._send(
            network, "PUT", _TOKEN, self._token, {"x-aliyun-ecs-metadata-token-ttl-seconds": _TOKEN_SECONDS}
        )
        if token is None and not network.settings.metadata_v1:
            raise CredentialsError(
                f"no credentials from {self.origin}: the metadata service returns no token, and "
                "ALIBABA_CLOUD_IMDSV1_DISABLED is true"
            )
        headers = {} if token is None else {_TOKEN_HEADER: token}
        name = self._name or await self._send(network, "GET", _ROLES, self._role_name, headers)
        return await self._send(network, "GET", f"{_ROLES}{name}", credentials_in, headers)

    async def _send(
        self,
        network: Network,
        method: Literal["GET", "PUT"],
        path: str,
        read: Callable[[ApiCall, RawResponse, float], T],
        headers: dict[str, str],
    ) -> T:
        call = ApiCall(
            operation=Operation(name=method, version="", product="", method=method, permissions=()),
            region="",
            target=self.origin,
            url=f"{self._address}{path}",
            headers=headers,
            secrets=tuple(filter(None, (headers.get(_TOKEN_HEADER),))),
        )
        return await network.send(call, lambda response, now: read(call, response, now), advice=_ADVICE, is_local=True)

    @staticmethod
    def _token(call: ApiCall, response: RawResponse, now: float) -> str | None:
        """Return the token of the service; None if it knows none."""
        if response.status in {400, 403, 404, 405}:
            return None
        return _text(call, response, now, _WORD)

    @staticmethod
    def _role_name(call: ApiCall, response: RawResponse, now: float) -> str:
        return _text(call, response, now, _ROLE_NAME)


def _text(call: ApiCall, response: RawResponse, now: float, pattern: re.Pattern[str]) -> str:
    """Return a response that is one word. Raise ``AttemptFailed``."""
    if response.status >= 400:
        document_in(call, response, now)
    text = response.body.decode("ascii", errors="replace").strip()
    if not pattern.fullmatch(text):
        error = call.error(UnreadableResponseError, f"{call.host} returned something else than what was requested")
        raise AttemptFailed(error, FailureClass.TRANSIENT)
    return text
