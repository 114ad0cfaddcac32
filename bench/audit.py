"""How long the gate takes to find primes that the moduli of a fleet share: a part of ``make bench``."""

from __future__ import annotations

import random
import time

import gmpy2

from alicloud_device_certificates.gate.evaluate.batch_gcd import shared_primes

MODULI = 10_000
BITS = 2048
GOAL_S = 60.0


def measure() -> None:
    """Print one line: the seconds for all moduli, two of which share a prime."""
    numbers = random.Random(14)
    # Only two need primes. The others have small factors in common, which takes longer than if none had any.
    moduli = [numbers.getrandbits(BITS) | 1 | 1 << (BITS - 1) for _ in range(MODULI - 2)]
    shared, one, other = (int(gmpy2.next_prime(numbers.getrandbits(BITS // 2))) for _ in range(3))
    moduli += [shared * one, shared * other]
    began = time.perf_counter()
    found = {position for sharing in shared_primes(moduli) for position in sharing.members}
    seconds = time.perf_counter() - began
    if not {MODULI - 2, MODULI - 1} <= found:
        raise AssertionError("the shared prime was not found")
    what = f"shared primes among {MODULI:,} moduli of {BITS} bits, seconds"
    print(f"{what:<62} {seconds:>6.2f}  (goal {GOAL_S:.2f})", flush=True)
