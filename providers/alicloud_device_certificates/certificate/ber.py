"""Elements of BER (X.690): the encoding of certificates before DER narrows it to one form.

Everything here takes time linear in the length of the data, except that a constructed element is read again by each
level above it; no caller reads more than a few levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
SET = 0x31
CONSTRUCTED = 0x20

_LONG_TAG = 0x1F
_INDEFINITE = 0x80
_END_OF_CONTENTS = b"\0\0"
_STRING_DEPTH = 5  # of a string in pieces; as OpenSSL


class BerError(ValueError):
    """The data is not BER, or not the element that is expected. The message is a clause without a subject."""


@dataclass(slots=True, eq=False)  # not frozen, which would double the time that it takes to make one
class Element:
    """One element: its tag, its content, and all of its octets."""

    tag: int
    """The identifier octet; tag numbers above 30 need more octets, and all have the number 31 here."""
    content: bytes
    encoded: bytes
    is_der: bool
    """Whether the length has the one form that DER allows."""

    def __iter__(self) -> Iterator[Element]:
        """Iterate over the elements in the content. Raise BerError at the first that is not complete."""
        content, at, end = self.content, 0, len(self.content)
        while at < end:
            tag, length = content[at], content[at + 1] if at + 1 < end else _INDEFINITE
            if length < _INDEFINITE and tag & _LONG_TAG != _LONG_TAG and (after := at + 2 + length) <= end:
                # The ordinary case of read_element, faster.
                yield Element(tag, content[at + 2 : after], content[at:after], True)
            else:
                element = read_element(content, at)
                after = at + len(element.encoded)
                yield element
            at = after

    def children(self, tag: int) -> list[Element]:
        """Return the elements in the content of an element with this ``tag``. Raise BerError if it has another one."""
        self.expect(tag)
        return list(self)

    def items(self, tag: int) -> list[Element]:
        """Return the elements of a SEQUENCE OF or SET OF. As for OpenSSL, its tag may lack the bit of constructed ones.

        Raise BerError.
        """
        self.expect(tag, tag & ~CONSTRUCTED)
        return list(self)

    @property
    def first(self) -> Element:
        """The first element in the content. Raise BerError if there is none."""
        return read_element(self.content)

    def expect(self, *tags: int) -> Element:
        """Return this element. Raise BerError if it has none of these ``tags``."""
        if self.tag not in tags:
            raise BerError(f"has the tag {self.tag:02x} instead of {tags[0]:02x}")
        return self

    @property
    def octets(self) -> bytes:
        """The content of a string, put together if it is in pieces (a constructed string). Raise BerError."""
        return self._octets(_STRING_DEPTH)

    def _octets(self, depth: int) -> bytes:
        if not self.tag & CONSTRUCTED:
            return self.content
        if depth == 0:
            raise BerError("is a string in too many layers of pieces")
        return b"".join(piece._octets(depth - 1) for piece in self)

    @property
    def bits(self) -> bytes:
        """The octets of a BIT STRING, with zero for each unused bit. Raise BerError."""
        octets = self.expect(BIT_STRING, BIT_STRING | CONSTRUCTED).octets
        if not octets or octets[0] > 7 or (octets[0] and len(octets) == 1):
            raise BerError("is a malformed BIT STRING")
        unused = octets[0]
        return octets[1:-1] + bytes([octets[-1] >> unused << unused]) if unused else octets[1:]

    @property
    def integer(self) -> int:
        """The value of an INTEGER. Raise BerError."""
        if not self.expect(INTEGER).content:
            raise BerError("is an INTEGER without content")
        return int.from_bytes(self.content, signed=True)

    @property
    def boolean(self) -> bool:
        """The value of a BOOLEAN: any octet but 00 is true. Raise BerError."""
        if len(self.expect(BOOLEAN).content) != 1:
            raise BerError("is a BOOLEAN of another size than one octet")
        return self.content != b"\0"


def read_element(data: bytes, at: int = 0) -> Element:
    """Return the element that begins at ``at``. Raise BerError if it is not complete."""
    start, end, after = span(data, at) or (0, 0, 0)
    if not after:
        raise BerError("is cut off or has an invalid length")
    if after > len(data):
        raise BerError("is cut off")
    is_der = data[at + 1] != _INDEFINITE and start - at == _header_size(end - start)
    return Element(data[at], data[start:end], data[at:after], is_der)


def whole_element(data: bytes) -> Element:
    """Return the element that ``data`` is. Raise BerError if it is not complete or not the only one."""
    element = read_element(data)
    if len(element.encoded) != len(data):
        raise BerError("is followed by other data")
    return element


def span(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return where the content of the element at ``at`` begins and ends, and where the next element begins.

    The ends may be beyond the data. Return None if the data has no complete header there, or no end of contents.
    """
    header = _header(data, at)
    if header is None:
        return None
    start, length = header
    if length is not None:
        return start, start + length, start + length
    if not data[at] & CONSTRUCTED:
        return None
    # Of indefinite length: the elements within follow, and the one with an end of contents closes the innermost.
    depth, here = 1, start
    while depth:
        if data[here : here + 2] == _END_OF_CONTENTS:
            depth -= 1
            here += 2
            continue
        inner = _header(data, here)
        if inner is None:
            return None
        here, length = inner
        if length is None:
            depth += 1
        else:
            here += length
    return start, here - 2, here


def encode(tag: int, *parts: bytes) -> bytes:
    """Return an element of these parts with the length that DER requires."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + content


def to_der(element: Element, depth: int = 8) -> bytes:
    """Return an element, and those in it, with lengths as DER requires. Raise BerError below ``depth`` layers."""
    if element.tag & _LONG_TAG == _LONG_TAG:
        return element.encoded
    if not element.tag & CONSTRUCTED:
        return element.encoded if element.is_der else encode(element.tag, element.content)
    if element.tag == BIT_STRING | CONSTRUCTED:
        return encode(BIT_STRING, element.octets[:1], element.bits)
    if element.tag == OCTET_STRING | CONSTRUCTED:
        return encode(element.tag & ~CONSTRUCTED, element.octets)
    if depth == 0:
        raise BerError("has too many layers")
    return encode(element.tag, *(to_der(child, depth - 1) for child in element))


def _header(data: bytes, at: int) -> tuple[int, int | None] | None:
    """Return where the content begins, and its length: None if it is indefinite. Return None for an invalid header."""
    start = at + 1
    if at < len(data) and data[at] & _LONG_TAG == _LONG_TAG:
        while start < len(data) and data[start] & 0x80:
            start += 1
        start += 1
    if start >= len(data):
        return None
    length = data[start]
    start += 1
    if length < 0x80:
        return start, length
    if length == _INDEFINITE:
        return start, None
    octets = length & 0x7F
    if start + octets > len(data) or any(data[start : max(start, start + octets - 4)]):
        return None
    return start + octets, int.from_bytes(data[start : start + octets])


def _header_size(length: int) -> int:
    return 2 if length < 0x80 else 2 + (length.bit_length() + 7) // 8
