"""Writes BER and DER, independently of the package, and a certificate of any parts."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

SEQUENCE, SET, CONTEXT_3 = 0x30, 0x31, 0xA3
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
COMMON_NAME = bytes.fromhex("0603550403")


def element(tag: int, *parts: bytes) -> bytes:
    """Return an element with the shortest length."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def long_element(tag: int, *parts: bytes) -> bytes:
    """Return an element whose length takes four octets more than it must."""
    content = b"".join(parts)
    return bytes([tag, 0x84]) + len(content).to_bytes(4) + content


def open_element(tag: int, *parts: bytes) -> bytes:
    """Return an element of indefinite length."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def integer(number: int) -> bytes:
    """Return an INTEGER."""
    return element(0x02, number.to_bytes(number.bit_length() // 8 + 1, signed=True))


def oid(hex_content: str) -> bytes:
    """Return an OBJECT IDENTIFIER of this content."""
    return element(0x06, bytes.fromhex(hex_content))


def name(*attributes: bytes) -> bytes:
    """Return a name of these attributes, each in a SET of its own."""
    return element(SEQUENCE, *(element(SET, attribute) for attribute in attributes))


def attribute(value: bytes, kind: bytes = COMMON_NAME) -> bytes:
    """Return an attribute of a name."""
    return element(SEQUENCE, kind, value)


def extension(kind: str, value: bytes, critical: bytes = b"") -> bytes:
    """Return an extension."""
    return element(SEQUENCE, oid(kind), critical, element(0x04, value))


def utc_time(text: str) -> bytes:
    """Return a UTCTime."""
    return element(0x17, text.encode())


def certificate(workshop: Any, **changed: bytes) -> bytes:
    """Return an unsigned certificate, ordinary except for the parts that are changed."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = workshop.key("ec").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    parts = {
        "version": bytes.fromhex("a003020102"),
        "serial": integer(0x1234),
        "inner_algorithm": ECDSA_WITH_SHA256,
        "issuer": name(attribute(element(0x0C, b"ca"))),
        "validity": element(SEQUENCE, utc_time("250101000000Z"), utc_time("350101000000Z")),
        "subject": name(attribute(element(0x0C, b"device"))),
        "key": key,
        "ids": b"",
        "extensions": b"",
        "algorithm": ECDSA_WITH_SHA256,
        "signature": bytes.fromhex("0309003006020101020101"),
    } | changed
    outer = {"algorithm": parts.pop("algorithm"), "signature": parts.pop("signature")}
    if parts["extensions"]:
        parts["extensions"] = element(CONTEXT_3, element(SEQUENCE, parts["extensions"]))
    return element(SEQUENCE, element(SEQUENCE, *parts.values()), *outer.values())


def body(der: bytes) -> str:
    """Return DER as a body."""
    return b64encode(der).decode()
