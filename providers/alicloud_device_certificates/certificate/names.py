"""Distinguished names (RFC 5280, 4.1.2.4), read from BER as OpenSSL reads them: each attribute on its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from alicloud_device_certificates.certificate.ber import (
    CONSTRUCTED,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    SET,
    BerError,
    Element,
)
from alicloud_device_certificates.certificate.structure import dotted

COMMON_NAME: Final = "2.5.4.3"

# RFC 4514, section 3. The OID stands for any other type.
_SHORT_NAMES = {
    COMMON_NAME: "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}


_OIDS = {name: oid for oid, name in _SHORT_NAMES.items()}
# An escaped octet, another escaped character, a separator, or any other character (RFC 4514, section 3).
_TOKEN = re.compile(r"\\([0-9A-Fa-f]{2})|\\(.)|([,+])|(.)", re.DOTALL)

_ATTRIBUTE_LIMIT = 100  # of one relative distinguished name that is checked


@dataclass(frozen=True, slots=True)
class _StringType:
    name: str
    encoding: str
    allowed: re.Pattern[str] | None = None
    """The characters that the standard allows, if there are fewer than the encoding has."""


_ASCII = re.compile(r"[\0-\x7f]*")
# X.680, 41. OpenSSL reads the types of one octet for each character as Latin-1.
_STRING_TYPES = {
    0x0C: _StringType("UTF8String", "utf-8"),
    0x12: _StringType("NumericString", "latin-1", re.compile(r"[0-9 ]*")),
    0x13: _StringType("PrintableString", "latin-1", re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")),
    0x14: _StringType("TeletexString", "latin-1", _ASCII),
    0x16: _StringType("IA5String", "latin-1", _ASCII),
    0x1A: _StringType("VisibleString", "latin-1", re.compile(r"[ -~]*")),
    0x1C: _StringType("UniversalString", "utf-32-be"),
    0x1E: _StringType("BMPString", "utf-16-be"),
}


@dataclass(frozen=True, slots=True)
class _Attribute:
    oid: str
    value: Element
    text: str | None
    """None if the value is no text."""
    encoded: bytes

    def rfc4514(self) -> str:
        value = "#" + self.value.encoded.hex() if self.text is None else _escaped(self.text)
        return f"{_SHORT_NAMES.get(self.oid, self.oid)}={value}"

    def comparable(self) -> tuple[str, str | bytes]:
        if self.text is None:
            return self.oid, self.value.encoded
        # RFC 5280, 7.1: case, white space at the ends, runs of it and the type of the string are not significant.
        return self.oid, " ".join(unicodedata.normalize("NFKC", self.text).casefold().split())


@dataclass(frozen=True, slots=True)
class Name:
    """A distinguished name: its relative distinguished names, each a list of attributes."""

    relative: tuple[tuple[_Attribute, ...], ...]

    def rfc4514(self) -> str:
        """Return the text of RFC 4514; a value that is no text is ``#`` and the hex of its whole element."""
        return ",".join("+".join(attribute.rfc4514() for attribute in each) for each in reversed(self.relative) if each)

    def comparable(self) -> tuple[frozenset[tuple[str, str | bytes]], ...]:
        """Return a value that is equal for names which RFC 5280, 7.1, regards as the same."""
        return tuple(frozenset(attribute.comparable() for attribute in each) for each in self.relative)

    def common_name(self) -> str | None:
        """Return the most specific common name; None if there is none."""
        names = [each.text for attributes in self.relative for each in attributes if each.oid == COMMON_NAME]
        return names[-1] if names else None

    def deviations(self) -> Iterator[str]:
        """Yield what does not conform to RFC 5280 or X.680, each as a clause about "it"."""
        for attributes in self.relative:
            if not attributes:
                yield "has an empty relative distinguished name"
            if 1 < len(attributes) <= _ATTRIBUTE_LIMIT:
                if len({attribute.comparable() for attribute in attributes}) < len(attributes):
                    yield "has an attribute twice in one relative distinguished name"
                encoded = [attribute.encoded for attribute in attributes]
                if encoded != sorted(encoded):
                    yield "has a relative distinguished name whose attributes are not sorted"
            for attribute in attributes:
                yield from _deviations(attribute)


def read_name(element: Element) -> Name:
    """Return the name in a SEQUENCE. Raise BerError."""
    return Name(
        tuple(tuple(_attribute(attribute) for attribute in relative.items(SET)) for relative in element.items(SEQUENCE))
    )


def rfc4514_attributes(text: str) -> list[tuple[str, str]]:
    """Return the attributes in a name's text, each as its OID and its value, in the order of the text.

    The text is one that ``Name.rfc4514`` has written. A value in hex stays in hex.
    """
    attributes: list[tuple[str, str]] = []
    written = ""
    for hexadecimal, escaped, separator, plain in _TOKEN.findall(f"{text},"):
        if separator:
            kind, is_attribute, value = written.partition("=")
            if is_attribute:
                attributes.append((_OIDS.get(kind, kind), value))
            written = ""
        else:
            written += chr(int(hexadecimal, 16)) if hexadecimal else escaped or plain
    return attributes


def _attribute(element: Element) -> _Attribute:
    parts = element.children(SEQUENCE)
    if len(parts) != 2:
        raise BerError("has an attribute that is not a type and a value")
    oid, value = parts
    return _Attribute(dotted(oid.expect(OBJECT_IDENTIFIER).content), value, _text(value), element.encoded)


def _text(value: Element) -> str | None:
    string_type = _STRING_TYPES.get(value.tag & ~CONSTRUCTED)
    if string_type is None:
        return None
    try:
        return value.octets.decode(string_type.encoding)
    except UnicodeDecodeError:
        return None


def _deviations(attribute: _Attribute) -> Iterator[str]:
    string_type = _STRING_TYPES.get(attribute.value.tag & ~CONSTRUCTED)
    if string_type is None:
        return
    kind = _SHORT_NAMES.get(attribute.oid, attribute.oid)
    if attribute.text is None:
        yield f"has a {string_type.name} ({kind}) that is not valid {string_type.encoding.upper()}"
    elif string_type.allowed and not string_type.allowed.fullmatch(attribute.text):
        how = "" if attribute.text.isascii() else "; they were read as Latin-1"
        yield f"has characters that a {string_type.name} ({kind}) does not have{how}"


def _escaped(text: str) -> str:
    """Escape a value for RFC 4514, section 2.4."""
    escaped = re.sub(r'([\\"+,;<>])', r"\\\1", text).replace("\0", "\\00")
    if escaped.startswith("#") or (escaped.startswith(" ") and len(escaped) > 1):
        escaped = "\\" + escaped
    return escaped[:-1] + "\\ " if escaped.endswith(" ") else escaped
