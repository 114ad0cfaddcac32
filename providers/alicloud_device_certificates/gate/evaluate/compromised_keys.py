"""Public keys whose private key can be computed or is public. Without the extra ``audit``, none is claimed to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from alicloud_device_certificates.certificate import CertificateError, read_certificate
from alicloud_device_certificates.contract.distribution import DISTRIBUTION
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.errors import RulesError
from alicloud_device_certificates.gate.evaluate.batch_gcd import Sharing, shared_primes
from alicloud_device_certificates.gate.evaluate.key_checks import (
    has_blocklist,
    is_installed,
    listed_weaknesses,
    rsa_weaknesses,
)
from alicloud_device_certificates.gate.evaluate.others import Found, others
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rules

INSTALL: Final = f"run pip install '{DISTRIBUTION}[audit]'"
_MAX_BITS: Final = 16_384
"""OpenSSL uses no larger RSA key; a made-up one must not hold up the run."""


class RsaKey(NamedTuple):
    """The numbers of an RSA public key."""

    modulus: int
    exponent: int


def compromised_keys(observed: Sequence[Observed]) -> Found:
    """Yield the position of each certificate with a key that is not secret, with a message for each reason."""
    if not is_installed():
        return
    rsa = _rsa_keys(observed)
    for position, key in rsa:
        for clause in rsa_weaknesses(*key):
            yield position, clause
    yield from _sharing(observed, rsa)
    if has_blocklist():
        of_rsa = {position for position, _ in rsa}
        for position, each in enumerate(observed):
            pem = (each.new or {}).get("certificate_pem")
            if position not in of_rsa and isinstance(pem, str):
                for clause in listed_weaknesses(pem):
                    yield position, clause


def keys_with_shared_primes(observed: Sequence[Observed]) -> Found:
    """Yield the position of each certificate whose RSA key shares a prime with another one, with a message.

    The extra ``audit`` must be installed.
    """
    yield from _sharing(observed, _rsa_keys(observed))


def unaudited(observed: Iterable[Observed]) -> str | None:
    """Return a remark if there are RSA keys that were not audited because the extra is not installed."""
    if is_installed() or not any((each.new or {}).get("public_key_algorithm") == "RSA" for each in observed):
        return None
    return f"RSA keys were not checked for being compromised ({FindingKind.COMPROMISED_KEY}): {INSTALL}"


def require_audit(rules: Rules) -> None:
    """Raise RulesError if a rule relies on the audit of keys, and the extra is not installed."""
    if is_installed():
        return
    for rule in (rules.general, *(rule for _, rule in rules.by_name)):
        severity = rule.severities.get(FindingKind.COMPROMISED_KEY)
        if severity in {"fail", "warn"}:
            raise RulesError(
                f"{FindingKind.COMPROMISED_KEY} is set to {severity}, but badkeys is not installed: {INSTALL}"
            )


def _rsa_keys(observed: Sequence[Observed]) -> list[tuple[int, RsaKey]]:
    return [(position, key) for position, each in enumerate(observed) if (key := _rsa_key(each)) is not None]


def _rsa_key(observed: Observed) -> RsaKey | None:
    certificate = observed.new or {}
    pem = certificate.get("certificate_pem")
    if certificate.get("public_key_algorithm") != "RSA" or not isinstance(pem, str):
        return None
    return _rsa_key_of(pem)


@lru_cache(maxsize=16_384)
def _rsa_key_of(certificate_pem: str) -> RsaKey | None:
    try:
        key = read_certificate(certificate_pem).parts.public_key
    except CertificateError:
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size > _MAX_BITS:
        return None
    numbers = key.public_numbers()
    return RsaKey(numbers.n, numbers.e)


def _sharing(observed: Sequence[Observed], rsa: Sequence[tuple[int, RsaKey]]) -> Iterator[tuple[int, str]]:
    """Yield the certificates whose modulus shares a prime with another one. Equal moduli are the same key."""
    holders: dict[int, list[int]] = {}
    for position, key in rsa:
        holders.setdefault(key.modulus, []).append(position)
    certificates = list(holders.values())
    for shared in _shared_primes(tuple(holders)):
        named = dict(others((at, place, observed[at].label) for place in shared.family for at in certificates[place]))
        for position in (at for place in shared.members for at in certificates[place]):
            names = named.get(position, "another certificate")
            yield position, f"its modulus shares a prime with that of {names}, so both private keys can be computed"


@lru_cache(maxsize=1)
def _shared_primes(moduli: tuple[int, ...]) -> tuple[Sharing, ...]:
    """Return all of ``shared_primes``: the policies of a pack evaluate the same certificates one after the other."""
    return tuple(shared_primes(moduli))
