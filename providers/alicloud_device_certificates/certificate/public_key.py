"""The public key of a certificate, loaded from its SubjectPublicKeyInfo (RFC 5280, 4.1.2.7)."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key

from alicloud_device_certificates.certificate.algorithms import key_algorithm, key_bits
from alicloud_device_certificates.certificate.ber import SEQUENCE, BerError, Element, to_der, whole_element
from alicloud_device_certificates.certificate.strict import StrictParserError, rejections
from alicloud_device_certificates.certificate.structure import algorithm_oid, public_key_parts


def public_key_algorithm(info: Element) -> str:
    """Return the algorithm of a SubjectPublicKeyInfo (see ``Certificate.public_key_algorithm``). Raise BerError."""
    return key_algorithm(algorithm_oid(public_key_parts(info)[0]))


def load_public_key(info: Element) -> CertificatePublicKeyTypes | None:
    """Return the key of a SubjectPublicKeyInfo; None if its algorithm or curve is unknown.

    Raise BerError if it is not a key of its algorithm.
    """
    try:
        with rejections():
            # Also keys of other types, such as X25519; none of them can sign.
            key: CertificatePublicKeyTypes = load_der_public_key(to_der(info))  # type: ignore[assignment]
    except StrictParserError as error:
        if isinstance(error.__cause__, UnsupportedAlgorithm):
            return None
        return _rsa_key(info)
    return key


def _rsa_key(info: Element) -> CertificatePublicKeyTypes:
    n, e = _rsa_numbers(info)
    try:
        with rejections():
            return RSAPublicNumbers(e, n).public_key()
    except StrictParserError:
        raise BerError("is not a valid RSA key") from None


def _rsa_numbers(info: Element) -> tuple[int, int]:
    algorithm = public_key_algorithm(info)
    if algorithm != "RSA":
        raise BerError(f"is not a valid key of its algorithm ({algorithm})")
    _, key = public_key_parts(info)
    numbers = whole_element(key).children(SEQUENCE)
    if len(numbers) != 2:
        raise BerError("is not an RSA key of two numbers")
    return numbers[0].integer, numbers[1].integer


def public_key_bits(info: Element, key: CertificatePublicKeyTypes | None) -> int | None:
    """Return the size of a key in bits; None if it is unknown. An RSA key's is known even if it cannot be loaded."""
    try:
        return _rsa_numbers(info)[0].bit_length() if key is None else key_bits(public_key_algorithm(info), key)
    except BerError:
        return None
