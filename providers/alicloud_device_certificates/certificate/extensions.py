"""The extensions of a certificate (RFC 5280, 4.2), each read on its own: by the strict parser, and from BER."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cryptography import x509

from alicloud_device_certificates.certificate.alternative_names import read_names
from alicloud_device_certificates.certificate.ber import BOOLEAN, INTEGER, SEQUENCE, BerError, encode, whole_element
from alicloud_device_certificates.certificate.strict import StrictParserError, rejections
from alicloud_device_certificates.certificate.structure import Extension

SUBJECT_ALTERNATIVE_NAME: Final = "2.5.29.17"
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
_BASIC_CONSTRAINTS = "2.5.29.19"
# The same as the content of an OBJECT IDENTIFIER.
_SUBJECT_ALTERNATIVE_NAME = bytes.fromhex("551d11")
_BASIC_CONSTRAINTS_CONTENT = bytes.fromhex("551d13")
# The strict parser knows only two of the numbers that RFC 7633 allows in it.
_TLS_FEATURE = "1.3.6.1.5.5.7.1.24"
_NAMES = {
    "2.5.29.14": "subject key identifier",
    "2.5.29.15": "key usage",
    SUBJECT_ALTERNATIVE_NAME: "subject alternative name",
    "2.5.29.18": "issuer alternative name",
    _BASIC_CONSTRAINTS: "basic constraints",
    "2.5.29.30": "name constraints",
    "2.5.29.31": "CRL distribution points",
    "2.5.29.32": "certificate policies",
    "2.5.29.33": "policy mappings",
    AUTHORITY_KEY_IDENTIFIER: "authority key identifier",
    "2.5.29.36": "policy constraints",
    "2.5.29.37": "extended key usage",
    "2.5.29.46": "freshest CRL",
    "2.5.29.54": "inhibit anyPolicy",
    "1.3.6.1.5.5.7.1.1": "authority information access",
    "1.3.6.1.5.5.7.1.11": "subject information access",
    "1.3.6.1.4.1.11129.2.4.2": "signed certificate timestamps",
    _TLS_FEATURE: "TLS feature",
}

# A certificate for one extension: what else the strict parser reads of it is valid.
_ALGORITHM = bytes.fromhex("300a06082a8648ce3d040302")
_SHELL = (
    bytes.fromhex("a003020102020101"),  # version 3, serial number 1
    _ALGORITHM,
    bytes.fromhex("3000"),  # issuer
    bytes.fromhex("301e170d3235303130313030303030305a170d3335303130313030303030305a"),  # validity
    bytes.fromhex("3000"),  # subject
    bytes.fromhex("3018301306072a8648ce3d020106082a8648ce3d030107030100"),  # a public key without a point
)
_SIGNATURE = bytes.fromhex("030100")


def extension_name(oid: str) -> str:
    """Return the name of an extension and its OID; only the OID of an unknown one."""
    return f"{_NAMES[oid]} ({oid})" if oid in _NAMES else oid


def is_accepted(extension: Extension) -> bool:
    """Return whether the strict parser accepts an extension's value, or does not know the extension."""
    if extension.dotted_oid == _TLS_FEATURE:
        return True
    value = encode(SEQUENCE, extension.oid.encoded, encode(0x04, extension.value.octets))
    signed = encode(SEQUENCE, *_SHELL, encode(0xA3, encode(SEQUENCE, value)))
    try:
        with rejections():
            _ = x509.load_der_x509_certificate(encode(SEQUENCE, signed, _ALGORITHM, _SIGNATURE)).extensions
    except StrictParserError:
        return False
    return True


def alternative_names(extensions: Iterable[Extension]) -> list[str]:
    """Return the text of the subject's alternative names. Raise BerError."""
    found = _values(extensions, _SUBJECT_ALTERNATIVE_NAME)
    return [name for content in found for name in read_names(content)]


def is_ca(extensions: Iterable[Extension]) -> bool:
    """Return whether the basic constraints, if there are any, are those of a CA. Raise BerError."""
    for content in _values(extensions, _BASIC_CONSTRAINTS_CONTENT):
        parts = whole_element(content).children(SEQUENCE)
        # A BOOLEAN and the length of the path, each of which may be missing.
        tags = [part.tag for part in parts]
        if tags not in ([], [BOOLEAN], [INTEGER], [BOOLEAN, INTEGER]):
            raise BerError("has other parts than a BOOLEAN and an INTEGER")
        return tags[:1] == [BOOLEAN] and parts[0].boolean
    return False


def _values(extensions: Iterable[Extension], oid: bytes) -> list[bytes]:
    return [extension.value.octets for extension in extensions if extension.oid.content == oid]
