"""The names and sizes of keys and signatures."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

_KEYS = {
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.10": "RSA",  # a key for RSASSA-PSS only (RFC 4055)
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.2.840.10040.4.1": "DSA",
}
_FIXED_BITS = {"Ed25519": 256, "Ed448": 456}

# The names that OpenSSL prints.
_SIGNATURES = {
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.113549.1.1.10": "rsassaPss",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.2.840.10040.4.3": "dsaWithSHA1",
    "2.16.840.1.101.3.4.3.1": "dsa_with_SHA224",
    "2.16.840.1.101.3.4.3.2": "dsa_with_SHA256",
    "1.2.156.10197.1.501": "SM2-with-SM3",
}


def key_algorithm(certificate: x509.Certificate) -> str:
    """Return the algorithm of the public key: ``RSA``, ``EC``, ``Ed25519``, ``Ed448``, ``DSA``, otherwise its OID."""
    oid = certificate.public_key_algorithm_oid.dotted_string
    return _KEYS.get(oid, oid)


def key_bits(certificate: x509.Certificate) -> int | None:
    """Return the size of the public key in bits; None for an unknown algorithm or curve.

    Raise ValueError if the key is malformed.
    """
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return None
    bits: int | None = _FIXED_BITS.get(key_algorithm(certificate)) or getattr(key, "key_size", None)
    return bits


def signature_algorithm(certificate: x509.Certificate) -> str:
    """Return OpenSSL's name of the signature algorithm, otherwise its OID."""
    oid = certificate.signature_algorithm_oid.dotted_string
    return _SIGNATURES.get(oid, oid)
