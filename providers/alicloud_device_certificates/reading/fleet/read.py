"""The read of one fleet: what its service's module works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from alicloud_device_certificates.cloud.errors import CloudError, NotFoundError
from alicloud_device_certificates.cloud.fields import Fields
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
        self._contents: dict[CertificateId, int] = {}

    def member(self, **arguments: str | None) -> CertificateId:
        """Return the ID of a certificate of the fleet."""
        return self.identity.member(**arguments)

    def item(self, identity: CertificateId, item: Fields) -> Fields:
        """Return an item of a list as the response about one certificate: errors name it."""
        names = {"mqtt_instance_id": "instance", "ca_sn": "CA", "device_sn": "device"}
        target = ", ".join(f"{names[part]} {identity[part]}" for part in identity.kind.id_parts if part in names)
        return replace(item, context=replace(item.context, target=target))

    def is_known(self, identity: CertificateId, values: Mapping[str, Any]) -> bool:
        """Return whether a certificate was read with exactly these values before, in an earlier pass."""
        content = hash(tuple(map(str, values.values())))
        is_known = self._contents.get(identity) == content and identity in self.members
        self._contents[identity] = content
        return is_known

    async def take(self, identity: CertificateId, read: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        """Read one certificate and keep it, or its error. Raise CloudError if that ends the whole read."""
        try:
            self.members.add(identity, await read())
        except CloudError as error:
            self.members.fail(identity, error)
        self.progress.update(len(self.members))

    async def read_each(self, identities: Iterable[CertificateId], read: Read) -> None:
        """Read certificates one by one, many at once."""

        async def work(identity: CertificateId) -> None:
            known = self.options.known.get(identity[self.identity.fleet.key_part])
            options = replace(self.options.member, known=known if isinstance(known, Mapping) else {})
            try:
                self.members.add(identity, await read(self.context, identity, options))
            except NotFoundError as error:
                if not self.listed:
                    self.members.fail(identity, error)
            except CloudError as error:
                self.members.fail(identity, error)
            self.progress.update(len(self.members))

        await for_each(identities, work)

    async def read_again(self, identities: Iterable[CertificateId], read: Read) -> None:
        """Read certificates that the last pass over the list did not find: they were removed, or it lost them."""
        again = list(identities)
        for identity in again:
            self.members.drop(identity)
        self.listed = True
        await self.read_each(again, read)
        self.listed = False
