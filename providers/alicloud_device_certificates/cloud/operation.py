"""What an operation of a service is, as data, and what can call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation in the gateway's RPC style: path ``/``, arguments in the query, empty body."""

    name: str
    """The action, such as ``GetDeviceCertificate``."""
    version: str
    """The version of the API, such as ``2020-04-20``."""
    product: str
    """The first label of the endpoint and its key in ``alicloud:endpoints``, such as ``onsmqtt``."""
    method: Literal["GET", "POST"]
    """The method that the vendor's own client uses."""
    permissions: tuple[str, ...]
    """The RAM actions that it needs, such as ``mq:GetDeviceCertificate``."""
    resource: str = ""
    """The resource of the actions in RAM; ``{region}`` and ``{instance}`` are placeholders. Empty if they have none."""


class OperationClient(Protocol):
    """What an operation's function needs: ``client.Client``, or a stand-in in a test."""

    async def call(
        self, operation: Operation, arguments: Mapping[str, str | None], *, region: str, target: str
    ) -> dict[str, Any]:
        """Return the response as a document. Raise ``CloudError``."""
        ...  # pragma: no cover
