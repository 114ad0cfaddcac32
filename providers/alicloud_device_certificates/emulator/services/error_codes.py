"""Error codes that the services and their gateway return."""

from __future__ import annotations

import msgspec


class ServiceError(Exception):
    """An error that a service or its gateway returns."""

    def __init__(self, http: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.http = http
        self.code = code
        self.message = message


class ErrorCode(msgspec.Struct, frozen=True):
    """An error code, with its HTTP status, its message and its cause."""

    code: str
    """The code, such as ``FindDeviceBySnError``."""
    http: int
    """HTTP status."""
    message: str
    """Message that the service returns."""
    cause: str
    """When it is returned, as ``docs/emulator.md`` shows it."""

    def error(self, detail: str = "") -> ServiceError:
        """Return the error to raise; ``detail`` is appended to the message."""
        return ServiceError(self.http, self.code, " ".join(filter(None, (self.message, detail))))
