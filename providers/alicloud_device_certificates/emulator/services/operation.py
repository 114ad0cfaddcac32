"""What services and operations are made of, and what an operation receives and returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from alicloud_device_certificates.emulator.scenario.fault import Fault
from alicloud_device_certificates.emulator.scenario.scenario import Account, Quotas, User
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode
from alicloud_device_certificates.emulator.world.world import World


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A service as its gateway sees it."""

    product: str
    """Product code, as in endpoints, such as ``onsmqtt``."""
    title: str
    """Name of the product."""
    version: str
    """API version."""
    quota: Callable[[Quotas], int]
    """Returns the requests per second that an account's quotas allow; 0 means unlimited."""
    errors: tuple[ErrorCode, ...]
    """Errors of its operations."""
    error_prefix: str | None = None
    """Prefix of the codes that it returns with HTTP 200 in a document of its own, and not as the gateway does."""

    def has_own_document(self, code: str) -> bool:
        """Return whether errors with this code come with HTTP 200 in the service's own document."""
        return self.error_prefix is not None and code.startswith(self.error_prefix)


class Argument(msgspec.Struct, frozen=True):
    """An argument of an operation. The gateway rejects a request that lacks a required one."""

    name: str
    note: str = ""
    """What the documentation adds, such as a range."""
    required: bool = True


class OperationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticated request for an operation."""

    world: World
    account: Account
    user: User
    arguments: dict[str, str]
    host: str
    """The host that the client requested; a host of the cloud names the region."""

    def argument(self, name: str) -> str:
        """Return the value of a required argument, perhaps empty."""
        return self.arguments[name]

    def may(self, *actions: str, resource: str) -> bool:
        """Return whether the user's policy allows all ``actions`` on an instance or product key."""
        return any(fnmatchcase(resource, pattern) for pattern in self.user.resources) and all(
            any(fnmatchcase(action, pattern) for pattern in self.user.allow)
            and not any(fnmatchcase(action, pattern) for pattern in self.user.deny)
            for action in actions
        )


class OperationResult(msgspec.Struct, frozen=True, kw_only=True):
    """The data that an operation returns, and the fault that the scenario injects instead."""

    data: dict[str, Any]
    fault: Fault | None = None

    __repr__ = object.__repr__  # the data may hold a private key


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation of a service, registered by the OPERATIONS of its module."""

    service: Service
    name: str
    arguments: tuple[Argument, ...]
    run: Callable[[OperationRequest], OperationResult]
    """Returns the result, or raises ServiceError."""
    quota: Callable[[Quotas, Mapping[str, str]], int] | None = None
    """Returns the requests per second of this operation alone, for its arguments; by default the service's count."""
