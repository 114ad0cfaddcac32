"""Which certificates of a fleet a data source keeps: ``select``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from alicloud_device_certificates.contract.thresholds import Threshold, parse_threshold

NAMES: Final = ("device_name", "ca_name")
"""The fields that ``name_pattern`` is compared with; a certificate that has none of them is known by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The certificates that meet all of the conditions that are set."""

    status: str | None = None
    name_pattern: str | None = None
    """A pattern as in a shell, such as ``line-?-*``."""
    expires_within: Threshold | None = None

    @classmethod
    def parse(cls, select: Mapping[str, Any] | None) -> Selection:
        """Return the selection of an argument ``select``, whose form was checked before. Raise ThresholdError."""
        select = select or {}
        within = select.get("expires_within")
        return cls(
            status=select.get("status"),
            name_pattern=select.get("name_pattern"),
            expires_within=None if within is None else parse_threshold(within),
        )

    def picks(self, key: str, certificate: Mapping[str, Any], now: datetime) -> bool:
        """Return whether a certificate meets the conditions at a time, in UTC."""
        return (
            (self.status is None or certificate.get("status") == self.status)
            and (self.name_pattern is None or fnmatchcase(_name(key, certificate), self.name_pattern))
            and (self.expires_within is None or _expires(certificate, self.expires_within, now))
        )


def _name(key: str, certificate: Mapping[str, Any]) -> str:
    return next((str(name) for field in NAMES if (name := certificate.get(field))), key)


def _expires(certificate: Mapping[str, Any], within: Threshold, now: datetime) -> bool:
    """Return whether a certificate expires within the threshold, or has. One without validity may: it is picked."""
    try:
        not_before = datetime.fromisoformat(certificate["not_before"])
        not_after = datetime.fromisoformat(certificate["not_after"])
    except (KeyError, TypeError, ValueError):
        return True
    return not_after - now <= within.of(not_after - not_before)
