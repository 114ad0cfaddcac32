"""What only all certificates of a run together show: keys and serial numbers that should differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.compromised_keys import compromised_keys
from alicloud_device_certificates.gate.evaluate.duplicate_serials import duplicate_serials
from alicloud_device_certificates.gate.evaluate.others import Found
from alicloud_device_certificates.gate.evaluate.shared_keys import shared_keys
from alicloud_device_certificates.gate.rules.kinds import FindingKind

_AUDITS: Final[Mapping[FindingKind, Callable[[Sequence[Observed]], Found]]] = {
    FindingKind.COMPROMISED_KEY: compromised_keys,
    FindingKind.SHARED_KEY: shared_keys,
    FindingKind.DUPLICATE_SERIAL: duplicate_serials,
}

Facts = Sequence[tuple[FindingKind, str]]
"""Findings that depend on no rule, each as its kind and a message."""


def audit(observed: Sequence[Observed]) -> Sequence[Facts]:
    """Return the findings of each certificate. One that was not read has none."""
    found: defaultdict[int, list[tuple[FindingKind, str]]] = defaultdict(list)
    read = [position for position, each in enumerate(observed) if each.state == "read" and each.new]
    certificates = [observed[position] for position in read]
    for kind, find in _AUDITS.items():
        for position, message in find(certificates):
            found[read[position]].append((kind, message))
    return [found[position] for position in range(len(observed))]
