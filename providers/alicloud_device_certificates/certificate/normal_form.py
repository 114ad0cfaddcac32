"""The normal form of a certificate: all its attributes, as outputs have them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from alicloud_device_certificates.certificate.attributes import Attributes
from alicloud_device_certificates.certificate.forms import pem
from alicloud_device_certificates.certificate.parts import Parts
from alicloud_device_certificates.certificate.serial_number import in_decimal, in_hex
from alicloud_device_certificates.contract.text import TEXT_LIMIT, one_line
from alicloud_device_certificates.contract.timestamps import rfc3339

_CLAUSE_LIMIT = 5
_FIRST_WITH_EXTENSIONS = 3  # the version


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
    """Lower case, whole bytes, without the sign byte ``00``, as OpenSSL; 0 is ``00``, -1 is ``-01``."""
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
    """``DNS:``, ``IP:``, ``URI:``, ``email:``, ``dirName:`` (RFC 4514), ``RID:`` and ``otherName:`` (an OID); or
    ``x400Address:`` and ``ediPartyName:``, which like malformed names are ``#`` and the hex of their element."""
    public_key_algorithm: str | None = None
    """``RSA``, ``EC``, ``Ed25519``, ``Ed448``, ``DSA``, otherwise the OID."""
    public_key_bits: int | None = None
    """The size of RSA's modulus or EC's curve, 256 for Ed25519, 456 for Ed448."""
    public_key_sha256: str | None = None
    """Lower-case hex of the SHA-256 of the SubjectPublicKeyInfo, as it stands in the certificate."""
    signature_algorithm: str | None = None
    """OpenSSL's name (``sha256WithRSAEncryption``, ``ecdsa-with-SHA256``, ``Ed25519``), otherwise the OID."""
    is_ca: bool | None = None
    """From the basic constraints; False without them."""
    parse_problem: str | None = None
    """One line on which attributes nothing can read, and why."""
    deviation: str | None = None
    """One line on how it deviates from RFC 5280 and DER, if the strict parser rejects it."""
    version: int | None = None
    """1, 2 or 3; or another number, if the certificate has one."""
    issuers: tuple[Certificate, ...] = field(default=(), repr=False)
    """The certificates above it in the same body, its issuer first."""
    beside: tuple[Certificate, ...] = field(default=(), repr=False)
    """The other certificates of the same body."""
    parts: Parts = field(repr=False, compare=False)
    """What comparisons take, so no certificate is read twice."""

    @property
    def can_have_extensions(self) -> bool:
        """Whether its version has extensions, which alone can say that a certificate is a CA."""
        return self.version is None or self.version >= _FIRST_WITH_EXTENSIONS

    @property
    def chain(self) -> tuple[str, ...]:
        """The ``issuers`` in canonical PEM."""
        return tuple(issuer.certificate_pem for issuer in self.issuers)


def normal_form(read: Attributes, *, extra_bytes: int = 0) -> Certificate:
    """Return the normal form of what a reader has read. ``extra_bytes`` is how many follow it in its body."""
    serial, der, problems, deviations = read.serial_number, read.der, read.problems, read.deviations
    decimal = None if serial is None else in_decimal(serial)
    if serial is not None and decimal is None:
        problems += ("its serial number is too long to write in decimal",)
    if extra_bytes:
        deviations += (f"extra bytes follow it ({extra_bytes}), which are left out",)
    return Certificate(
        certificate_pem=pem("CERTIFICATE", der),
        sha1_fingerprint=hashlib.sha1(der, usedforsecurity=False).hexdigest(),
        sha256_fingerprint=hashlib.sha256(der).hexdigest(),
        serial_number=decimal,
        serial_number_hex=None if serial is None else in_hex(serial),
        not_before=None if read.not_before is None else rfc3339(read.not_before),
        not_after=None if read.not_after is None else rfc3339(read.not_after),
        subject=read.subject,
        issuer=read.issuer,
        subject_common_name=read.subject_common_name,
        subject_alternative_names=read.subject_alternative_names,
        public_key_algorithm=read.public_key_algorithm,
        public_key_bits=read.public_key_bits,
        public_key_sha256=None if read.public_key_info is None else hashlib.sha256(read.public_key_info).hexdigest(),
        signature_algorithm=read.signature_algorithm,
        is_ca=read.is_ca,
        version=read.version,
        parse_problem=_line(problems),
        deviation=_line(deviations),
        parts=Parts(der, read.public_key),
    )


def _line(clauses: tuple[str, ...]) -> str | None:
    """Join clauses on one line; None if there are none."""
    if not clauses:
        return None
    shown = [one_line(clause, limit=TEXT_LIMIT) for clause in clauses[:_CLAUSE_LIMIT]]
    if len(clauses) > _CLAUSE_LIMIT:
        shown.append(f"and {len(clauses) - _CLAUSE_LIMIT} more")
    return "; ".join(shown)
