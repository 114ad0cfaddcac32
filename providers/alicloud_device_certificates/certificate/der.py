"""As much of DER (X.690) as it takes to tell a whole element from a broken one, and one kind of content from another.

What a body holds is told by its structure, never by its label: a private key that came under the label of a
certificate must not end up in an output that is not secret, and no parser has to like a certificate for it to be one.
"""

from __future__ import annotations

import re
from enum import StrEnum

from alicloud_device_certificates.certificate.errors import CertificateError

_SEQUENCE = 0x30
_MOST_CHILDREN = 12  # a private key of PKCS#1, the longest of them, has ten


class Kind(StrEnum):
    """What an element is, in words that fit an error message."""

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
# Requests (RFC 2986) and revocation lists (RFC 5280, 5.1) look like that too, but for what is signed, the first child.
_REQUEST = re.compile(rb"\x02\x30\x30(?:\xa0|$)")
_REVOCATION_LIST = re.compile(rb"\x02?\x30\x30[\x17\x18]")
# Of the others the first that fits counts.
_SHAPES = (
    (b"\x02\x30\x04", Kind.PRIVATE_KEY),  # PKCS#8, RFC 5958
    (b"\x02\x02\x02\x02", Kind.PRIVATE_KEY),  # PKCS#1, RFC 8017; DSA
    (b"\x02\x04", Kind.PRIVATE_KEY),  # SEC 1, RFC 5915
    (b"\x30\x04", Kind.ENCRYPTED_KEY),  # RFC 5958
    (b"\x30\x03", Kind.PUBLIC_KEY),  # RFC 5280
    (b"\x02\x02", Kind.PUBLIC_KEY),  # PKCS#1
    (b"\x06\xa0", Kind.PKCS7),  # RFC 5652
    (b"\x02\x30", Kind.PKCS12),  # RFC 7292
)


def _span(data: bytes, at: int) -> tuple[int, int] | None:
    """Say where the content of the element at ``at`` begins and ends, maybe beyond the data; None without a length."""
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
    """Give the SEQUENCE that ``data`` is, or begins with where it may be ``followed`` by something else.

    Raises CertificateError, in words about ``what``, when it is not a SEQUENCE, is cut off, or has a tail.
    """
    span = _span(data, 0)
    if span is None or data[0] != _SEQUENCE:
        raise CertificateError(f"the {what} is base64, but not of DER")
    end = span[1]
    if end > len(data):
        raise CertificateError(f"the {what} is cut off: {len(data)} bytes are there of {end}")
    if end < len(data) and not followed:
        raise CertificateError(f"the {what} is followed by {len(data) - end} bytes that do not belong to it")
    return data[:end]


def children(element: bytes) -> list[bytes]:
    """List the elements within ``element``, each one whole: the first few, and up to the first that is broken."""
    found: list[bytes] = []
    at, end = _span(element, 0) or (0, 0)
    while at < end and len(found) < _MOST_CHILDREN:
        child = _span(element, at)
        if child is None or child[1] > end:
            break
        found.append(element[at : child[1]])
        at = child[1]
    return found


def sequence(*elements: bytes) -> bytes:
    """Write a SEQUENCE of elements."""
    content = b"".join(elements)
    length = len(content)
    if length < 0x80:
        return bytes((_SEQUENCE, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((_SEQUENCE, 0x80 | len(octets))) + octets + content


def kind_of(element: bytes) -> Kind:
    """Say what a whole element is, by its structure alone."""
    parts = children(element)
    shape = _tags(parts)
    if not shape.startswith(_CERTIFICATE):
        return next((kind for start, kind in _SHAPES if shape.startswith(start)), Kind.OTHER)
    signed = _tags(children(parts[0]))
    if _REQUEST.match(signed):
        return Kind.REQUEST
    if _REVOCATION_LIST.match(signed):
        return Kind.REVOCATION_LIST
    return Kind.CERTIFICATE


def _tags(elements: list[bytes]) -> bytes:
    return bytes([element[0] for element in elements])
