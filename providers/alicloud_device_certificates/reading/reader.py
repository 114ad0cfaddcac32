"""Read the certificate that an ID identifies, with the module of its service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Protocol

from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.operation import OperationClient
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.ids import parse_fleet_id, parse_id
from alicloud_device_certificates.contract.kinds import CertificateKind, KindKey
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.context import Read, ReadContext
from alicloud_device_certificates.reading.live_status import show_progress
from alicloud_device_certificates.reading.outcome import ReadOptions
from alicloud_device_certificates.reading.postconditions import judged

# Without the address: this is kept in state, and each run of an emulator has another port.
_EMULATED = "is an emulator: its data does not come from Alibaba Cloud"


class CertificateClient(OperationClient, Protocol):
    """What a reader needs: ``cloud.client.Client``, or a stand-in in a test."""

    def is_emulated(self, product: str) -> bool:
        """Return whether an emulator on the network has responded for this product."""
        ...  # pragma: no cover


class Reader:
    """The reads of one process over one client, which is that of one account. Use it on one event loop."""

    def __init__(
        self,
        client: CertificateClient,
        *,
        account: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``account`` is its name in the stack's config; None for that of ``alicloud:``. ``now`` is in UTC."""
        self._client = client
        self._account = account
        self._now = now
        self._context = ReadContext(client)

    async def read(self, id_: str, options: ReadOptions) -> dict[str, Any]:
        """Return the outputs of the data source whose certificate ``id_`` identifies.

        Raise CloudError if the request fails, ContentError if the certificate cannot be used, PostconditionError if it
        fails a condition, and InvalidIdError if ``id_`` is not an ID.
        """
        identity = parse_id(id_)
        try:
            outputs = await _read_of(identity.kind)(self._context, identity, options)
            outputs = judged(outputs, identity, options, self._now())
        except CloudError as error:
            error.account = self._account
            raise
        return self._marked(outputs, identity.kind)

    async def read_private_key(self, id_: str) -> dict[str, Any]:
        """Return the ``private_key_pem`` of the device of IoT Platform that ``id_`` identifies, and ``warnings``.

        Raise CloudError if the request fails, ContentError if the key or its certificate cannot be used, and
        InvalidIdError if ``id_`` is not an ID.
        """
        from alicloud_device_certificates.reading.iot import read_iot_private_key

        identity = parse_id(id_)
        try:
            outputs: dict[str, Any] = {
                "private_key_pem": await read_iot_private_key(self._context, identity),
                "warnings": [],
            }
        except CloudError as error:
            error.account = self._account
            raise
        return self._marked(outputs, identity.kind)

    async def read_fleet(self, id_: str, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return the outputs of the data source whose fleet ``id_`` identifies; ``props`` are its other arguments.

        Raise CloudError if the fleet cannot be read or fails a condition, and InvalidIdError if ``id_`` is not an ID.
        """
        from alicloud_device_certificates.reading.fleet.options import FleetOptions
        from alicloud_device_certificates.reading.fleet.reader import read_fleet

        identity = parse_fleet_id(id_)
        options = FleetOptions.from_props(identity.fleet, props)
        try:
            outputs = await read_fleet(
                self._context,
                identity,
                options,
                show=lambda line: show_progress(line, urn=options.urn),
                now=self._now(),
            )
        except CloudError as error:
            error.account = self._account
            raise
        return self._marked(outputs, identity.fleet.kind)

    def _marked(self, outputs: dict[str, Any], kind: CertificateKind) -> dict[str, Any]:
        """Return the outputs, with a warning if an emulator on the network returned them."""
        if self._client.is_emulated(kind.product):
            place = "alicloud:endpoints" if self._account is None else f"the config of account {self._account}"
            message = one_line(f"an endpoint in {place} {_EMULATED}")
            outputs["warnings"].append({"code": WarningCode.EMULATOR.value, "message": message})
        return outputs


def _read_of(kind: CertificateKind) -> Read:
    """Return the function that reads this kind; only the module of its own service is imported."""
    reads: Mapping[KindKey, Read] = import_module(f"{PACKAGE}.reading.{kind.module}").READS
    return reads[kind.key]
