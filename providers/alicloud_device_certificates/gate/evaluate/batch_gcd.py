"""Primes that RSA moduli share, found in all of them at once (Bernstein, "How to find smooth parts of integers", 2004).

Whoever has two moduli with a common prime computes both private keys by one division. Comparing each pair of 10,000
moduli would take minutes; one product of all, and its remainders, take seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any, Final, NamedTuple

_COMPARED: Final = 200
"""The maximum number of other factors that one is compared with: more are only found in a made-up set."""


class Sharing(NamedTuple):
    """Moduli that share a factor with others, by their positions."""

    members: list[int]
    """Those whose factor it is; each modulus is a member once."""
    family: list[int]
    """These, and the others that share it or a part of it."""


def shared_primes(moduli: Sequence[int]) -> Iterator[Sharing]:
    """Yield the moduli that share a prime with another one. They are positive and differ.

    Of very many that share in many ways, some of a family may be left out, but none of the members.
    """
    from gmpy2 import gcd, mpz

    members: defaultdict[Any, list[int]] = defaultdict(list)
    for position, common in enumerate(_common_factors([mpz(each) for each in moduli])):
        if common > 1:
            members[common].append(position)
    # Those of one factor share it. A modulus of which both primes are shared is the whole factor, so it is compared.
    compared = list(members.items())[:_COMPARED]
    for factor, positions in members.items():
        related = (others for other, others in compared if other != factor and gcd(factor, other) > 1)
        yield Sharing(positions, [*positions, *chain.from_iterable(related)])


def _common_factors(numbers: Sequence[Any]) -> Iterator[Any]:
    """Yield the greatest common divisor of each number and the product of all others."""
    from gmpy2 import gcd

    if len(numbers) < 2:
        return
    levels = [list(numbers)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([one * other for one, other in zip_longest(below[::2], below[1::2], fillvalue=1)])
    remainders = levels.pop()
    while levels:
        remainders = [remainders[place // 2] % (each * each) for place, each in enumerate(levels.pop())]
    for remainder, number in zip(remainders, numbers, strict=True):
        yield gcd(remainder // number, number)
