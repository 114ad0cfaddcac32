"""The certificate compared with what the service reports, and with the certificate of its CA."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature

from alicloud_device_certificates.certificate.attributes import Certificate
from alicloud_device_certificates.certificate.loading import PARSER_ERRORS
from alicloud_device_certificates.contract.text import TEXT_LIMIT, one_line
from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds
from alicloud_device_certificates.contract.warnings import WarningCode


@dataclass(frozen=True, slots=True)
class CertificateWarning:
    """A problem with a certificate: a code for programs, and one line for people that does not depend on the clock."""

    code: WarningCode
    message: str


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
    ``serial_mismatch`` and ``validity_mismatch``.
    """
    found: list[CertificateWarning] = []
    if certificate.parse_problem is not None:
        found.append(
            CertificateWarning(
                WarningCode.UNREADABLE, f"the certificate cannot be parsed in full: {certificate.parse_problem}"
            )
        )
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

    The codes are ``issuer_mismatch``, also if the signature cannot be checked, and ``unreadable`` for either one.
    """
    if certificate.parsed is None or ca.parsed is None or None in (certificate.issuer, ca.subject, ca.is_ca):
        problem = ca.parse_problem or certificate.parse_problem
        return [
            CertificateWarning(WarningCode.UNREADABLE, f"the certificate cannot be checked against its CA: {problem}")
        ]
    found: list[str] = []
    if not ca.is_ca:
        found.append(f"the CA's certificate ({_quoted(ca.subject)}) is not a CA certificate")
    if certificate.issuer != ca.subject:
        found.append(
            f"the certificate names {_quoted(certificate.issuer)} as its issuer, the CA is {_quoted(ca.subject)}"
        )
    else:
        try:
            certificate.parsed.verify_directly_issued_by(ca.parsed)
        except InvalidSignature:
            found.append(
                f"the CA {_quoted(ca.subject)} did not sign the certificate: the signature does not match its key"
            )
        except PARSER_ERRORS as error:
            found.append(f"the certificate's signature cannot be checked: {one_line(str(error), limit=TEXT_LIMIT)}")
    return [CertificateWarning(WarningCode.ISSUER_MISMATCH, message) for message in found]


def _same_serial(reported: str, certificate: Certificate) -> bool:
    own = (certificate.serial_number_hex, certificate.serial_number)
    digits = re.sub(r"[\s:]", "", reported).lower().removeprefix("0x")
    return any(number is None or (digits != "" and digits.lstrip("0") == number.lstrip("0")) for number in own)


def _timestamp(milliseconds: int) -> str:
    try:
        return rfc3339_from_milliseconds(milliseconds)
    except ValueError:
        return f"{milliseconds} ms"


def _quoted(name: str | None) -> str:
    return f'"{one_line(name or "", limit=TEXT_LIMIT)}"'
