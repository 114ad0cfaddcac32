"""As much of DER (X.690) as it takes to recognize incomplete elements and kinds of content.

The structure decides what a body holds, never its label: a private key with the label of a certificate must not become
an output that is not secret. And a certificate remains one even if the parser rejects it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from alicloud_device_certificates.certificate.errors import CertificateError

_SEQUENCE = 0x30
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
_CERTIFICATE = b"\x30\x30\x03"  # RFC 5280, 4.1
# Requests (RFC 2986) and revocation lists (RFC 5280, 5.1) differ only in the first child, the signed part.
_REQUEST = re.compile(rb"\x02\x30\x30(?:\xa0|$)")
_REVOCATION_LIST = re.compile(rb"\x02?\x30\x30[\x17\x18]")
# For all others, the first match decides.
_SHAPES = (
    (b"\x02\x30\x04", ContentKind.PRIVATE_KEY),  # PKCS#8, RFC 5958
    (b"\x02\x02\x02\x02", ContentKind.PRIVATE_KEY),  # PKCS#1, RFC 8017; DSA
    (b"\x02\x04", ContentKind.PRIVATE_KEY),  # SEC 1, RFC 5915
    (b"\x30\x04", ContentKind.ENCRYPTED_KEY),  # RFC 5958
    (b"\x30\x03", ContentKind.PUBLIC_KEY),  # RFC 5280
    (b"\x02\x02", ContentKind.PUBLIC_KEY),  # PKCS#1
    (b"\x06\xa0", ContentKind.PKCS7),  # RFC 5652
    (b"\x02\x30", ContentKind.PKCS12),  # RFC 7292
)


def _span(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where the content of the element at ``at`` begins and ends (maybe beyond the data), or None."""
    if at + 2 > len(data):
        return None
    start, length = at + 2, data[at + 1]
    if length >= 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or start + octets > len(data):
            return None
        length = int.from_bytes(data[start : start + octets])
        start += octets
    return start, start + length


def first_element(data: bytes, what: str, *, followed: bool = False) -> bytes:
    """Return the SEQUENCE that ``data`` is, or begins with if it may be ``followed`` by something else.

    Raise CertificateError, whose message names ``what``, if it is not a SEQUENCE, is truncated or has a tail.
    """
    span = _span(data, 0)
    if span is None or data[0] != _SEQUENCE:
        raise CertificateError(f"the {what} is base64 but not DER")
    end = span[1]
    if end > len(data):
        raise CertificateError(f"the {what} is truncated: it has {len(data)} of {end} bytes")
    if end < len(data) and not followed:
        raise CertificateError(f"the {what} is followed by {len(data) - end} extra bytes")
    return data[:end]


def children(element: bytes) -> list[bytes]:
    """Return the complete elements within ``element``: the first few, up to the first incomplete one."""
    found: list[bytes] = []
    at, end = _span(element, 0) or (0, 0)
    while at < end and len(found) < _CHILD_LIMIT:
        child = _span(element, at)
        if child is None or child[1] > end:
            break
        found.append(element[at : child[1]])
        at = child[1]
    return found


def sequence(*elements: bytes) -> bytes:
    """Return a SEQUENCE of elements."""
    content = b"".join(elements)
    length = len(content)
    if length < 0x80:
        return bytes((_SEQUENCE, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((_SEQUENCE, 0x80 | len(octets))) + octets + content


def content_kind(element: bytes) -> ContentKind:
    """Return what a complete element is, by its structure alone."""
    parts = children(element)
    shape = _tags(parts)
    if not shape.startswith(_CERTIFICATE):
        return next((kind for start, kind in _SHAPES if shape.startswith(start)), ContentKind.OTHER)
    signed = _tags(children(parts[0]))
    if _REQUEST.match(signed):
        return ContentKind.REQUEST
    if _REVOCATION_LIST.match(signed):
        return ContentKind.REVOCATION_LIST
    return ContentKind.CERTIFICATE


def _tags(elements: list[bytes]) -> bytes:
    return bytes([element[0] for element in elements])
