"""The forms of a body, converted to DER, and DER as canonical PEM (RFC 7468).

The services return PEM whose line breaks are a literal backslash and ``n``, with labels of their own, and bare base64.
Bodies from consoles, shells and JSON are escaped twice, flattened onto one line, wrapped in PEM or base64 again, or
surrounded by text. Everything here takes time linear in the length of the body.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import a2b_base64
from dataclasses import dataclass, field

from alicloud_device_certificates.certificate.content_kind import first_element
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.escapes import unescaped

BODY_LIMIT = 1 << 20
_LINE = re.compile(r".{1,64}")
_LAYERS = 3  # of base64 around a body

_MARKER = re.compile(r"-----(BEGIN|END) ?(.{0,64}?)-----")
_OTHER_MARKER = re.compile(r"BEGIN [A-Z0-9 ]{0,64}(?:CERTIFICATE|KEY)\b")
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
        """Return its one complete element. Raise CertificateError, whose message names ``what``, if it has none."""
        der, extra_bytes = self.first_element(what)
        if extra_bytes:
            raise CertificateError(f"the {what} is followed by {extra_bytes} extra bytes")
        return der

    def first_element(self, what: str) -> tuple[bytes, int]:
        """Return its first element, and how many bytes follow that. Raise CertificateError if it is not complete."""
        text = self.text
        if ":" in text:
            text = "".join(line for line in text.splitlines() if ":" not in line)
        data = _decoded(text)
        if data is None:
            raise CertificateError(f"the {what} is PEM, but the text between its lines is not base64")
        element = first_element(data, what)
        # OpenSSL's TRUSTED CERTIFICATE is the certificate, followed by its trust settings.
        return element, 0 if self.label.startswith("TRUSTED") else len(data) - len(element)


def read_blocks(body: str, what: str) -> list[Block]:
    """Return the blocks of a body, at least one. Raise CertificateError, whose message names ``what``."""
    if len(body) > BODY_LIMIT:
        raise CertificateError(f"the {what} is longer than 1 MiB")
    text = unescaped(body).strip(_AROUND_BARE)
    if not text:
        raise CertificateError(f"the {what} is empty")
    blocks = _pem_blocks(text, what)
    if not blocks and (_OTHER_MARKER.search(text) or _decoded(text) is None):
        raise CertificateError(f"the {what} is neither PEM nor base64{_looks_like(text)}")
    return [inner for block in blocks or [Block("", text)] for inner in _unwrapped(block, what, _LAYERS)]


def _unwrapped(block: Block, what: str, layers: int) -> list[Block]:
    """Return the blocks within a block that is itself PEM or base64 of another one, otherwise the block."""
    # The base64 of DER begins with M.
    if layers == 0 or block.text.lstrip().startswith("M") or (data := _decoded(block.text)) is None:
        return [block]
    text = unescaped(data.decode("latin-1")).strip(_AROUND_BARE)
    blocks = _pem_blocks(text, what)
    if not blocks:
        if _decoded(text) is None:
            return [block]
        blocks = [Block(block.label, text)]
    return [inner for each in blocks for inner in _unwrapped(each, what, layers - 1)]


def pem(label: str, der: bytes) -> str:
    """Return DER as PEM: LF, 64 columns, one final newline."""
    lines = _LINE.findall(b64encode(der).decode("ascii"))
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _pem_blocks(text: str, what: str) -> list[Block]:
    """Return the PEM blocks of a text. Lines that stand there twice, because the text was wrapped twice, count once."""
    blocks: list[Block] = []
    begin: re.Match[str] | None = None
    after = 0  # the end of the last marker
    for marker in _MARKER.finditer(text):
        is_repeated = not text[after : marker.start()].strip()
        after = marker.end()
        if marker[1] == "BEGIN":
            if begin is not None and not is_repeated:
                raise CertificateError(f"the {what} is truncated: there is no END line between two BEGIN lines")
            begin = marker
        elif begin is not None:
            blocks.append(Block(begin[2].strip(), text[begin.end() : marker.start()]))
            begin = None
        elif not (blocks and is_repeated):
            raise CertificateError(f"the {what} is truncated: it has an END line without a BEGIN line")
    if begin is not None:
        raise CertificateError(f"the {what} is truncated: it has a BEGIN line without an END line")
    return blocks


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
    if _OTHER_MARKER.search(text):
        return " (it has a BEGIN line, but not between five hyphens)"
    if "**" in text:
        return " (it is masked with asterisks)"
    return ""
