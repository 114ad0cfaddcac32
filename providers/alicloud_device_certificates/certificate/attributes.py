"""The normal form of a certificate: all its attributes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography import x509
from cryptography.x509.oid import NameOID

from alicloud_device_certificates.certificate.algorithms import key_algorithm, key_bits, signature_algorithm
from alicloud_device_certificates.certificate.forms import pem
from alicloud_device_certificates.certificate.loading import PARSER_ERRORS, Loaded
from alicloud_device_certificates.contract.text import TEXT_LIMIT, one_line
from alicloud_device_certificates.contract.timestamps import rfc3339

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate in its normal form.

    PEM and fingerprints are never None. Any other attribute is None only if ``parse_problem`` says why. The exceptions
    are ``subject_common_name`` of a subject without one, and ``public_key_bits`` of an unknown algorithm or curve.
    """

    certificate_pem: str
    """Canonical PEM: label ``CERTIFICATE``, LF, 64 columns, one final newline; the leaf only."""
    sha1_fingerprint: str
    """Lower-case hex of the DER's SHA-1."""
    sha256_fingerprint: str
    """Lower-case hex of the DER's SHA-256."""
    serial_number: str | None = None
    """Decimal."""
    serial_number_hex: str | None = None
    """Lower case, whole bytes, without the sign byte ``00`` (like ``openssl x509 -serial``); 0 is ``00``."""
    not_before: str | None = None
    """RFC 3339, UTC, ``Z``, to the second."""
    not_after: str | None = None
    """RFC 3339, UTC, ``Z``, to the second; ``9999-12-31T23:59:59Z`` is RFC 5280's "no expiry"."""
    subject: str | None = None
    """RFC 4514."""
    issuer: str | None = None
    """RFC 4514."""
    subject_common_name: str | None = None
    """The most specific of several: the first in the text of ``subject``, the last in the certificate."""
    subject_alternative_names: list[str] | None = None
    """``DNS:``, ``IP:``, ``URI:``, ``email:``, ``dirName:`` (RFC 4514), ``RID:`` and ``otherName:`` (an OID)."""
    public_key_algorithm: str | None = None
    """``RSA``, ``EC``, ``Ed25519``, ``Ed448``, ``DSA``, otherwise the OID."""
    public_key_bits: int | None = None
    """The size of RSA's modulus or EC's curve, 256 for Ed25519, 456 for Ed448."""
    signature_algorithm: str | None = None
    """OpenSSL's name (``sha256WithRSAEncryption``, ``ecdsa-with-SHA256``, ``Ed25519``), otherwise the OID."""
    is_ca: bool | None = None
    """From the basic constraints; False without them."""
    parse_problem: str | None = None
    """One line on what could not be parsed, and why."""
    issuers: tuple[Certificate, ...] = field(default=(), repr=False)
    """The other certificates of the same body, the leaf's issuer first."""
    parsed: x509.Certificate | None = field(default=None, repr=False, compare=False)
    """The parser's result, so no certificate is parsed twice; None if the parser rejects it."""

    @property
    def chain(self) -> tuple[str, ...]:
        """The ``issuers`` in canonical PEM."""
        return tuple(issuer.certificate_pem for issuer in self.issuers)


def describe(loaded: Loaded, issuers: tuple[Certificate, ...] = ()) -> Certificate:
    """Return the normal form of a certificate. A malformed attribute does not affect the others."""
    certificate_pem = pem("CERTIFICATE", loaded.der)
    sha1 = hashlib.sha1(loaded.der, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(loaded.der).hexdigest()
    parsed, serial = loaded.parsed, loaded.serial_number
    if parsed is None:
        return Certificate(
            certificate_pem=certificate_pem,
            sha1_fingerprint=sha1,
            sha256_fingerprint=sha256,
            parse_problem=loaded.problem,
            issuers=issuers,
        )
    problems = [] if loaded.problem is None else [loaded.problem]

    def read(what: str, how: Callable[[x509.Certificate], _T]) -> _T | None:
        try:
            return how(parsed)
        except PARSER_ERRORS as error:
            problems.append(f"its {what} cannot be parsed: {one_line(str(error), limit=TEXT_LIMIT)}")
            return None

    subject = read("subject", lambda certificate: certificate.subject)
    issuer = read("issuer", lambda certificate: certificate.issuer)
    # The parser parses all extensions or none.
    extensions = read("extensions", lambda certificate: certificate.extensions)
    bits = read("public key", key_bits)
    return Certificate(
        certificate_pem=certificate_pem,
        sha1_fingerprint=sha1,
        sha256_fingerprint=sha256,
        serial_number=None if serial is None else str(serial),
        serial_number_hex=None if serial is None else _whole_bytes(serial),
        not_before=rfc3339(parsed.not_valid_before_utc),
        not_after=rfc3339(parsed.not_valid_after_utc),
        subject=None if subject is None else subject.rfc4514_string(),
        issuer=None if issuer is None else issuer.rfc4514_string(),
        subject_common_name=None if subject is None else _common_name(subject),
        subject_alternative_names=None if extensions is None else _alternative_names(extensions),
        public_key_algorithm=key_algorithm(parsed),
        public_key_bits=bits,
        signature_algorithm=signature_algorithm(parsed),
        is_ca=None if extensions is None else is_ca(extensions),
        parse_problem="; ".join(problems) or None,
        issuers=issuers,
        parsed=parsed,
    )


def is_ca(extensions: x509.Extensions) -> bool:
    """Return whether the extensions are those of a CA certificate."""
    try:
        return extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _whole_bytes(number: int) -> str:
    digits = f"{number:x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def _common_name(name: x509.Name) -> str | None:
    names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[-1].value) if names else None


def _alternative_names(extensions: x509.Extensions) -> list[str]:
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [_alternative_name(name) for name in names]


_PLAIN_NAMES: dict[type[x509.GeneralName], str] = {
    x509.DNSName: "DNS",
    x509.IPAddress: "IP",
    x509.UniformResourceIdentifier: "URI",
    x509.RFC822Name: "email",
}


def _alternative_name(name: x509.GeneralName) -> str:
    if isinstance(name, x509.DirectoryName):
        return f"dirName:{name.value.rfc4514_string()}"
    if isinstance(name, x509.RegisteredID):
        return f"RID:{name.value.dotted_string}"
    if isinstance(name, x509.OtherName):
        return f"otherName:{name.type_id.dotted_string}"
    return f"{_PLAIN_NAMES[type(name)]}:{name.value}"
