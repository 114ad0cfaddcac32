"""The values that fields of a scenario can have, with what each means.

The types are literals, so msgspec checks them; the tables beside them are the meanings that ``docs/emulator.md`` shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

from msgspec import Meta

MOST: Final = 1_000_000_000
"""The largest count in a scenario."""

# ``$`` alone is for Python the place before a final line break too.
Identifier = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Label = Annotated[str, Meta(max_length=64, pattern=r"^[A-Z0-9 ]+$(?!\n)", description="PEM label")]
Time = Annotated[str, Meta(description="RFC 3339, or relative to the first use: -30d, +12h (units s, m, h, d, w)")]

KeyType = Literal["rsa1024", "rsa2048", "rsa3072", "rsa4096", "ec-p256", "ec-p384", "ed25519", "ed448"]
SyntheticKeyType = Literal["ec-p256", "ed25519"]
MqttStatus = Literal["active", "inactive"]
IotStatus = Literal["generating", "failed", "generated"]
Numbers = Literal["integer", "string"]
ListOrder = Literal["oldest-first", "newest-first"]

Shape = Literal[
    "pem",
    "escaped-newlines",
    "crlf",
    "base64",
    "base64-lines",
    "with-text",
    "chain",
    "chain-reversed",
    "negative-serial",
    "odd-times",
    "garbage",
    "html",
    "empty",
]

SHAPES: Final[Mapping[Shape, str]] = MappingProxyType(
    {
        "pem": "PEM with LF line endings",
        "escaped-newlines": "PEM with every newline as a backslash and an `n`, as in the ApsaraMQ reference",
        "crlf": "PEM with CRLF line endings",
        "base64": "base64 of the DER, on one line",
        "base64-lines": "base64 of the DER, in lines of 64 characters",
        "with-text": "PEM with text before and after it",
        "chain": "PEM of the device certificate, then of its CA",
        "chain-reversed": "PEM of the CA, then of the device certificate",
        "negative-serial": "PEM of a certificate with a negative serial number, which RFC 5280 forbids",
        "odd-times": "PEM of a certificate that is valid from month 99, which nothing can read",
        "garbage": "text that is neither base64 nor PEM",
        "html": "an HTML error page",
        "empty": "an empty string",
    }
)
"""Shapes of a certificate's body."""

KeyShape = Literal["pkcs8", "pkcs1", "sec1", "pkcs8-base64", "pkcs1-base64", "sec1-base64", "garbage"]

KEY_SHAPES: Final[Mapping[KeyShape, str]] = MappingProxyType(
    {
        "pkcs8": "PKCS#8 PEM",
        "pkcs1": "PKCS#1 PEM (RSA keys only)",
        "sec1": "SEC1 PEM (EC keys only)",
        "pkcs8-base64": "base64 of the PKCS#8 DER, on one line",
        "pkcs1-base64": "base64 of the PKCS#1 DER, on one line (RSA keys only)",
        "sec1-base64": "base64 of the SEC1 DER, on one line (EC keys only)",
        "garbage": "text that is neither base64 nor PEM",
    }
)
"""Shapes of a private key's body."""

FaultBody = Literal["malformed", "html", "empty", "huge", "xml"]

FAULT_BODIES: Final[Mapping[FaultBody, str]] = MappingProxyType(
    {
        "malformed": "the first half of the response",
        "html": "an HTML error page, with HTTP 502 unless `http` is set",
        "empty": "no body",
        "huge": "JSON of more than 8 MiB",
        "xml": "XML, even if the client requested JSON",
    }
)
"""Bodies that a fault sends instead of the response."""
