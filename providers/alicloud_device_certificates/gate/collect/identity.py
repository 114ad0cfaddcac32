"""Which certificate is which: the same one under another resource, and different ones of one name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from alicloud_device_certificates.gate.collect.observed import Observed, ReadKey


def follow_by_id(certificates: Iterable[Observed]) -> tuple[Observed, ...]:
    """Compare each certificate with what the stack had of the same account and ID, whatever its resource was called.

    The engine knows a read by its URN alone, whatever aliases it has. So a resource that was renamed, moved or swapped
    with another one has the history of its name; here it gets that of its ID, and nothing of it is gone.
    """
    certificates = tuple(certificates)
    left: defaultdict[ReadKey | None, list[Observed]] = defaultdict(list)
    for each in certificates:
        # What reads the same as before keeps its own history, so a copy of it is new.
        if each.state == "gone" or each.key != each.old_key:
            left[each.old_key].append(each)
    history = {
        each.place: left[each.key].pop(0)
        for each in certificates
        if each.state != "gone" and each.key is not None and each.key != each.old_key and left[each.key]
    }
    taken = {each.place for each in history.values()}
    return tuple(
        each.with_past_of(old) if (old := history.get(each.place)) is not None else each
        for each in certificates
        if each.state != "gone" or each.place not in taken
    )


def told_apart(certificates: Iterable[Observed]) -> tuple[Observed, ...]:
    """Add to certificates of the same name what tells them apart: the types of their parents, and their service."""
    certificates = tuple(certificates)
    names = Counter(each.name for each in certificates)
    return tuple(each if names[each.name] == 1 else replace(each, qualifier=_qualifier(each)) for each in certificates)


def _qualifier(observed: Observed) -> str:
    what = observed.service if observed.fleet is None else f"fleet of {observed.service}"
    return f"{_place(observed.urn)}, {what}"


def _place(urn: str) -> str:
    """Return the types of a resource's parents, outermost first; it has the stack alone, or is one of its outputs."""
    if "#" in urn:
        return "stack output"
    *parents, _ = urn.split("::", 3)[2].split("$")
    return "$".join(parents) or "stack"
