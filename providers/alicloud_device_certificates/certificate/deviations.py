"""How a certificate that the strict parser rejects deviates from RFC 5280 and DER (X.690), in plain words.

Each deviation is a clause about the certificate, without a subject's name: "its subject has ...".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from alicloud_device_certificates.certificate.algorithms import signature_algorithm
from alicloud_device_certificates.certificate.alternative_names import alternative_name_deviations
from alicloud_device_certificates.certificate.ber import (
    BOOLEAN,
    CONSTRUCTED,
    NULL,
    SEQUENCE,
    SET,
    BerError,
    Element,
    whole_element,
)
from alicloud_device_certificates.certificate.extensions import (
    AUTHORITY_KEY_IDENTIFIER,
    SUBJECT_ALTERNATIVE_NAME,
    extension_name,
    is_accepted,
)
from alicloud_device_certificates.certificate.names import Name
from alicloud_device_certificates.certificate.serial_number import serial_deviations
from alicloud_device_certificates.certificate.structure import Extension, Structure, algorithm_oid
from alicloud_device_certificates.certificate.times import time_deviations

_T = TypeVar("_T")

_OTHER_CLASSES = 0x40  # the first tag that is not universal
# How much is looked at.
_CLAUSES = 20
_ELEMENTS = 2000
_EXTENSIONS = 100
_DEPTH = 12  # layers of elements, in the certificate
_VALUE_DEPTH = 2  # and in an extension's value
# In the authority key identifier (RFC 5280, 4.2.1.1).
_ISSUER, _SERIAL = 0xA1, 0x82
# The fields that the strict parser names in its errors.
_FIELD = re.compile(r'"\w+::(\w+)"')
_FIELDS = {
    "serial": "serial number",
    "signature_alg": "signature's algorithm",
    "issuer": "issuer",
    "validity": "validity",
    "subject": "subject",
    "spki": "public key",
    "issuer_unique_id": "issuer's unique ID",
    "subject_unique_id": "subject's unique ID",
    "raw_extensions": "extensions",
    "signature": "signature",
}


def deviations(
    structure: Structure, certificate: Element, names: Mapping[str, Name | None], rejection: str
) -> Iterator[str]:
    """Yield how a certificate deviates.

    ``names`` are its subject and issuer, None if they cannot be read. ``rejection`` is the strict parser's error, empty
    if it had none. Of a certificate made to be slow, only the first parts are looked at.
    """
    found = list(_known(structure, certificate, names))
    if not found and rejection:
        fields = [_FIELDS[field] for field in _FIELD.findall(rejection) if field in _FIELDS]
        found.append(f"a strict parser rejects its {fields[-1]}" if fields else "a strict parser rejects it")
    yield from dict.fromkeys(found)


def _known(structure: Structure, certificate: Element, names: Mapping[str, Name | None]) -> Iterator[str]:
    yield from _version(structure)
    yield from _about("its serial number", serial_deviations(structure.serial.integer))
    for what, name in names.items():
        if name is not None:
            yield from _about(f"its {what}", name.deviations())
    yield from _about("its start of validity", time_deviations(structure.not_before))
    yield from _about("its end of validity", time_deviations(structure.not_after))
    yield from _about("the algorithm of its signature", _algorithm(structure.algorithm))
    yield from _about("it", _encoding(certificate, _DEPTH))
    yield from _extensions(structure.extensions)


def _about(subject: str, found: Iterable[str]) -> Iterator[str]:
    return (f"{subject} {clause}" for clause in dict.fromkeys(islice(_readable(found), _CLAUSES)))


def _readable(found: Iterable[_T]) -> Iterator[_T]:
    """Yield what is found up to a part that cannot be read: that is a problem of an attribute, not a deviation."""
    try:
        yield from found
    except BerError:
        return


def _version(structure: Structure) -> Iterator[str]:
    if structure.version is not None and structure.version_number == 1:
        yield "it writes out version 1, which is the default"
    elif structure.version_number == 2:
        yield "it is X.509 version 2, which is hardly ever used"
    elif structure.version_number not in {1, 3}:
        yield f"it has the version number {structure.version_number}, which does not exist"
    if structure.extensions and structure.version_number != 3:
        yield f"it has extensions, but version {structure.version_number} has none"
    if structure.has_unique_ids:
        yield "it has unique IDs for its issuer or subject, which RFC 5280 forbids"


def _algorithm(algorithm: Element) -> Iterator[str]:
    parameters = algorithm.children(SEQUENCE)[1:]
    name = signature_algorithm(algorithm_oid(algorithm))
    if name.startswith(("ecdsa", "dsa", "Ed")) and parameters:
        kind = "NULL as its parameters" if parameters[0].tag == NULL else "parameters"
        yield f"has {kind}, but {name} has none"
    elif name.endswith("WithRSAEncryption") and not parameters:
        yield f"has no parameters, but {name} has NULL"


def _encoding(element: Element, depth: int) -> Iterator[str]:
    """Yield what is BER but not DER."""
    for each in islice(_walk(element, depth), _ELEMENTS):
        if not each.is_der:
            yield "has a length that is not encoded in the shortest form"
        if each.tag == BOOLEAN and len(each.content) == 1 and each.content not in {b"\0", b"\xff"}:
            yield f"has TRUE encoded as {each.content.hex()} instead of ff"
        if _is_string_in_pieces(each):
            yield "has a string in pieces"


def _walk(element: Element, depth: int) -> Iterator[Element]:
    yield element
    if depth and element.tag & CONSTRUCTED and not _is_string_in_pieces(element):
        for child in _readable(element):
            yield from _walk(child, depth - 1)


def _is_string_in_pieces(element: Element) -> bool:
    return CONSTRUCTED < element.tag < _OTHER_CLASSES and element.tag not in {SEQUENCE, SET}


def _extensions(extensions: Sequence[Extension]) -> Iterator[str]:
    counts = Counter(extension.oid.content for extension in extensions)
    for extension in extensions[:_EXTENSIONS]:
        name = extension_name(extension.dotted_oid)
        if counts[extension.oid.content] > 1:
            yield f"it has the extension {name} {counts[extension.oid.content]} times"
        yield from _about(f"its extension {name}", _extension(extension))


def _extension(extension: Extension) -> Iterator[str]:
    if extension.critical is not None and not extension.critical.boolean:
        yield "writes out that it is not critical, which is the default"
    if not is_accepted(extension):
        yield from list(_readable(_value(extension))) or ["does not have the form that its RFC defines"]


def _value(extension: Extension) -> Iterator[str]:
    """Yield what is wrong in an extension's value, as far as it is known."""
    value = whole_element(extension.value.octets)
    yield from _encoding(value, _VALUE_DEPTH)
    if value.tag == SEQUENCE and not value.content:
        yield "is an empty list"
    elif extension.dotted_oid == SUBJECT_ALTERNATIVE_NAME:
        yield from alternative_name_deviations(value)
    elif extension.dotted_oid == AUTHORITY_KEY_IDENTIFIER:
        tags = {part.tag for part in value}
        if (_ISSUER in tags) != (_SERIAL in tags):
            yield (
                "has an issuer without a serial number" if _ISSUER in tags else "has a serial number without an issuer"
            )
