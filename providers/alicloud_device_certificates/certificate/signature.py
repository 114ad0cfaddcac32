"""The signatures of certificates, verified over the bytes as they are, also with algorithms that no one should use."""

from __future__ import annotations

import re

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from alicloud_device_certificates.certificate.algorithms import RSASSA_PSS, signature_algorithm
from alicloud_device_certificates.certificate.ber import SEQUENCE, Element
from alicloud_device_certificates.certificate.strict import StrictParserError, rejections
from alicloud_device_certificates.certificate.structure import Structure, algorithm_oid

_HASH = re.compile(r"(MD5|SHA3[-_](?:224|256|384|512)|SHA(?:1|224|256|384|512))(?!\d)", re.IGNORECASE)
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "MD5": hashes.MD5(),  # noqa: S303 - to verify what exists; the gate reports it as weak
    "SHA1": hashes.SHA1(),  # noqa: S303
    "SHA224": hashes.SHA224(),
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
    "SHA3-224": hashes.SHA3_224(),
    "SHA3-256": hashes.SHA3_256(),
    "SHA3-384": hashes.SHA3_384(),
    "SHA3-512": hashes.SHA3_512(),
}
# The parameters of RSASSA-PSS (RFC 4055, 3.1).
_PSS_HASHES = {
    "1.3.14.3.2.26": "SHA1",
    "2.16.840.1.101.3.4.2.4": "SHA224",
    "2.16.840.1.101.3.4.2.1": "SHA256",
    "2.16.840.1.101.3.4.2.2": "SHA384",
    "2.16.840.1.101.3.4.2.3": "SHA512",
}
_PSS_SALT = 20  # octets


def is_signed_by(structure: Structure, key: CertificatePublicKeyTypes) -> bool | None:
    """Return whether ``key`` signed a certificate; None if the algorithm or its parameters are not supported.

    The algorithm within what is signed must be that of the signature (RFC 5280, 4.1.1.2).
    """
    try:
        with rejections():
            if algorithm_oid(structure.inner_algorithm) != algorithm_oid(structure.algorithm):
                return False
            _verify(structure, key)
    except StrictParserError as error:
        return False if isinstance(error.__cause__, InvalidSignature) else None
    return True


def _verify(structure: Structure, key: CertificatePublicKeyTypes) -> None:
    oid = algorithm_oid(structure.algorithm)
    name, signature, signed = signature_algorithm(oid), structure.signature.bits, structure.signed.encoded
    is_for_key = False
    match key:
        case Ed25519PublicKey() | Ed448PublicKey():
            if is_for_key := type(key).__name__.startswith(name):
                key.verify(signature, signed)
        case RSAPublicKey() if oid == RSASSA_PSS:
            is_for_key = True
            padding, digest = _pss(structure.algorithm)
            key.verify(signature, signed, padding, digest)
        case RSAPublicKey():
            if is_for_key := "RSA" in name:
                key.verify(signature, signed, PKCS1v15(), _hash(name))
        case EllipticCurvePublicKey():
            if is_for_key := name.startswith("ecdsa"):
                key.verify(signature, signed, ECDSA(_hash(name)))
        case DSAPublicKey():
            if is_for_key := name.startswith("dsa"):
                key.verify(signature, signed, _hash(name))
    if not is_for_key:
        # A known algorithm of another kind of key; an unknown one says nothing.
        raise UnsupportedAlgorithm(name) if name == oid else InvalidSignature


def _hash(name: str) -> hashes.HashAlgorithm:
    found = _HASH.search(name)
    if found is None:
        raise UnsupportedAlgorithm(name)
    return _HASHES[found[1].upper().replace("_", "-")]


def _pss(algorithm: Element) -> tuple[PSS, hashes.HashAlgorithm]:
    """Read the parameters of RSASSA-PSS. Raise BerError and UnsupportedAlgorithm."""
    parameters = algorithm.children(SEQUENCE)[1:]
    digest, mask, salt = "SHA1", "SHA1", _PSS_SALT
    for part in parameters[0].children(SEQUENCE) if parameters else ():
        match part.tag:
            case 0xA0:
                digest = _pss_hash(part.first)
            case 0xA1:
                mask = _pss_hash(part.first.children(SEQUENCE)[-1])
            case 0xA2:
                salt = part.first.integer
    return PSS(MGF1(_HASHES[mask]), salt), _HASHES[digest]


def _pss_hash(algorithm: Element) -> str:
    oid = algorithm_oid(algorithm)
    if oid not in _PSS_HASHES:
        raise UnsupportedAlgorithm(oid)
    return _PSS_HASHES[oid]
