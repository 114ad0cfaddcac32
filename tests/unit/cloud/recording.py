"""A client that sends nothing: it records the calls, and returns one document to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alicloud_device_certificates.cloud.operation import Operation


class RecordingClient:
    """Stands in for ``cloud.client.Client`` where an operation's function is tested."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.calls: list[tuple[str, Mapping[str, str | None], str, str]] = []
        """The operation's name, the arguments, the region and the target of each call."""

    async def call(
        self,
        operation: Operation,
        arguments: Mapping[str, str | None],
        *,
        region: str,
        target: str,
        read: Callable[[dict[str, Any]], Any],
    ) -> Any:
        self.calls.append((operation.name, arguments, region, target))
        return read({"RequestId": "r", **self.document})
