"""What OpenSSL reads of a certificate, from the text that it prints."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass

_NAMES = "oid,utf8,esc_2253,esc_ctrl,sep_comma_plus,dn_rev"
_OUTPUTS = (
    *("-serial", "-dates", "-subject", "-issuer", "-sha256", "-fingerprint", "-ext", "basicConstraints"),
    "-pubkey",  # last, because it prints nothing more if it cannot read the key
)
_ARGUMENTS = ("x509", "-inform", "DER", "-noout", *_OUTPUTS, "-dateopt", "iso_8601", "-nameopt", _NAMES)
_TIMEOUT_S = 60.0
_LINE = re.compile(r"^([A-Za-z0-9 ]+)=(.*)$", re.MULTILINE)
# It breaks the line of a long serial number.
_LONG_SERIAL = re.compile(r"(?<=[0-9A-F])\\\n(?=[0-9A-F]+\\?$)", re.MULTILINE)
_PUBLIC_KEY = re.compile(r"-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----")
_TIME = re.compile(r"\s*(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)?Z")


class NoOpensslError(Exception):
    """There is no OpenSSL that can be compared with."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What OpenSSL prints. None is what it cannot read."""

    serial_number_hex: str | None
    not_before: str | None
    not_after: str | None
    subject: str | None
    """With OIDs as types, escaped as in RFC 2253."""
    issuer: str | None
    sha256_fingerprint: str | None
    public_key_sha256: str | None
    is_ca: bool
    """Whether it prints basic constraints of a CA."""


def find_openssl() -> str:
    """Return the path of OpenSSL 3. Raise NoOpensslError."""
    path = shutil.which("openssl")
    if path is None:
        raise NoOpensslError("there is no openssl on PATH: install OpenSSL 3")
    version = subprocess.run([path, "version"], capture_output=True, text=True, check=False).stdout
    if not version.startswith("OpenSSL 3"):
        raise NoOpensslError(f"{path} is {version.strip() or 'unknown'}: install OpenSSL 3")
    return path


def read_with_openssl(openssl: str, der: bytes) -> Printed | None:
    """Return what OpenSSL reads of a certificate; None if it refuses it."""
    ran = subprocess.run([openssl, *_ARGUMENTS], input=der, capture_output=True, timeout=_TIMEOUT_S, check=False)
    text = _LONG_SERIAL.sub("", ran.stdout.decode("utf-8", "replace"))
    lines = dict(_LINE.findall(text))
    if "serial" not in lines:
        return None
    fingerprint = lines.get("sha256 Fingerprint")
    return Printed(
        serial_number_hex=lines["serial"].lower(),
        not_before=_rfc3339(lines.get("notBefore", "")),
        not_after=_rfc3339(lines.get("notAfter", "")),
        subject=lines.get("subject"),
        issuer=lines.get("issuer"),
        sha256_fingerprint=None if fingerprint is None else fingerprint.replace(":", "").lower(),
        public_key_sha256=_public_key_sha256(text),
        is_ca="CA:TRUE" in text,
    )


def _public_key_sha256(text: str) -> str | None:
    found = _PUBLIC_KEY.search(text)
    return None if found is None else hashlib.sha256(base64.b64decode(found[1])).hexdigest()


def _rfc3339(text: str) -> str | None:
    """Return a time to the second; None if OpenSSL prints that it cannot read it."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = match.groups()
    return f"{int(year):04d}-{month}-{day}T{hour}:{minute}:{second}Z"
