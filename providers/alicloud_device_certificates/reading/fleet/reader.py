"""Read the fleet that an ID identifies, with the module of its service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.fleets import FleetKey
from alicloud_device_certificates.contract.ids import FleetId
from alicloud_device_certificates.reading.context import ReadContext
from alicloud_device_certificates.reading.fleet.options import FleetOptions
from alicloud_device_certificates.reading.fleet.progress import Progress
from alicloud_device_certificates.reading.fleet.read import FleetRead


async def read_fleet(
    context: ReadContext,
    identity: FleetId,
    options: FleetOptions,
    *,
    show: Callable[[str], None],
    now: datetime,
) -> dict[str, Any]:
    """Return the outputs of a fleet's data source; ``show`` gets lines on how far it is.

    Raise CloudError if the fleet cannot be listed, or if a certificate of it cannot be read and that is not reported.
    """
    fleet = FleetRead(context, identity, options, Progress(show), now=now)
    reads: Mapping[FleetKey, Callable[[FleetRead], Awaitable[None]]] = import_module(
        f"{PACKAGE}.reading.fleet.{identity.fleet.kind.module}"
    ).READS
    await reads[identity.key](fleet)
    return fleet.members.outputs()
