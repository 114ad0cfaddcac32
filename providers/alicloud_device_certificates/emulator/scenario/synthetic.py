"""Synthetic devices: many that one line of a scenario describes, each computed when it is requested."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from alicloud_device_certificates.emulator.scenario.values import SyntheticKeyType, Time

MAX_DEVICES: Final = 1_000_000
_DIGITS = 7
_SN = re.compile("[0-9a-f]{16}")


class SyntheticDevices(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Many devices at once. The state holds one certificate for all of them; each has a key of its own."""

    devices: Annotated[int, Meta(ge=1, le=MAX_DEVICES, description="number of devices")]
    prefix: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9_.:@-]{1,48}$(?!\n)", description="start of the names; seven digits follow")
    ] = "device-"
    key: Annotated[SyntheticKeyType, Meta(description="key type")] = "ec-p256"
    valid_from: Time = "-30d"
    valid_until: Time = "+335d"

    def name(self, index: int) -> str:
        """Return the name of a device, counted from 1."""
        return f"{self.prefix}{index:0{_DIGITS}d}"

    def index_of_name(self, name: str) -> int | None:
        """Return the index of the device with this name, or None."""
        digits = name.removeprefix(self.prefix)
        return self._existing(int(digits), name == self.name(int(digits))) if _is_number(digits) else None

    def sn(self, owner: str, index: int) -> str:
        """Return the SN of a device: 16 digits in hex, a number for the owner and the device's index."""
        return f"3562{_number_of(owner)}{index:08x}"

    def index_of_sn(self, owner: str, sn: str) -> int | None:
        """Return the index of the device with this SN, or None."""
        if not _SN.fullmatch(sn):
            return None
        index = int(sn[8:], 16)
        return self._existing(index, sn == self.sn(owner, index))

    def _existing(self, index: int, is_same: bool) -> int | None:
        return index if is_same and 1 <= index <= self.devices else None


@lru_cache(maxsize=1024)
def _number_of(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:4]


def _is_number(digits: str) -> bool:
    return len(digits) == _DIGITS and digits.isascii() and digits.isdigit()
