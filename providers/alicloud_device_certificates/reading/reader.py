"""Reads what an ID identifies, over one client, by the module of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from alicloud_device_certificates.cloud.operation import Caller
from alicloud_device_certificates.contract.ids import parse_id
from alicloud_device_certificates.contract.kinds import CertificateKind, KindKey
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.context import Read, ReadContext
from alicloud_device_certificates.reading.outcome import ReadOptions

# Without the address: an emulator has another port each time, and this is kept in state.
_EMULATED = "an endpoint in alicloud:endpoints is an emulator: what is read there does not come from Alibaba Cloud"


class Source(Caller, Protocol):
    """Where certificates are read: ``cloud.client.Client``, or a stand-in in a test."""

    def is_emulated(self, product: str) -> bool:
        """Whether an emulator on the network answered for this product in the place of the cloud."""
        ...  # pragma: no cover


class Reader:
    """The reads of one process over one client; used on one event loop."""

    def __init__(self, client: Source) -> None:
        self._client = client
        self._context = ReadContext(client)

    async def read(self, id_: str, options: ReadOptions) -> dict[str, Any]:
        """Read the certificate that ``id_`` identifies and return the outputs of its data source.

        Raises CloudError if the service cannot be reached or refuses, ContentError if its response cannot be used, and
        InvalidIdError if ``id_`` is not an ID.
        """
        identity = parse_id(id_)
        outputs = await _read_of(identity.kind)(self._context, identity, options)
        if self._client.is_emulated(identity.kind.product):
            outputs["warnings"].append({"code": WarningCode.EMULATOR.value, "message": _EMULATED})
        return outputs


def _read_of(kind: CertificateKind) -> Read:
    """Return the function that reads this kind; only the module of its own service is imported."""
    reads: Mapping[KindKey, Read] = import_module(f"alicloud_device_certificates.reading.{kind.module}").READS
    return reads[kind.key]
