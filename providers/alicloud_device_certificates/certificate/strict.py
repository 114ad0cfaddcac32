"""The strict reader: a certificate through the X.509 parser, all of it or nothing."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from alicloud_device_certificates.certificate.algorithms import key_algorithm, key_bits, signature_algorithm
from alicloud_device_certificates.certificate.alternative_names import parsed_names
from alicloud_device_certificates.certificate.attributes import Attributes
from alicloud_device_certificates.certificate.ber import whole_element
from alicloud_device_certificates.certificate.names import Name, read_name
from alicloud_device_certificates.certificate.serial_number import serial_deviations
from alicloud_device_certificates.certificate.structure import public_key_info

_QUIET = threading.RLock()  # the filters of `warnings` apply to the whole process


class StrictParserError(Exception):
    """The strict parser rejects a certificate, or cannot show it as OpenSSL does."""


@contextmanager
def rejections() -> Iterator[None]:
    """Raise whatever the parser raises as StrictParserError, and suppress its warnings.

    The parser's errors depend on the certificate's content, and no list of them is complete. Its warnings are about
    content that users cannot change.
    """
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except StrictParserError:
            raise
        except BaseException as error:
            if not _is_rejection(error):
                raise
            raise StrictParserError(str(error)) from error


def _is_rejection(error: BaseException) -> bool:
    """Return whether an error may come from a parser; a panic in its native code is not even an Exception."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def read_strictly(der: bytes) -> Attributes:
    """Return the attributes of a certificate. Raise StrictParserError unless the parser accepts all of it."""
    with rejections():
        parsed = x509.load_der_x509_certificate(der)
        serial_number = parsed.serial_number
        alternative_names, is_ca = _read_extensions(_extensions(parsed))
        algorithm, key = key_algorithm(parsed.public_key_algorithm_oid.dotted_string), _public_key(parsed)
        subject, subject_deviations = _read_name(parsed.subject, "subject")
        issuer, issuer_deviations = _read_name(parsed.issuer, "issuer")
        return Attributes(
            der=der,
            version=parsed.version.value + 1,
            serial_number=serial_number,
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            subject=subject,
            issuer=issuer,
            subject_common_name=_common_name(parsed.subject),
            subject_alternative_names=alternative_names,
            public_key=key,
            public_key_info=public_key_info(der),
            public_key_algorithm=algorithm,
            public_key_bits=None if key is None else key_bits(algorithm, key),
            signature_algorithm=signature_algorithm(parsed.signature_algorithm_oid.dotted_string),
            is_ca=is_ca,
            deviations=(
                *(f"its serial number {clause}" for clause in serial_deviations(serial_number)),
                *subject_deviations,
                *issuer_deviations,
            ),
        )


def _extensions(parsed: x509.Certificate) -> x509.Extensions:
    try:
        return parsed.extensions
    except BaseException as error:
        if not _is_rejection(error):
            raise
        # Without the parser's text: the lenient reader finds out which extension it is.
        raise StrictParserError from None


def _public_key(parsed: x509.Certificate) -> CertificatePublicKeyTypes | None:
    try:
        return parsed.public_key()
    except UnsupportedAlgorithm:
        return None


def _read_name(name: x509.Name, what: str = "") -> tuple[str, tuple[str, ...]]:
    """Return a name's text, and how it deviates."""
    text = name.rfc4514_string()
    if not _is_read_differently(name, text):
        return text, ()
    own = _own_name(name)
    return own.rfc4514(), tuple(f"its {what} {clause}" for clause in own.deviations())


def _common_name(name: x509.Name) -> str | None:
    names = [attribute.value for attribute in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    value = names[-1] if names else None
    if isinstance(value, bytes) or (value is not None and _is_read_differently(name, value)):
        return _own_name(name).common_name()
    return value


def _is_read_differently(name: x509.Name, text: str) -> bool:
    """Return whether the parser may read a name differently from OpenSSL.

    It drops the tag of values that are no text, and takes TeletexString (tag 14) for UTF-8.
    """
    return "=#" in text or not (text.isascii() or b"\x14" not in name.public_bytes())


def _own_name(name: x509.Name) -> Name:
    return read_name(whole_element(name.public_bytes()))


def _read_extensions(extensions: x509.Extensions) -> tuple[list[str], bool]:
    """Return the alternative names, and whether the basic constraints are those of a CA."""
    names: list[str] = []
    is_ca = False
    for extension in extensions:
        match extension.value:
            case x509.SubjectAlternativeName() as value:
                names = parsed_names(value, lambda name: _read_name(name)[0])
            case x509.BasicConstraints() as value:
                is_ca = value.ca
    return names, is_ca
