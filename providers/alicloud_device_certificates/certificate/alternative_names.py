"""The subject's alternative names (RFC 5280, 4.2.1.6), as text: from the strict parser's result, and from BER."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from cryptography import x509

from alicloud_device_certificates.certificate.ber import CONSTRUCTED, SEQUENCE, BerError, Element, whole_element
from alicloud_device_certificates.certificate.names import read_name
from alicloud_device_certificates.certificate.structure import dotted

_PLAIN: dict[type[x509.GeneralName], str] = {
    x509.DNSName: "DNS",
    x509.IPAddress: "IP",
    x509.UniformResourceIdentifier: "URI",
    x509.RFC822Name: "email",
}
_DIRECTORY_NAME = "dirName"
_REGISTERED_ID = "RID"
_OTHER_NAME = "otherName"
# The context-specific tags of GeneralName (RFC 5280, 4.2.1.6), without the bit for constructed elements.
_PREFIXES: Final = {
    0x80: _OTHER_NAME,
    0x81: "email",
    0x82: "DNS",
    0x83: "x400Address",
    0x84: _DIRECTORY_NAME,
    0x85: "ediPartyName",
    0x86: "URI",
    0x87: "IP",
    0x88: _REGISTERED_ID,
}


_CHECKED = 2000  # how many names are checked
_TEXTS = {"DNS", "email", "URI"}
_ADDRESS_SIZES = {4, 16}  # bytes


def parsed_names(names: Iterable[x509.GeneralName], directory_name: Callable[[x509.Name], str]) -> list[str]:
    """Return the text of names that the strict parser has parsed; ``directory_name`` writes that of a name in them."""
    return [_parsed_name(name, directory_name) for name in names]


def read_names(content: bytes) -> list[str]:
    """Return the text of the names in an extension's content.

    A name that cannot be read is its type and the hex of its element (``IP:#8703010203``). Raise BerError if the
    content is not a SEQUENCE of elements.
    """
    return [_text(name) for name in whole_element(content).items(SEQUENCE)]


def _parsed_name(name: x509.GeneralName, directory_name: Callable[[x509.Name], str]) -> str:
    if isinstance(name, x509.DirectoryName):
        return f"{_DIRECTORY_NAME}:{directory_name(name.value)}"
    if isinstance(name, x509.RegisteredID):
        return f"{_REGISTERED_ID}:{name.value.dotted_string}"
    if isinstance(name, x509.OtherName):
        return f"{_OTHER_NAME}:{name.type_id.dotted_string}"
    return f"{_PLAIN[type(name)]}:{name.value}"


def _text(name: Element) -> str:
    prefix = _PREFIXES.get(name.tag & ~CONSTRUCTED, "unknown")
    try:
        return f"{prefix}:{_readable(prefix, name)}"
    except ValueError:
        return f"{prefix}:#{name.encoded.hex()}"


def _readable(prefix: str, name: Element) -> str:
    if prefix in _TEXTS:
        return _decoded(name.octets)
    match prefix:
        case "IP":
            return _address(name.octets)
        case "RID":
            return dotted(name.content)
        case "dirName":
            return read_name(name.first).rfc4514()
        case "otherName":
            return dotted(name.first.content)
        case _:
            raise BerError("is a name of a type without text")


def _address(octets: bytes) -> str:
    if len(octets) not in _ADDRESS_SIZES:
        raise BerError("has an IP address of another size")
    return str(ipaddress.ip_address(octets))


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def alternative_name_deviations(names: Element) -> Iterator[str]:
    """Yield what does not conform to RFC 5280 in names that can be read, each as a clause about "it"."""
    for name in islice(names, _CHECKED):
        prefix = _PREFIXES.get(name.tag & ~CONSTRUCTED)
        if prefix in _TEXTS and not name.octets.isascii():
            yield f"has characters beyond ASCII ({prefix})"
        elif prefix == "IP" and len(name.octets) not in _ADDRESS_SIZES:
            yield f"has an IP address of {len(name.octets)} bytes"
