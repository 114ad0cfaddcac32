"""One API call, the same for all its attempts, and how an attempt can fail."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.codes import ErrorClass
from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.contract.text import safe_text


class AttemptFailed(Exception):  # noqa: N818 - an outcome within the client, never an error that a caller sees
    """The failure of one attempt: the error it would become, and what the next attempt depends on."""

    def __init__(
        self,
        error: CloudError,
        failure_class: FailureClass,
        *,
        retry_after: float | None = None,
        server_time: float | None = None,
    ) -> None:
        super().__init__()
        self.error = error
        self.failure_class = failure_class
        self.retry_after = retry_after
        """Delay in seconds that the server requests before the next attempt."""
        self.server_time = server_time
        """Unix time in seconds, from the response's ``Date``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One API call, the same for all its attempts."""

    operation: Operation
    region: str
    target: str
    """What the call is for, as errors show it."""
    url: str = field(repr=False)
    """May hold a token, if it is that of ``alicloud:credentialsUri``."""
    arguments: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What the request holds that must not be shown, whoever echoes it."""

    @property
    def scope(self) -> Hashable:
        """Return all of the request that its response does not name."""
        unnamed = [(name, value) for name, value in self.arguments.items() if name not in self.operation.echoes]
        return (self.operation.name, self.url.partition("?")[0], *unnamed)

    @property
    def host(self) -> str:
        """The host that receives the request, as ``host[:port]``."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def signed_by(self, credentials: Credentials | None) -> ApiCall:
        """Return the call with the secrets of the credentials that sign it, if any."""
        if credentials is None:
            return self
        keys = (credentials.access_key_id, credentials.access_key_secret, credentials.security_token or "")
        return replace(self, secrets=(*self.secrets, *keys))

    def error(
        self,
        error_type: type[CloudError],
        message: str,
        *,
        request_id: str | None = None,
        **facts: Any,  # noqa: ANN401 - the error's own
    ) -> CloudError:
        """Return an error about this call. A request ID may be any text that a server sends."""
        return error_type(
            message,
            operation=self.operation.name,
            region=self.region,
            target=self.target,
            request_id=safe_text(request_id or "", secrets=self.secrets) or None,
            **facts,
        )

    def advice(self, error_class: ErrorClass, credentials: Credentials) -> str:
        """Return the advice about an error code, with the names of this call filled in."""
        permission = " and ".join(self.operation.permissions)
        if self.operation.resource:
            instance = self.arguments.get("MqttInstanceId") or "<instance>"
            permission += f" on {self.operation.resource.format(region=self.region, instance=instance)}"
        origin = f"credentials ({credentials.origin})"
        return error_class.advice.format(permission=permission, credentials=origin, region=self.region)
