"""The certificate compared with what the service reports, and with the certificate of its CA."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from alicloud_device_certificates.certificate.normal_form import Certificate
from alicloud_device_certificates.contract.text import ERROR_LIMIT, TEXT_LIMIT, one_line
from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds
from alicloud_device_certificates.contract.warnings import WarningCode


@dataclass(frozen=True, slots=True)
class CertificateWarning:
    """A problem with a certificate: a code for programs, and one line for people that does not depend on the clock."""

    code: WarningCode
    message: str
    """Made printable here, so whoever makes a warning may quote the service and the certificate."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", one_line(self.message, limit=ERROR_LIMIT))


def cross_check(
    certificate: Certificate,
    *,
    serial_number: str | None = None,
    valid_begin: int | None = None,
    valid_end: int | None = None,
) -> list[CertificateWarning]:
    """Compare the serial number and the validity (Unix milliseconds) that the service reports with the certificate's.

    Serial numbers match in hex or in decimal, in any case, with or without leading zeros, ``0x``, colons and spaces.
    Times match to the second. What either side lacks is not compared. The codes are ``unreadable``,
    ``nonconforming``, ``serial_mismatch`` and ``validity_mismatch``.
    """
    found = list(_own_warnings(certificate, "the certificate"))
    if serial_number is not None and not _same_serial(serial_number, certificate):
        found.append(
            CertificateWarning(
                WarningCode.SERIAL_MISMATCH,
                f"the service reports the serial number {one_line(serial_number, limit=TEXT_LIMIT)!r}, "
                f"the certificate has {certificate.serial_number_hex} (decimal {certificate.serial_number})",
            )
        )
    for verb, reported, own in (
        ("begins", valid_begin, certificate.not_before),
        ("ends", valid_end, certificate.not_after),
    ):
        if reported is not None and own is not None and (service := _timestamp(reported)) != own:
            found.append(
                CertificateWarning(
                    WarningCode.VALIDITY_MISMATCH,
                    f"the validity {verb} at {service} according to the service, at {own} according to the certificate",
                )
            )
    return found


def check_issued_by(certificate: Certificate, ca: Certificate) -> list[CertificateWarning]:
    """Check that ``certificate`` names ``ca`` as its issuer, and that ``ca`` is a CA and signed it (RFC 5280).

    If the signature's algorithm is not supported, the names alone decide. The codes are ``issuer_mismatch``,
    ``version_1_ca``, ``nonconforming`` for the CA's certificate, and ``unreadable`` for either one.
    """
    issuer, subject = certificate.parts.issuer, ca.parts.subject
    if issuer is None or subject is None or ca.is_ca is None:
        problem = ca.parse_problem or certificate.parse_problem
        return [
            CertificateWarning(WarningCode.UNREADABLE, f"the certificate cannot be checked against its CA: {problem}")
        ]
    found = list(_own_warnings(ca, "the CA's certificate"))
    if not ca.is_ca:
        found += check_is_ca(ca, WarningCode.ISSUER_MISMATCH)
    if issuer != subject:
        message = f"the certificate names {_quoted(certificate.issuer)} as its issuer, the CA is {_quoted(ca.subject)}"
        found.append(CertificateWarning(WarningCode.ISSUER_MISMATCH, message))
    elif certificate.parts.is_signed_by(ca.parts) is False:
        message = f"the CA {_quoted(ca.subject)} did not sign the certificate: the signature does not match its key"
        found.append(CertificateWarning(WarningCode.ISSUER_MISMATCH, message))
    return found


def check_is_ca(ca: Certificate, otherwise: WarningCode = WarningCode.NOT_A_CA) -> list[CertificateWarning]:
    """Check that ``ca`` is a CA certificate. The codes are ``version_1_ca``, and ``otherwise``."""
    if ca.is_ca is not False:
        return []
    if not ca.can_have_extensions:
        return [
            CertificateWarning(
                WarningCode.VERSION_1_CA,
                f"the CA's certificate ({_quoted(ca.subject)}) is X.509 version {ca.version}, which has no extensions, "
                "so it cannot say that it is a CA",
            )
        ]
    message = f"the basic constraints of the CA's certificate ({_quoted(ca.subject)}) do not allow it to sign others"
    return [CertificateWarning(otherwise, message)]


def _own_warnings(certificate: Certificate, what: str) -> Iterator[CertificateWarning]:
    """Yield what is odd about a certificate itself, and about the others in its body."""
    if certificate.parse_problem is not None:
        message = f"{what} cannot be parsed in full: {certificate.parse_problem}"
        yield CertificateWarning(WarningCode.UNREADABLE, message)
    if certificate.deviation is not None:
        message = f"{what} does not conform to RFC 5280 and DER: {certificate.deviation}"
        yield CertificateWarning(WarningCode.NONCONFORMING, message)
    for issuer in certificate.issuers:
        yield from _own_warnings(issuer, f"the certificate of the CA {_quoted(issuer.subject)} in its body")
    if certificate.beside:
        subjects = ", ".join(_quoted(each.subject) for each in certificate.beside)
        message = f"the body has certificates that are not in its chain: {subjects}"
        yield CertificateWarning(WarningCode.NONCONFORMING, message)


def _same_serial(reported: str, certificate: Certificate) -> bool:
    own = [certificate.serial_number_hex, certificate.serial_number]
    if certificate.serial_number_hex is not None and certificate.serial_number_hex.startswith("-"):
        # Who takes the bytes of a negative number for a positive one reports these.
        number = int(certificate.serial_number_hex, 16)
        own.append(f"{number + (1 << (8 * (number.bit_length() // 8 + 1))):x}")
    digits = re.sub(r"[\s:]", "", reported).lower().removeprefix("0x")
    return any(number is None or (digits != "" and digits.lstrip("0") == number.lstrip("0")) for number in own)


def _timestamp(milliseconds: int) -> str:
    try:
        return rfc3339_from_milliseconds(milliseconds)
    except ValueError:
        return f"{milliseconds} ms"


def _quoted(name: str | None) -> str:
    return f'"{one_line(name or "", limit=TEXT_LIMIT)}"'
