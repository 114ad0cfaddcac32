"""One call, the same for all its attempts, and how an attempt of it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from alicloud_device_certificates.cloud.codes import Meaning
from alicloud_device_certificates.cloud.credentials.credentials import Credentials
from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.retry import Kind


class Failed(Exception):  # noqa: N818 - an outcome, never an error that a caller sees
    """One attempt's failure: the error it would be, and what the next attempt depends on. Times in seconds."""

    def __init__(
        self, error: CloudError, kind: Kind, *, wish: float | None = None, server_time: float | None = None
    ) -> None:
        super().__init__()
        self.error = error
        self.kind = kind
        self.wish = wish
        self.server_time = server_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, the same for all its attempts."""

    operation: Operation
    region: str
    asked: str
    url: str
    instance: str

    @property
    def host(self) -> str:
        """Where it is asked, as `host[:port]`."""
        return urlsplit(self.url).netloc

    def error(self, kind: type[CloudError], message: str, **facts: Any) -> CloudError:  # noqa: ANN401 - its own
        """An error about this call."""
        return kind(message, operation=self.operation.name, region=self.region, asked=self.asked, **facts)

    def advice(self, meaning: Meaning, credentials: Credentials) -> str:
        """What to do about a code, with this call's own names in it."""
        permission = self.operation.permission.format(region=self.region, instance=self.instance)
        source = f"credentials ({credentials.source})"
        return meaning.advice.format(permission=permission, credentials=source, region=self.region)
