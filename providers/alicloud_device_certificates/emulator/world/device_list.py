"""Devices in the order of their creation, of which a page is made without making the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from alicloud_device_certificates.emulator.world.devices import RegisteredDevice

Device = TypeVar("Device", bound=RegisteredDevice)
Made_co = TypeVar("Made_co", covariant=True)


class Part(Protocol[Made_co]):
    """Some devices, one after the other. A list, or something that makes them when they are read."""

    def __len__(self) -> int:
        """Return how many devices there are."""

    def __getitem__(self, position: int, /) -> Made_co:
        """Return the device at a position from 0."""


class DeviceList(Generic[Device]):
    """The devices of several parts, one after the other."""

    def __init__(self, parts: Iterable[Part[Device]]) -> None:
        self._parts = list(parts)
        self._total = sum(map(len, self._parts))

    def __len__(self) -> int:
        """Return how many devices there are."""
        return self._total

    def between(self, start: int, stop: int) -> list[Device]:
        """Return the devices from position ``start`` (from 0) to before ``stop``, as far as there are any."""
        found: list[Device] = []
        for part in self._parts:
            size = len(part)
            found += [part[position] for position in range(max(start, 0), min(stop, size))]
            start, stop = start - size, stop - size
        return found

    def newest_first(self, start: int, stop: int) -> list[Device]:
        """Return the devices between two positions that count from the newest device."""
        return self.between(self._total - stop, self._total - start)[::-1]
