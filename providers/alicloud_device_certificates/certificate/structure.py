"""The structure of a certificate (RFC 5280, 4.1), read from BER: its parts as they are, whatever they contain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from alicloud_device_certificates.certificate.ber import (
    BIT_STRING,
    BOOLEAN,
    CONSTRUCTED,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    BerError,
    Element,
    encode,
    to_der,
    whole_element,
)

_ORDINARY_OID = 16  # bytes
_VERSION = 0xA0
_NAME = (SEQUENCE, SEQUENCE & ~CONSTRUCTED)  # as OpenSSL
_UNIQUE_IDS = (0x81, 0xA1, 0x82, 0xA2)
_EXTENSIONS = 0xA3


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension (RFC 5280, 4.1)."""

    oid: Element
    critical: Element | None
    """The BOOLEAN; None if it is left out, which means false."""
    value: Element
    """The OCTET STRING."""

    @property
    def dotted_oid(self) -> str:
        """The OID as dotted numbers, or as hex if it is malformed."""
        try:
            return dotted(self.oid.content)
        except BerError:
            return self.oid.content.hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The parts of a certificate."""

    signed: Element
    """The TBSCertificate: what the signature covers."""
    version: Element | None
    """The INTEGER, one less than the version's name; None if it is left out, which means version 1."""
    serial: Element
    inner_algorithm: Element
    """The signature's AlgorithmIdentifier within what is signed."""
    issuer: Element
    not_before: Element
    not_after: Element
    subject: Element
    public_key: Element
    """The SubjectPublicKeyInfo."""
    has_unique_ids: bool
    extensions: tuple[Extension, ...]
    algorithm: Element
    """The signature's AlgorithmIdentifier."""
    signature: Element
    """The BIT STRING."""

    @property
    def der(self) -> bytes:
        """The certificate as OpenSSL writes it: DER, except for what is signed, and parameters. Raise BerError."""
        algorithm = (part.encoded if part.tag & CONSTRUCTED else to_der(part) for part in self.algorithm)
        bits = encode(BIT_STRING, self.signature.octets[:1], self.signature.bits)
        return encode(SEQUENCE, self.signed.encoded, encode(SEQUENCE, *algorithm), bits)

    @property
    def version_number(self) -> int:
        """The version's name: 1, 2 or 3."""
        return 1 if self.version is None else self.version.integer + 1


def read_structure(der: bytes) -> Structure:
    """Return the parts of the certificate that ``der`` is. Raise BerError, whose message is about "it"."""
    signed, algorithm, signature = _parts(whole_element(der).children(SEQUENCE), 3)
    parts = signed.children(SEQUENCE)
    version = _explicit(parts.pop(0)) if parts and parts[0].tag == _VERSION else None
    serial, inner_algorithm, issuer, validity, subject, public_key = _parts(parts[:6], 6)
    has_unique_ids = False
    extensions: tuple[Extension, ...] = ()
    for part in parts[6:]:
        if part.tag == _EXTENSIONS:
            extensions = tuple(_extension(each) for each in _explicit(part).items(SEQUENCE))
        elif part.tag in _UNIQUE_IDS:
            has_unique_ids = True
        else:
            part.expect(_EXTENSIONS)
    not_before, not_after = _parts(validity.children(SEQUENCE), 2)
    return Structure(
        signed=signed,
        version=None if version is None else version.expect(INTEGER),
        serial=serial.expect(INTEGER),
        inner_algorithm=inner_algorithm.expect(SEQUENCE),
        issuer=issuer.expect(*_NAME),
        not_before=not_before,
        not_after=not_after,
        subject=subject.expect(*_NAME),
        public_key=public_key.expect(SEQUENCE),
        has_unique_ids=has_unique_ids,
        extensions=extensions,
        algorithm=algorithm.expect(SEQUENCE),
        signature=signature.expect(BIT_STRING, BIT_STRING | CONSTRUCTED),
    )


def public_key_info(der: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo of a certificate as it stands there, without reading the rest. Raise BerError."""
    parts = whole_element(der).expect(SEQUENCE).first.children(SEQUENCE)
    at = 6 if parts and parts[0].tag == _VERSION else 5
    (info,) = _parts(parts[at : at + 1], 1)
    return info.expect(SEQUENCE).encoded


def algorithm_oid(identifier: Element) -> str:
    """Return the OID of an AlgorithmIdentifier (RFC 5280, 4.1.1.2) as dotted numbers. Raise BerError."""
    oid, *_ = _parts(identifier.children(SEQUENCE)[:1], 1)
    return dotted(oid.expect(OBJECT_IDENTIFIER).content)


def public_key_parts(info: Element) -> tuple[Element, bytes]:
    """Return the algorithm and the key of a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). Raise BerError."""
    algorithm, key = _parts(info.children(SEQUENCE), 2)
    return algorithm.expect(SEQUENCE), key.expect(BIT_STRING, BIT_STRING | CONSTRUCTED).bits


def dotted(content: bytes) -> str:
    """Return the content of an OBJECT IDENTIFIER (X.690, 8.19) as dotted numbers. Raise BerError."""
    return _dotted_once(content) if len(content) <= _ORDINARY_OID else _dotted(content)


@lru_cache(maxsize=256)
def _dotted_once(content: bytes) -> str:
    return _dotted(content)


def _dotted(content: bytes) -> str:
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
        elif number > 1 << 128:
            raise BerError("has an OBJECT IDENTIFIER with a huge number")
    if not content or content[-1] & 0x80:
        raise BerError("has an incomplete OBJECT IDENTIFIER")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _extension(element: Element) -> Extension:
    parts = element.children(SEQUENCE)
    critical = parts.pop(1) if len(parts) == 3 else None
    oid, value = _parts(parts, 2)
    return Extension(
        oid=oid.expect(OBJECT_IDENTIFIER),
        critical=None if critical is None else critical.expect(BOOLEAN),
        value=value.expect(OCTET_STRING, OCTET_STRING | CONSTRUCTED),
    )


def _explicit(element: Element) -> Element:
    (inner,) = _parts(list(element), 1)
    return inner


def _parts(elements: list[Element], count: int) -> list[Element]:
    if len(elements) != count:
        raise BerError(f"has {len(elements)} parts instead of {count}")
    return elements
