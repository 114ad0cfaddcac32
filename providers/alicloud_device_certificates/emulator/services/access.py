"""What the operations of both services share: the call as the gateway hands it on, and who may do what."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import msgspec

from alicloud_device_certificates.emulator.issuing.record import Record
from alicloud_device_certificates.emulator.issuing.shapes import CHAINS, certificate_body
from alicloud_device_certificates.emulator.scenario.scenario import Account, Fault, User
from alicloud_device_certificates.emulator.services.answers import ServiceError
from alicloud_device_certificates.emulator.world.entries import Entry
from alicloud_device_certificates.emulator.world.world import World


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call by somebody known. `host` is the name that was called, which for the cloud's names tells the region."""

    world: World
    account: Account
    user: User
    arguments: dict[str, str]
    host: str

    def argument(self, name: str) -> str:
        """A mandatory argument, which may be empty; raises ServiceError when it is not there."""
        if name not in self.arguments:
            raise ServiceError(400, f"Missing{name}", f"{name} is mandatory for this action.")
        return self.arguments[name]

    def may(self, *actions: str, resource: str) -> bool:
        """Whether the user's policy lets it do all of `actions` with `resource` (an instance or a product key)."""
        return any(fnmatchcase(resource, pattern) for pattern in self.user.resources) and all(
            any(fnmatchcase(action, pattern) for pattern in self.user.allow)
            and not any(fnmatchcase(action, pattern) for pattern in self.user.deny)
            for action in actions
        )


def body_of(world: World, entry: Entry, record: Record) -> str:
    """The certificate of a device in the shape that the scenario wants."""
    spec = entry.spec
    issuer = world.issuer(entry) if spec.shape in CHAINS else None
    return certificate_body(record, shape=spec.shape, label=spec.label, issuer=issuer)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation answers, and the fault that the scenario wants instead."""

    data: dict[str, Any]
    fault: Fault | None = None

    __repr__ = object.__repr__  # it may hold a private key
