"""The shapes in which the services return a certificate or a key: the documented ones and the awkward ones."""

from __future__ import annotations

import base64
import textwrap
from typing import Final

from alicloud_device_certificates.emulator.issuing.record import CertificateRecord
from alicloud_device_certificates.emulator.scenario.values import KeyShape, Shape

CHAIN_SHAPES: Final = frozenset({"chain", "chain-reversed"})
_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_GARBAGE = "%% this is neither base64 nor PEM %%"
# What precedes the serial number in each of our certificates: version 3, and the tag of an INTEGER.
_BEFORE_SERIAL = bytes.fromhex("a00302010202")
# What precedes the validity's first year: a SEQUENCE of two UTCTimes, and the tag and length of the first.
_BEFORE_YEAR = b"\x30\x1e\x17\x0d"


def certificate_body(  # noqa: PLR0911 - a table
    record: CertificateRecord, *, shape: Shape, label: str, issuer: CertificateRecord | None
) -> str:
    """Return the certificate of ``record`` in ``shape``; ``issuer`` is its CA's record, for the chains."""
    pem = _labelled(record.certificate_pem, label)
    match shape:
        case "pem":
            return pem
        case "escaped-newlines":
            return pem.strip().replace("\n", "\\n")
        case "crlf":
            return pem.replace("\n", "\r\n")
        case "base64":
            return base64.b64encode(_der(record.certificate_pem)).decode()
        case "base64-lines":
            return _lines(_der(record.certificate_pem))
        case "with-text":
            return f"  Bag Attributes\n    friendlyName: {record.identity}\n\n{pem}\nend of certificate\n\n"
        case "chain" | "chain-reversed":
            chain = [pem, _labelled(issuer.certificate_pem, label)] if issuer else [pem]
            return "".join(chain if shape == "chain" else reversed(chain))
        case "negative-serial":
            return _pem(_negative_serial(_der(record.certificate_pem)), label)
        case "odd-times":
            return _pem(_odd_times(_der(record.certificate_pem)), label)
        case "garbage":
            return _GARBAGE
        case "html":
            return _HTML
        case "empty":
            return ""


def key_body(record: CertificateRecord, shape: KeyShape) -> str:
    """Return the private key of ``record`` in ``shape``. Raise DamagedRecordError."""
    if shape == "garbage":
        return _GARBAGE
    pem = record.private_key_pem
    if not shape.startswith("pkcs8"):
        from cryptography.hazmat.primitives.serialization import PrivateFormat

        from alicloud_device_certificates.emulator.issuing import certificates

        pem = certificates.write_key(certificates.read_key(record), PrivateFormat.TraditionalOpenSSL)
    return base64.b64encode(_der(pem)).decode() if shape.endswith("-base64") else pem


def _labelled(pem: str, label: str) -> str:
    return pem.replace("BEGIN CERTIFICATE", f"BEGIN {label}").replace("END CERTIFICATE", f"END {label}")


def _pem(der: bytes, label: str) -> str:
    return f"-----BEGIN {label}-----\n{_lines(der)}-----END {label}-----\n"


def _lines(der: bytes) -> str:
    return "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64)) + "\n"


def _der(pem: str) -> bytes:
    return base64.b64decode("".join(pem.split("-----")[2].split()))


def _negative_serial(der: bytes) -> bytes:
    """Set the sign bit of the serial number, as some old CAs did. Parsers reject it."""
    start = der.index(_BEFORE_SERIAL) + len(_BEFORE_SERIAL) + 1
    return der[:start] + bytes([der[start] | 0x80]) + der[start + 1 :]


def _odd_times(der: bytes) -> bytes:
    """Set the month of not before to 99. Parsers reject it."""
    start = der.index(_BEFORE_YEAR) + len(_BEFORE_YEAR)
    return der[: start + 2] + b"99" + der[start + 4 :]
