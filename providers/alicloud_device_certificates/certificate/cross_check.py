"""What the service says, and the CA's certificate, held against the certificate itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature

from alicloud_device_certificates.certificate.attributes import Certificate, parsed_again
from alicloud_device_certificates.certificate.body import read_certificate
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.loading import REFUSALS
from alicloud_device_certificates.contract.text import TEXT_LIMIT, one_line
from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds
from alicloud_device_certificates.contract.warnings import WarningCode


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: a code for programs, and one line without a clock in it for people."""

    code: WarningCode
    message: str


def cross_check(
    certificate: Certificate,
    *,
    serial_number: str | None = None,
    valid_begin: int | None = None,
    valid_end: int | None = None,
) -> list[Finding]:
    """Compare the service's serial number and validity (Unix milliseconds) with the certificate's own.

    Serial numbers are equal in hex or in decimal, whatever the case, with or without leading zeros, ``0x``, colons
    and spaces; times are equal to the second. What either side does not give is not compared. Codes: ``unreadable``,
    ``serial_mismatch``, ``validity_mismatch``.
    """
    findings: list[Finding] = []
    if certificate.parse_problem is not None:
        findings.append(
            Finding(WarningCode.UNREADABLE, f"the certificate cannot be read in full: {certificate.parse_problem}")
        )
    if serial_number is not None and not _same_serial(serial_number, certificate):
        findings.append(
            Finding(
                WarningCode.SERIAL_MISMATCH,
                f"the service gives the serial number as {one_line(serial_number, limit=TEXT_LIMIT)!r}, "
                f"the certificate as {certificate.serial_number_hex} (decimal {certificate.serial_number})",
            )
        )
    for which, told, own in (
        ("begins", valid_begin, certificate.not_before),
        ("ends", valid_end, certificate.not_after),
    ):
        if told is not None and own is not None and (service := _moment(told)) != own:
            findings.append(
                Finding(
                    WarningCode.VALIDITY_MISMATCH,
                    f"by the service the validity {which} at {service}, by the certificate at {own}",
                )
            )
    return findings


def check_issued_by(certificate: Certificate, ca_pem: str) -> list[Finding]:
    """Check that the certificate names the CA as its issuer, and that the CA is one and signed it.

    Codes: ``issuer_mismatch``, also where the signature cannot be checked; ``unreadable`` for either certificate.
    """
    try:
        ca = read_certificate(ca_pem)
    except CertificateError as error:
        return [Finding(WarningCode.UNREADABLE, f"the CA's certificate cannot be used: {error}")]
    leaf_parsed, ca_parsed = parsed_again(certificate), parsed_again(ca)
    if leaf_parsed is None or ca_parsed is None or None in (certificate.issuer, ca.subject, ca.is_ca):
        problem = ca.parse_problem or certificate.parse_problem
        return [Finding(WarningCode.UNREADABLE, f"the certificate cannot be checked against its CA: {problem}")]
    findings: list[Finding] = []
    if not ca.is_ca:
        findings.append(
            Finding(WarningCode.ISSUER_MISMATCH, f"the CA's certificate ({_quoted(ca.subject)}) is not that of a CA")
        )
    if certificate.issuer != ca.subject:
        findings.append(
            Finding(
                WarningCode.ISSUER_MISMATCH,
                f"the certificate names {_quoted(certificate.issuer)} as its issuer, the CA is {_quoted(ca.subject)}",
            )
        )
        return findings
    try:
        leaf_parsed.verify_directly_issued_by(ca_parsed)
    except InvalidSignature:
        findings.append(
            Finding(
                WarningCode.ISSUER_MISMATCH, f"the CA {_quoted(ca.subject)} has another key than the one that signed"
            )
        )
    except REFUSALS as error:
        findings.append(
            Finding(
                WarningCode.ISSUER_MISMATCH,
                f"the certificate's signature cannot be checked: {one_line(str(error), limit=TEXT_LIMIT)}",
            )
        )
    return findings


def _same_serial(told: str, certificate: Certificate) -> bool:
    own = (certificate.serial_number_hex, certificate.serial_number)
    digits = re.sub(r"[\s:]", "", told).lower().removeprefix("0x")
    return any(number is None or (digits != "" and digits.lstrip("0") == number.lstrip("0")) for number in own)


def _moment(milliseconds: int) -> str:
    try:
        return rfc3339_from_milliseconds(milliseconds)
    except ValueError:
        return f"{milliseconds} ms"


def _quoted(name: str | None) -> str:
    return f'"{one_line(name or "", limit=TEXT_LIMIT)}"'
