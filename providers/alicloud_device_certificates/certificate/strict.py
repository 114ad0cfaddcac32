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

_QUIET = threading.RLock()  # the filters of `warnings` apply to the whole process
_VERSION_2 = 1  # as it is encoded


class StrictParserError(Exception):
    """The strict parser rejects a certificate, or cannot show it as OpenSSL does."""


@contextmanager
def rejections() -> Iterator[None]:
    """Raise whatever the parser raises as StrictParserError, and suppress its warnings.

    The parser's errors depend on the certificate's content, and no list of them is complete: some are a KeyError, and a
    panic in its native code is not even an Exception. Its warnings are about content that users cannot change.
    """
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Exception as error:
            raise StrictParserError(str(error)) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise StrictParserError("a panic") from error


def read_strictly(der: bytes) -> Attributes:
    """Return the attributes of a certificate. Raise StrictParserError unless the parser accepts all of it."""
    with rejections():
        parsed = x509.load_der_x509_certificate(der)
        serial_number = parsed.serial_number
        subject, issuer, extensions = parsed.subject, parsed.issuer, _extensions(parsed)
        algorithm, key = key_algorithm(parsed.public_key_algorithm_oid.dotted_string), _public_key(parsed)
        common_names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return Attributes(
            der=der,
            version=parsed.version.value + 1,
            serial_number=serial_number,
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            subject=_text(subject),
            issuer=_text(issuer),
            subject_common_name=str(common_names[-1].value) if common_names else None,
            subject_alternative_names=_alternative_names(extensions),
            public_key=key,
            public_key_algorithm=algorithm,
            public_key_bits=None if key is None else key_bits(algorithm, key),
            signature_algorithm=signature_algorithm(parsed.signature_algorithm_oid.dotted_string),
            is_ca=_is_ca(extensions),
            # RFC 5280, 4.1.2.2. The parser accepts it with a warning; a later version will not.
            deviations=("its serial number is negative",) if serial_number < 0 else (),
        )


def _extensions(parsed: x509.Certificate) -> x509.Extensions:
    try:
        with rejections():
            return parsed.extensions
    except StrictParserError:
        # Without the parser's text: the lenient reader finds out which extension it is.
        raise StrictParserError from None


def _public_key(parsed: x509.Certificate) -> CertificatePublicKeyTypes | None:
    try:
        return parsed.public_key()
    except UnsupportedAlgorithm:
        return None


def _text(name: x509.Name) -> str:
    """Return a name's text. Reject one whose values the parser reads differently from OpenSSL."""
    text = name.rfc4514_string()
    # The parser drops the tag of values that are no text, and takes TeletexString for UTF-8.
    if not text.isascii() or any(isinstance(attribute.value, bytes) for attribute in name):
        raise StrictParserError
    return text


def _alternative_names(extensions: x509.Extensions) -> list[str]:
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    for name in names:
        if isinstance(name, x509.DirectoryName):
            _text(name.value)
    return parsed_names(names)


def _is_ca(extensions: x509.Extensions) -> bool:
    """Return whether the extensions are those of a CA certificate."""
    try:
        return extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
