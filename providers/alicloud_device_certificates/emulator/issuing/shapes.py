"""The forms in which the services return a certificate's or a key's body: the documented ones, and the awkward ones."""

from __future__ import annotations

import base64
import textwrap

from alicloud_device_certificates.emulator.issuing.record import Record
from alicloud_device_certificates.emulator.scenario.scenario import KeyShape, Shape

CHAINS = frozenset({"chain", "chain-reversed"})
_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_GARBAGE = "%% this is neither base64 nor PEM %%"
# What stands before the serial number in each certificate of ours: version 3, and the tag of an INTEGER.
_BEFORE_SERIAL = bytes.fromhex("a00302010202")


def certificate_body(record: Record, *, shape: Shape, label: str, issuer: Record | None) -> str:  # noqa: PLR0911 - a table
    """The certificate of `record` in `shape`; `issuer` is its CA's, for the chains."""
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


def key_body(record: Record, shape: KeyShape) -> str:
    """The private key of `record` in `shape`."""
    if shape == "garbage":
        return _GARBAGE
    pem = record.private_key_pem
    if not shape.startswith("pkcs8"):
        from cryptography.hazmat.primitives.serialization import PrivateFormat

        from alicloud_device_certificates.emulator.issuing import issuing

        pem = issuing.write_key(issuing.read_key(pem), PrivateFormat.TraditionalOpenSSL)
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
    """The same bytes with the serial number's sign bit set, as some old CAs wrote it; parsers refuse it."""
    at = der.index(_BEFORE_SERIAL) + len(_BEFORE_SERIAL) + 1
    return der[:at] + bytes([der[at] | 0x80]) + der[at + 1 :]


def _odd_times(der: bytes) -> bytes:
    """The same bytes with a month 99 in the validity; parsers refuse it."""
    at = der.index(b"\x30\x1e\x17\x0d") + len(b"\x30\x1e\x17\x0d")
    return der[: at + 2] + b"99" + der[at + 4 :]
