"""The numbers of a private key, read from PKCS#8, PKCS#1 or SEC 1, and the key that they make for a public key.

A private key may leave out or garble what follows from the rest: the primes of RSA, the length and the public point of
EC. What is taken is the secret alone, and the public key decides whether it is the right one. So the key that results
is always complete, and no library has to load one that is not.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicKey,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
    rsa_recover_prime_factors,
)
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from alicloud_device_certificates.certificate.algorithms import key_algorithm
from alicloud_device_certificates.certificate.ber import (
    CONSTRUCTED,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    BerError,
    Element,
    read_element,
)
from alicloud_device_certificates.certificate.strict import StrictParserError, rejections
from alicloud_device_certificates.certificate.structure import algorithm_oid

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey | Ed448PrivateKey

_RSA_LIMIT = 16384  # bits; OpenSSL rejects longer ones
_RECOVERY_LIMIT = 8192  # bits; finding the primes of longer ones takes seconds
_ALGORITHMS = {RSAPublicKey: "RSA", EllipticCurvePublicKey: "EC", Ed25519PublicKey: "Ed25519", Ed448PublicKey: "Ed448"}


class DamagedKeyError(Exception):
    """A key has the public numbers of the certificate's key, but its private ones do not match them."""


def read_secret(der: bytes) -> tuple[str, Element] | None:
    """Return the algorithm of a private key, and the element that holds its secret; None if it is none that is known.

    That is PKCS#1's structure for ``RSA`` (RFC 8017), SEC 1's for ``EC`` (RFC 5915), and the content of PKCS#8's OCTET
    STRING for ``Ed25519`` and ``Ed448`` (RFC 8410).
    """
    try:
        element = read_element(der)
        parts = element.children(SEQUENCE)
        if parts[1].tag == INTEGER:
            # The traditional form of DSA has six numbers.
            return None if len(parts) == 6 else ("RSA", element)
        if parts[1].tag != SEQUENCE:
            return "EC", element
        algorithm = key_algorithm(algorithm_oid(parts[1]))
        secret = parts[2].expect(OCTET_STRING, OCTET_STRING | CONSTRUCTED)
        if algorithm in {"RSA", "EC"}:
            return algorithm, read_element(secret.octets)
    except (BerError, IndexError):
        return None
    return (algorithm, secret) if algorithm in _ALGORITHMS.values() else None


def make_key(secret: tuple[str, Element], public_key: CertificatePublicKeyTypes) -> PrivateKey | None:
    """Return the complete private key of ``public_key``; None if the secret is that of another key.

    Raise DamagedKeyError, which shows nothing of the key.
    """
    algorithm, element = secret
    if not any(isinstance(public_key, kind) and name == algorithm for kind, name in _ALGORITHMS.items()):
        return None
    try:
        with rejections():
            if isinstance(public_key, RSAPublicKey):
                return _rsa(element, public_key.public_numbers())
            key = _other(element, public_key)
    except StrictParserError as error:
        damaged = isinstance(error.__cause__, DamagedKeyError)
    else:
        return key if key is not None and key.public_key() == public_key else None
    if damaged:
        raise DamagedKeyError
    return None


def _other(element: Element, public_key: CertificatePublicKeyTypes) -> PrivateKey | None:
    match public_key:
        case EllipticCurvePublicKey():
            octets = element.children(SEQUENCE)[1].expect(OCTET_STRING, OCTET_STRING | CONSTRUCTED).octets
            return derive_private_key(int.from_bytes(octets), public_key.curve)
        case Ed25519PublicKey():
            return Ed25519PrivateKey.from_private_bytes(_seed(element, 32))
        case Ed448PublicKey():
            return Ed448PrivateKey.from_private_bytes(_seed(element, 57))
    return None


def _seed(secret: Element, size: int) -> bytes:
    """Return the seed, which is an OCTET STRING in the OCTET STRING (RFC 8410, 7), or by mistake that one itself."""
    return secret.octets if len(secret.octets) == size else read_element(secret.octets).expect(OCTET_STRING).octets


def _rsa(element: Element, public: RSAPublicNumbers) -> RSAPrivateKey | None:
    """Return an RSA key; None if its public numbers are not ``public``. Raise DamagedKeyError (RFC 8017, 3.2)."""
    _, n, e, d, *rest = (part.integer for part in element.children(SEQUENCE))
    if (n, e) != (public.n, public.e):
        return None
    if n.bit_length() > _RSA_LIMIT or not 0 < d < n:
        raise DamagedKeyError
    p, q, dmp1, dmq1, iqmp = (*rest, 0, 0, 0, 0, 0)[:5]
    if max(p, q) <= 1:
        p, q = _primes(n, e, d)
    if p * q != n or min(p, q) <= 1 or any(d * e % (prime - 1) != 1 for prime in (p, q)):
        raise DamagedKeyError
    crt = (rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q))
    if any(given > 1 and given != right for given, right in zip((dmp1, dmq1, iqmp), crt, strict=True)):
        raise DamagedKeyError
    numbers = RSAPrivateNumbers(p, q, d, *crt, public)
    # All that OpenSSL's own check adds is 0.4 s at 4096 bits.
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def _primes(n: int, e: int, d: int) -> tuple[int, int]:
    """Return the primes of a key that has none. Raise DamagedKeyError."""
    # With a wrong d, the search would try hundreds of numbers in vain.
    if n.bit_length() > _RECOVERY_LIMIT or pow(pow(2, e, n), d, n) != 2:
        raise DamagedKeyError
    p, q = rsa_recover_prime_factors(n, e, d)
    return max(p, q), min(p, q)
