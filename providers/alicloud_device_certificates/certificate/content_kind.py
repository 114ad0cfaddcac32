"""The kind of content in a body: a certificate, a key or something else.

The structure decides what a body holds, never its label: a private key with the label of a certificate must not become
an output that is not secret. And a certificate remains one even if nothing can read its parts.
"""

from __future__ import annotations

import re
from enum import StrEnum

from alicloud_device_certificates.certificate.ber import SEQUENCE, span
from alicloud_device_certificates.certificate.errors import CertificateError

_CHILD_LIMIT = 12  # a private key of PKCS#1, the longest, has ten


class ContentKind(StrEnum):
    """What an element is, in words for error messages."""

    CERTIFICATE = "a certificate"
    REQUEST = "a certificate request"
    REVOCATION_LIST = "a certificate revocation list"
    PRIVATE_KEY = "a private key"
    ENCRYPTED_KEY = "an encrypted private key"
    PUBLIC_KEY = "a public key"
    PKCS7 = "a PKCS#7 bundle"
    PKCS12 = "a PKCS#12 file"
    OTHER = "DER of another kind"


# The tags of the outermost SEQUENCE's children: 02 INTEGER, 03 BIT STRING, 04 OCTET STRING, 06 OBJECT IDENTIFIER,
# 30 SEQUENCE, a0 [0].
_CERTIFICATE = re.compile(rb"\x30\x30[\x03\x23]")  # RFC 5280, 4.1; the last one may be in pieces
# Requests (RFC 2986) and revocation lists (RFC 5280, 5.1) differ only in the first child, the signed part.
_REQUEST = re.compile(rb"\x02\x30\x30(?:\xa0|$)")
_REVOCATION_LIST = re.compile(rb"\x02?\x30\x30[\x17\x18]")
_PKCS12_VERSION = b"\x02\x01\x03"  # RFC 7292, 4; no other structure has it
# For all others, the first match decides.
_SHAPES = (
    (b"\x02\x30\x04", ContentKind.PRIVATE_KEY),  # PKCS#8, RFC 5958
    (b"\x02\x02\x02\x02", ContentKind.PRIVATE_KEY),  # PKCS#1, RFC 8017; DSA
    (b"\x02\x04", ContentKind.PRIVATE_KEY),  # SEC 1, RFC 5915
    (b"\x30\x04", ContentKind.ENCRYPTED_KEY),  # RFC 5958
    (b"\x30\x03", ContentKind.PUBLIC_KEY),  # RFC 5280
    (b"\x02\x02", ContentKind.PUBLIC_KEY),  # PKCS#1
    (b"\x06\xa0", ContentKind.PKCS7),  # RFC 5652
)


def first_element(data: bytes, what: str) -> bytes:
    """Return the SEQUENCE that ``data`` begins with.

    Raise CertificateError, whose message names ``what``, if it is not a SEQUENCE or is truncated.
    """
    bounds = span(data, 0)
    if bounds is None or data[0] != SEQUENCE:
        raise CertificateError(f"the {what} is base64 but not DER")
    _, _, after = bounds
    if after > len(data):
        raise CertificateError(f"the {what} is truncated: it has {len(data)} of {after} bytes")
    return data[:after]


def children(element: bytes) -> list[bytes]:
    """Return the complete elements within ``element``: the first few, up to the first incomplete one."""
    found: list[bytes] = []
    at, end, _ = span(element, 0) or (0, 0, 0)
    while at < end and len(found) < _CHILD_LIMIT:
        _, _, after = span(element, at) or (0, 0, end + 1)
        if after > end:
            break
        found.append(element[at:after])
        at = after
    return found


def content_kind(element: bytes) -> ContentKind:
    """Return what a complete element is, by its structure alone."""
    parts = children(element)
    shape = _tags(parts)
    if not _CERTIFICATE.match(shape):
        if parts[:1] == [_PKCS12_VERSION]:
            return ContentKind.PKCS12
        return next((kind for start, kind in _SHAPES if shape.startswith(start)), ContentKind.OTHER)
    signed = _tags(children(parts[0]))
    if _REQUEST.match(signed):
        return ContentKind.REQUEST
    if _REVOCATION_LIST.match(signed):
        return ContentKind.REVOCATION_LIST
    return ContentKind.CERTIFICATE


def _tags(elements: list[bytes]) -> bytes:
    return bytes([element[0] for element in elements])
