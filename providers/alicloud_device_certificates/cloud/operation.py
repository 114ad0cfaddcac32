"""What an operation of a service is, as data, and what can call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from alicloud_device_certificates.contract.ids import same_sn

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation in the gateway's RPC style: path ``/``, arguments in the query, empty body."""

    name: str
    """The action, such as ``GetDeviceCertificate``."""
    version: str
    """The version of the API, such as ``2020-04-20``."""
    product: str
    """The first label of the endpoint and its key in ``alicloud:endpoints``, such as ``onsmqtt``."""
    method: Literal["GET", "POST", "PUT"]
    """The method that the vendor's own client uses."""
    permissions: tuple[str, ...]
    """The RAM actions that it needs, such as ``mq:GetDeviceCertificate``."""
    resource: str = ""
    """The resource of the actions in RAM; ``{region}`` and ``{instance}`` are placeholders. Empty if they have none."""
    response_limit: int = 1024 * 1024
    """Maximum bytes of a response, encoded and decoded. One certificate with key and chain takes about 10 kB."""
    echoes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The arguments that a response repeats, each with the path of its field, such as ``("Data", "CaSn")``."""

    def is_answered_by(self, document: Mapping[str, Any], arguments: Mapping[str, str | None]) -> bool:
        """Return whether a response names what these arguments request; never if it echoes none of them."""
        return bool(self.echoes) and all(
            same_sn(arguments.get(name) or "", _text_at(path, document)) for name, path in self.echoes.items()
        )


class OperationClient(Protocol):
    """What an operation's function needs: ``client.Client``, or a stand-in in a test."""

    async def call(
        self,
        operation: Operation,
        arguments: Mapping[str, str | None],
        *,
        region: str,
        target: str,
        read: Callable[[dict[str, Any]], T],
    ) -> T:
        """Return what ``read`` makes of the response. Raise ``CloudError``."""
        ...  # pragma: no cover


def _text_at(path: tuple[str, ...], document: Mapping[str, Any]) -> str:
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return str(value) if isinstance(value, str | int) else ""
