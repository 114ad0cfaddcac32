"""The certificates of a fleet that fail a postcondition: all are counted, and the most urgent ones described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Final

from alicloud_device_certificates.contract.ids import CertificateId

NAMED: Final = 20
"""The maximum number of certificates that an error of a fleet names."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A certificate that fails."""

    identity: CertificateId
    end: str
    """The end of its validity; empty if it is unknown."""
    fault: str
    """What is wrong with it, as a predicate."""

    @property
    def urgency(self) -> tuple[str, ...]:
        """The order in which they are named: the first to end first, and those of one end by name."""
        *_, owner, part = self.identity.values
        return self.end, str(part), str(owner)


class FailingMembers:
    """Those of one fleet. There may be a million, so only the most urgent are kept unless all are needed."""

    def __init__(self, *, keeps_all: bool) -> None:
        self._limit = None if keeps_all else 2 * NAMED
        self._all: set[int] = set()
        self._described: dict[int, Failing] = {}

    def __len__(self) -> int:
        return len(self._all)

    def put(self, key: int, identity: CertificateId, certificate: Mapping[str, Any], fault: str | None) -> None:
        """Keep the certificate with this number in place of what was known of it, if it has a fault."""
        self.drop(key)
        if fault is None:
            return
        self._all.add(key)
        self._described[key] = Failing(identity, str(certificate.get("not_after") or ""), fault)
        if self._limit is not None and len(self._described) > self._limit:
            first = nsmallest(NAMED, self._described.items(), key=lambda item: item[1].urgency)
            self._described = dict(first)

    def drop(self, key: int) -> None:
        """Forget the certificate with this number."""
        self._all.discard(key)
        self._described.pop(key, None)

    def described(self) -> list[Failing]:
        """Return those that are known in detail, the most urgent first: some of many may have been dropped."""
        return sorted(self._described.values(), key=lambda each: each.urgency)
