"""What all reads of a process share: the client, and results that several of them need."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from alicloud_device_certificates.cloud.operation import OperationClient
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.reading.outcome import ReadOptions

_T = TypeVar("_T")


class ReadContext:
    """The client of a process, and the results that several reads need. Use it on one event loop."""

    def __init__(self, client: OperationClient) -> None:
        self.client = client
        self._shared: dict[CertificateId, asyncio.Future[Any]] = {}

    async def once(self, identity: CertificateId, read: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Return what ``read`` returns for this identity: the first caller starts it, and all others wait for it.

        An error is shared with those that wait for it, and then forgotten. Each identity always has the same ``read``.
        """
        if identity not in self._shared:
            self._shared[identity] = asyncio.ensure_future(read())
        shared = self._shared[identity]
        try:
            # Shielded: if one read is cancelled, the others still get the result.
            result: _T = await asyncio.shield(shared)
        finally:
            if shared.done() and (shared.cancelled() or shared.exception()) and self._shared.get(identity) is shared:
                del self._shared[identity]
        return result


Read = Callable[[ReadContext, CertificateId, ReadOptions], Awaitable[dict[str, Any]]]
"""Reads the certificate of one kind and returns the outputs of its data source. Each service's module has ``READS``."""
