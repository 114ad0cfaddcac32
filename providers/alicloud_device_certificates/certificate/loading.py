"""One certificate through the X.509 parser: the result, or why the parser rejects it."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning

from alicloud_device_certificates.contract.text import TEXT_LIMIT, one_line

# What the parser raises for certificates that violate RFC 5280 or have an unknown algorithm.
PARSER_ERRORS = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    InternalError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)

_QUIET = threading.Lock()  # the filters of `warnings` apply to the whole process


@dataclass(frozen=True, slots=True)
class Loaded:
    """The DER of a certificate, and the parser's result."""

    der: bytes
    parsed: x509.Certificate | None
    serial_number: int | None
    problem: str | None


def load(der: bytes) -> Loaded:
    """Parse a certificate's DER. A rejection is part of the result and never raised."""
    try:
        with _without_deprecations():
            parsed = x509.load_der_x509_certificate(der)
            serial_number = parsed.serial_number
    except PARSER_ERRORS as error:
        return Loaded(der, None, None, f"the X.509 parser rejects it: {one_line(str(error), limit=TEXT_LIMIT)}")
    if serial_number < 0:
        # RFC 5280, 4.1.2.2. The parser accepts it with a warning; a later version will not.
        return Loaded(der, parsed, None, "its serial number is negative")
    return Loaded(der, parsed, serial_number, None)


@contextmanager
def _without_deprecations() -> Iterator[None]:
    """Suppress the parser's warning about serial numbers that are not positive: users cannot change them."""
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        yield
