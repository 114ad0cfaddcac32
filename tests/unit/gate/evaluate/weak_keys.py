"""RSA public keys that are compromised, each in a certificate that a sound CA signed."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from functools import cache

import gmpy2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
_FIRST_PRIMES = [number for number in range(2, 168) if gmpy2.is_prime(number)]


@cache
def prime(seed: int, bits: int = 1024) -> int:
    """A prime of so many bits, the same one for each seed; its two highest bits are set."""
    numbers = random.Random(seed)
    return next_prime(numbers.getrandbits(bits) | 3 << (bits - 2))


def next_prime(number: int) -> int:
    """The first prime beyond a number."""
    return int(gmpy2.next_prime(number))


def modulus(one: int, other: int) -> int:
    """The product of the primes of two seeds."""
    return prime(one) * prime(other)


def close_primes() -> int:
    """A modulus whose primes are neighbours."""
    return prime(90) * next_prime(prime(90))


def roca_like(seed: int = 91) -> int:
    """A modulus whose primes have the form that the flawed library gave them (Nemec et al., 2017, section 2.2)."""
    primorial = math.prod(_FIRST_PRIMES)  # 39 primes, as for keys of 512 to 960 bits

    def flawed(numbers: random.Random) -> int:
        while True:
            k = (3 << 1022) // primorial + numbers.getrandbits(700)  # the highest two bits are set
            candidate = k * primorial + pow(65537, numbers.getrandbits(60), primorial)
            if gmpy2.is_prime(candidate):
                return candidate

    numbers = random.Random(seed)
    return flawed(numbers) * flawed(numbers)


def certificate(n: int, e: int = 65537, *, name: str = "device", serial: int = 5) -> str:
    """A certificate (PEM) for the RSA key of these numbers."""
    key = rsa.RSAPublicNumbers(e, n).public_key()
    ca = ec.derive_private_key(7, ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")]))
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(NOW - timedelta(days=100))
        .not_valid_after(NOW + timedelta(days=265))
        .sign(ca, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return made.public_bytes(Encoding.PEM).decode()
