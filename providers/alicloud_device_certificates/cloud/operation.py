"""What makes an operation of a service, as data, and who can call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation in the gateway's RPC style: path `/`, arguments in the query, empty body.

    name        the action, e.g. `GetDeviceCertificate`
    version     the API's version, e.g. `2020-04-20`
    product     the endpoint's first label and its key in `alicloud:endpoints`, e.g. `onsmqtt`
    method      as the vendor's own client asks
    permission  the RAM actions it needs, as shown to a user; `{region}` and `{instance}` are filled in
    """

    name: str
    version: str
    product: str
    method: Literal["GET", "POST"]
    permission: str


class Caller(Protocol):
    """What an operation's function needs of a client: `client.Client`, or a stand-in in a test."""

    async def call(
        self, operation: Operation, arguments: Mapping[str, str | None], *, region: str, asked: str
    ) -> dict[str, Any]:
        """The operation's answer as a document; raises `CloudError`."""
        ...  # pragma: no cover
