"""Certificates that have in common what only one may have: which others there are, for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from heapq import nsmallest
from operator import itemgetter
from typing import Final

SHOWN: Final = 3
"""The maximum number of others that a finding names."""

Found = Iterator[tuple[int, str]]
"""The positions of certificates, each with a message."""


def others(members: Iterable[tuple[int, Hashable, str]]) -> Found:
    """Yield the position of each member with the names of the others, such as ``a, b, c and 7 more``.

    A member is a position, who it is, and its name. Whoever is there twice is one; nothing is yielded if that is all.
    The time is linear in the number of members.
    """
    found = list(members)
    names: dict[Hashable, str] = {}
    for _, who, name in found:
        names[who] = min(name, names.get(who, name))
    if len(names) < 2:
        return
    # By name, because the order of a preview differs from run to run.
    first = nsmallest(SHOWN + 1, names.items(), key=itemgetter(1))
    for position, who, _ in found:
        shown = [name for other, name in first if other != who][:SHOWN]
        more = len(names) - 1 - len(shown)
        yield position, ", ".join(shown) + (f" and {more:,} more" if more else "")


def groups(members: Iterable[tuple[Hashable, tuple[int, Hashable, str]]]) -> Iterator[list[tuple[int, Hashable, str]]]:
    """Yield the members by what they have in common, in their order."""
    found: defaultdict[Hashable, list[tuple[int, Hashable, str]]] = defaultdict(list)
    for common, member in members:
        found[common].append(member)
    yield from found.values()
