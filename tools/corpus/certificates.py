"""Find the certificates in a folder: PEM, DER and base64, in files of any name."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 4 << 20  # bytes; a larger file is no certificate
_PEM = re.compile(rb"-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----(.*?)-----END", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]+={0,2}\s*")
_SEQUENCE = 0x30


def find_certificates(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each different certificate below a folder: its file (with its number in it), and its DER.

    What has only the shape of a certificate, such as a revocation list, is yielded too.
    """
    seen: set[bytes] = set()
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.stat().st_size > _LARGEST:
            continue
        found = list(_certificates(file.read_bytes()))
        for number, der in enumerate(found, 1):
            if der not in seen:
                seen.add(der)
                yield f"{file.relative_to(folder)}{f' ({number})' if len(found) > 1 else ''}", der


def _certificates(content: bytes) -> Iterator[bytes]:
    blocks = list(_PEM.finditer(content))
    for block in blocks:
        lines = [line for line in block[2].splitlines() if b":" not in line]
        der = _decoded(b"".join(lines))
        if der is not None and _is_nested_sequence(der):
            yield _trimmed(der) if block[1] == b"TRUSTED " else der
    if not blocks:
        der = _decoded(content) if _BASE64.fullmatch(content) else content
        if der is not None and _is_nested_sequence(der):
            yield der


def _decoded(text: bytes) -> bytes | None:
    try:
        return b64decode(b"".join(text.split()), validate=True)
    except Error:
        return None


def _is_nested_sequence(der: bytes) -> bool:
    """Return whether it begins with a SEQUENCE in a SEQUENCE, unlike keys, PKCS#7 and PKCS#12."""
    return der[:1] == b"\x30" and _header(der) < len(der) and der[_header(der)] == _SEQUENCE


def _header(der: bytes) -> int:
    return 2 + (der[1] & 0x7F if len(der) > 1 and der[1] & 0x80 else 0)


def _trimmed(der: bytes) -> bytes:
    """Return the certificate without the trust settings that follow it."""
    start = _header(der)
    length = int.from_bytes(der[2:start]) if start > 2 else der[1]
    return der[: start + length]
