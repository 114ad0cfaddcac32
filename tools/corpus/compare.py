"""One certificate, read by the package and by OpenSSL, compared."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum

from alicloud_device_certificates.certificate import Certificate, CertificateError, read_certificate
from tools.corpus.openssl import Printed

_SHORT_NAMES = {
    "CN": "2.5.4.3",
    "L": "2.5.4.7",
    "ST": "2.5.4.8",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "C": "2.5.4.6",
    "STREET": "2.5.4.9",
    "DC": "0.9.2342.19200300.100.1.25",
    "UID": "0.9.2342.19200300.100.1.1",
}
# An escaped pair, a separator, or any other character.
_TOKEN = re.compile(r"\\([0-9A-Fa-f]{2})|\\(.)|([,+])|(.)", re.DOTALL)
_FIELDS = (
    *("serial_number_hex", "not_before", "not_after", "subject", "issuer", "sha256_fingerprint", "public_key_sha256"),
    "is_ca",
)
_BIT_STRING = 0x03
_SEQUENCE = 0x30


class Outcome(StrEnum):
    """How both compare."""

    SAME = "same"
    LOST = "lost"
    """OpenSSL reads a field that the package does not."""
    DIFFER = "differ"
    """Both read a field, differently."""
    ERROR = "error"
    """OpenSSL reads the certificate, the package rejects it."""
    CRASH = "crash"
    """The package raises another error than its own, or lets out a warning of Python."""
    REFUSED = "refused by both"
    OURS_ALONE = "read here alone"
    """OpenSSL refuses what the package reads."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome for one certificate, and what it is made of."""

    outcome: Outcome
    details: str = ""


def compare(der: bytes, printed: Printed | None) -> Comparison:
    """Read a certificate, and compare it with what OpenSSL has printed (None: it refuses it)."""
    try:
        certificate = read_certificate(b64encode(der).decode())
    except CertificateError as error:
        return Comparison(Outcome.REFUSED) if printed is None else Comparison(Outcome.ERROR, str(error))
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return Comparison(Outcome.CRASH, repr(error))
    if printed is None:
        return Comparison(Outcome.OURS_ALONE if certificate.parse_problem is None else Outcome.REFUSED)
    return _compare_fields(certificate, printed)


def _compare_fields(certificate: Certificate, printed: Printed) -> Comparison:
    lost, differ = [], []
    for field in _FIELDS:
        own, other = getattr(certificate, field), getattr(printed, field)
        if other is None or (field == "is_ca" and other is False and own is None):
            continue
        # Of an RSA key with a negative modulus, OpenSSL prints another one: its bytes are no key, and that is reported.
        if (
            field == "public_key_sha256"
            and own is None
            and "its public key is not" in (certificate.parse_problem or "")
        ):
            continue
        if own is None:
            lost.append(f"{field}: OpenSSL reads {other}; {certificate.parse_problem}")
        elif own != other and not (field in {"subject", "issuer"} and _attributes(own) == _attributes(other)):
            differ.append(f"{field}: {own}; OpenSSL reads {other}")
    if differ:
        return Comparison(Outcome.DIFFER, "; ".join(differ))
    return Comparison(Outcome.LOST, "; ".join(lost)) if lost else Comparison(Outcome.SAME)


def _attributes(name: str) -> list[tuple[str, str]]:
    """Return a name's attributes as OIDs and text, sorted: OpenSSL reverses those of one set too."""
    attributes, text = [], ""
    for escaped_hex, escaped, separator, plain in _TOKEN.findall(name + ","):
        if separator:
            kind, _, value = text.partition("=")
            if text:
                attributes.append((_SHORT_NAMES.get(kind, kind), _content(value)))
            text = ""
        else:
            text += chr(int(escaped_hex, 16)) if escaped_hex else "\0" + escaped if escaped == "#" else escaped or plain
    return sorted(attributes)


def _content(value: str) -> str:
    """Return a value as OpenSSL shows it without its hex form: the content of the element, as Latin-1."""
    if not re.fullmatch(r"#(?:[0-9A-Fa-f]{2}){2,}", value):
        return value.replace("\0#", "#")
    element = bytes.fromhex(value[1:])
    if element[0] == _SEQUENCE:
        return element.decode("latin-1")
    header = 2 + (element[1] & 0x7F if element[1] & 0x80 else 0) + (element[0] == _BIT_STRING)
    return element[header:].decode("latin-1")
