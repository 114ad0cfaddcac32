"""The names and sizes of keys and signatures."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
"""RFC 4055: an algorithm of keys and of signatures."""

_KEYS = {
    "1.2.840.113549.1.1.1": "RSA",
    RSASSA_PSS: "RSA",
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.2.840.10040.4.1": "DSA",
}
_FIXED_BITS = {"Ed25519": 256, "Ed448": 456}

# The names that OpenSSL prints.
_SIGNATURES = {
    "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
    "1.2.840.113549.1.1.3": "md4WithRSAEncryption",
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.3.14.3.2.3": "md5WithRSA",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.3.14.3.2.29": "sha1WithRSA",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "2.16.840.1.101.3.4.3.13": "RSA-SHA3-224",
    "2.16.840.1.101.3.4.3.14": "RSA-SHA3-256",
    "2.16.840.1.101.3.4.3.15": "RSA-SHA3-384",
    "2.16.840.1.101.3.4.3.16": "RSA-SHA3-512",
    RSASSA_PSS: "rsassaPss",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "2.16.840.1.101.3.4.3.9": "ecdsa_with_SHA3-224",
    "2.16.840.1.101.3.4.3.10": "ecdsa_with_SHA3-256",
    "2.16.840.1.101.3.4.3.11": "ecdsa_with_SHA3-384",
    "2.16.840.1.101.3.4.3.12": "ecdsa_with_SHA3-512",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.2.840.10040.4.3": "dsaWithSHA1",
    "1.3.14.3.2.27": "dsaWithSHA1-old",
    "2.16.840.1.101.3.4.3.1": "dsa_with_SHA224",
    "2.16.840.1.101.3.4.3.2": "dsa_with_SHA256",
    "2.16.840.1.101.3.4.3.3": "dsa_with_SHA384",
    "2.16.840.1.101.3.4.3.4": "dsa_with_SHA512",
    "1.2.156.10197.1.501": "SM2-with-SM3",
}


def key_algorithm(oid: str) -> str:
    """Return the algorithm of a public key: ``RSA``, ``EC``, ``Ed25519``, ``Ed448``, ``DSA``, otherwise its OID."""
    return _KEYS.get(oid, oid)


def key_bits(algorithm: str, key: CertificatePublicKeyTypes) -> int | None:
    """Return the size of a public key in bits; None for an algorithm without sizes."""
    bits: int | None = _FIXED_BITS.get(algorithm) or getattr(key, "key_size", None)
    return bits


def signature_algorithm(oid: str) -> str:
    """Return OpenSSL's name of the signature algorithm, otherwise its OID."""
    return _SIGNATURES.get(oid, oid)
