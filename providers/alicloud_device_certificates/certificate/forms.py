"""The forms of a body, converted to DER, and DER as canonical PEM (RFC 7468).

The services return PEM whose line breaks are a literal backslash and ``n``, with labels of their own, and bare base64.
Bodies from consoles, shells and JSON are escaped twice, flattened onto one line, or surrounded by text. Everything here
takes time linear in the length of the body.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import a2b_base64
from dataclasses import dataclass, field

from alicloud_device_certificates.certificate.der import first_element
from alicloud_device_certificates.certificate.errors import CertificateError

BODY_LIMIT = 1 << 20
_COLUMNS = 64

_BACKSLASHES = re.compile(r"\\{2,}")
_MARKER = re.compile(r"-----(BEGIN|END) ?(.{0,64}?)-----")
_AROUND_BARE = "\ufeff\0\"'`,; \t\r\n"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a body: its PEM label (empty for bare base64) and its text, which may be a private key."""

    label: str
    text: str = field(repr=False)

    @property
    def is_encrypted(self) -> bool:
        """Whether its label (PKCS#8) or a header (RFC 1421) declares it encrypted."""
        return "ENCRYPTED" in self.label or (":" in self.text and "ENCRYPTED" in self.text)

    @property
    def is_private_key(self) -> bool:
        """Whether its label is that of a private key."""
        return self.label.endswith("PRIVATE KEY")

    def der(self, what: str) -> bytes:
        """Return its one complete DER element. Raise CertificateError, whose message names ``what``, if it has none."""
        text = self.text
        if ":" in text:
            text = "".join(line for line in text.splitlines() if ":" not in line)
        data = _decoded(text)
        if data is None:
            raise CertificateError(f"the {what} is PEM, but the text between its lines is not base64")
        # OpenSSL's TRUSTED CERTIFICATE is the certificate, followed by its trust settings.
        return first_element(data, what, followed=self.label.startswith("TRUSTED"))


def read_blocks(body: str, what: str) -> list[Block]:
    """Return the blocks of a body, at least one. Raise CertificateError, whose message names ``what``."""
    if len(body) > BODY_LIMIT:
        raise CertificateError(f"the {what} is longer than 1 MiB")
    text = _unescaped(body).strip(_AROUND_BARE)
    if not text:
        raise CertificateError(f"the {what} is empty")
    if blocks := _pem_blocks(text, what):
        return blocks
    data = _decoded(text)
    if data is None:
        raise CertificateError(f"the {what} is neither PEM nor base64{_looks_like(text)}")
    # PEM in another layer of base64; otherwise the text is bare base64.
    return _pem_blocks(_unescaped(data.decode("latin-1")), what) or [Block("", text)]


def pem(label: str, der: bytes) -> str:
    """Return DER as PEM: LF, 64 columns, one final newline."""
    text = b64encode(der).decode("ascii")
    lines = (text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS))
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _unescaped(text: str) -> str:
    """Replace the escapes of line breaks, slashes and equal signs, however often they are escaped."""
    if "\\" not in text:
        return text
    text = _BACKSLASHES.sub(r"\\", text)
    for escape, meaning in (("\\r\\n", "\n"), ("\\n", "\n"), ("\\r", "\n"), ("\\t", " "), ("\\u003d", "=")):
        text = text.replace(escape, meaning)
    return text.replace("\\", "")


def _pem_blocks(text: str, what: str) -> list[Block]:
    blocks: list[Block] = []
    begin: re.Match[str] | None = None
    for marker in _MARKER.finditer(text):
        if (marker[1] == "BEGIN") is (begin is not None):
            break
        if begin is None:
            begin = marker
            continue
        blocks.append(Block(begin[2].strip(), text[begin.end() : marker.start()]))
        begin = None
    else:
        if begin is None:
            return blocks
    raise CertificateError(f"the {what} is truncated: a BEGIN line or an END line is missing")


def _decoded(text: str) -> bytes | None:
    """Decode base64 of either alphabet, with or without line breaks and padding; return None if it is not base64."""
    digits = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return a2b_base64(digits + "=" * (-len(digits) % 4), strict_mode=True)
    except ValueError:
        return None


def _looks_like(text: str) -> str:
    if text.startswith("<"):
        return " (it looks like an HTML page or XML)"
    if text.startswith(("{", "[")):
        return " (it looks like JSON)"
    if "**" in text:
        return " (it is masked with asterisks)"
    return ""
