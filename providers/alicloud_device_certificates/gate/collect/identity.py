"""Which certificate is which: the same one under another resource, and different ones of one name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from alicloud_device_certificates.gate.collect.observed import Observed


def follow_by_id(certificates: Iterable[Observed]) -> tuple[Observed, ...]:
    """Join a certificate that is gone to a new one with the same ID: its resource was renamed or moved.

    The engine knows a read by its URN alone, whatever aliases it has. A certificate is known by its ID, so what the
    stack had of it is compared under its new name, and nothing is gone.
    """
    certificates = tuple(certificates)
    gone: defaultdict[str, list[Observed]] = defaultdict(list)
    for each in certificates:
        if each.state == "gone" and each.id is not None:
            gone[each.id].append(each)
    before: dict[str, Observed] = {}
    for each in certificates:
        if each.is_new and each.state != "gone" and each.id is not None and gone[each.id]:
            before[each.urn] = gone[each.id].pop(0)
    joined = {each.urn for each in before.values()}
    return tuple(
        replace(each, old=old.old, old_id=old.old_id, was_secret=old.was_secret)
        if (old := before.get(each.urn)) is not None
        else each
        for each in certificates
        if each.urn not in joined
    )


def told_apart(certificates: Iterable[Observed]) -> tuple[Observed, ...]:
    """Add to certificates of the same name what tells them apart: the types of their parents, and their service."""
    certificates = tuple(certificates)
    names = Counter(each.name for each in certificates)
    return tuple(
        each if names[each.name] == 1 else replace(each, qualifier=f"{_place(each.urn)}, {each.service}")
        for each in certificates
    )


def _place(urn: str) -> str:
    """Return the types of a resource's parents, outermost first; it has the stack alone, or is one of its outputs."""
    if "#" in urn:
        return "stack output"
    *parents, _ = urn.split("::", 3)[2].split("$")
    return "$".join(parents) or "stack"
