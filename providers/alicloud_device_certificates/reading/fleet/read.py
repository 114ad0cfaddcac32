"""The read of one fleet: what its service's module works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from alicloud_device_certificates.cloud.errors import CloudError, NotFoundError
from alicloud_device_certificates.cloud.fields import Fields, ResponseContext
from alicloud_device_certificates.contract.ids import CertificateId, FleetId
from alicloud_device_certificates.reading.context import Read, ReadContext
from alicloud_device_certificates.reading.fleet.each import for_each
from alicloud_device_certificates.reading.fleet.members import Members
from alicloud_device_certificates.reading.fleet.options import FleetOptions
from alicloud_device_certificates.reading.fleet.progress import Progress


class FleetRead:
    """A fleet that is being read."""

    PASSES: Final = 6
    """The maximum number of times that a list is read: by then, what is new was added meanwhile."""

    def __init__(
        self, context: ReadContext, identity: FleetId, options: FleetOptions, progress: Progress, *, now: datetime
    ) -> None:
        self.context = context
        self.identity = identity
        self.options = options
        self.progress = progress
        self.members = Members(identity, options, now=now)
        self.listed = False
        """Whether the service listed the members: then one that is not there was removed since."""

    def member(self, **arguments: str | None) -> CertificateId:
        """Return the ID of a certificate of the fleet."""
        return self.identity.member(**arguments)

    def device(self, ca_sn: str, device_sn: str) -> CertificateId:
        """Return the ID of a device certificate of ApsaraMQ for MQTT: there may be a million."""
        region, instance, _ = self.identity.values
        return CertificateId("mqtt", (region, instance, ca_sn, device_sn))

    def item(self, identity: CertificateId, item: Fields) -> Fields:
        """Return an item of a list as the response about one certificate: errors name it."""
        _, instance, *sns = identity.values
        context = item.context
        target = f"instance {instance}, CA {', device '.join(map(str, sns))}"
        return Fields(
            values=item.values,
            context=ResponseContext(
                operation=context.operation, region=context.region, target=target, request_id=context.request_id
            ),
            path=item.path,
        )

    async def take(self, identity: CertificateId, read: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        """Read one certificate and keep it, or its error. Raise CloudError if that ends the whole read."""
        try:
            self.members.add(identity, await read())
        except CloudError as error:
            if not (self.listed and isinstance(error, NotFoundError)):
                self.members.fail(identity, error)
        self.progress.update(len(self.members))

    async def read_each(self, identities: Iterable[CertificateId], read: Read) -> None:
        """Read certificates one by one, many at once."""

        async def work(identity: CertificateId) -> None:
            known = self.options.known.get(identity[self.identity.fleet.key_part])
            options = replace(self.options.member, known=known if isinstance(known, Mapping) else {})
            await self.take(identity, lambda: read(self.context, identity, options))

        await for_each(identities, work)
