"""The certificate compared with what the service reports, and with its CA."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.certificate import elements

from alicloud_device_certificates.certificate import (
    CertificateWarning,
    check_is_ca,
    check_issued_by,
    cross_check,
    read_certificate,
)
from alicloud_device_certificates.contract.warnings import WarningCode

BEGIN, END = 1654137303000, 1969497303000


@pytest.fixture(scope="module")
def certificate(workshop: Any) -> Any:
    return read_certificate(workshop.pem(workshop.certificate("leaf", "ca", by=workshop.key("rsa", "ca"))))


def test_a_service_that_reports_the_same_is_no_warning(certificate: Any) -> None:
    assert cross_check(certificate, serial_number="00f26900ba87", valid_begin=BEGIN, valid_end=END) == []
    assert cross_check(certificate) == []


@pytest.mark.parametrize(
    "serial_number",
    [
        "f26900ba87",
        "00F26900BA87",
        "F2:69:00:BA:87",
        "00 f2 69 00 ba 87",
        "0xf26900ba87",
        "1041143741063",
        "001041143741063",
    ],
)
def test_a_serial_number_is_equal_in_hex_and_in_decimal(certificate: Any, serial_number: str) -> None:
    assert cross_check(certificate, serial_number=serial_number) == []


@pytest.mark.parametrize(
    "serial_number", ["-7F0D96FFFF4579", "80f2690000ba87", "80:F2:69:00:00:BA:87", "-35762264233428345"]
)
def test_a_negative_serial_number_is_equal_with_its_sign_and_as_its_bytes(
    vector: Callable[[str], str], serial_number: str
) -> None:
    found = cross_check(read_certificate(vector("negative-serial")), serial_number=serial_number)
    assert [warning.code for warning in found] == ["nonconforming"]


@pytest.mark.parametrize("serial_number", ["f26900ba88", "", "0x", "device-1", "f26900ba870", "二", "9" * 10_000])
def test_another_serial_number_is_reported_with_both(certificate: Any, serial_number: str) -> None:
    (finding,) = cross_check(certificate, serial_number=serial_number)
    assert finding.code == "serial_mismatch"
    assert serial_number[:100] in finding.message
    assert "f26900ba87 (decimal 1041143741063)" in finding.message
    assert len(finding.message) < 500


@settings(deadline=None)  # the first to come makes the keys
@given(serial=st.integers(0, 1 << 158), zeros=st.integers(0, 3), upper=st.booleans())
def test_every_serial_number_equals_its_own_spellings(workshop: Any, serial: int, zeros: int, upper: bool) -> None:
    certificate = read_certificate(workshop.pem(workshop.certificate(serial=serial or 1)))
    digits = "0" * zeros + str(certificate.serial_number_hex)
    spellings = (digits.upper() if upper else digits, str(certificate.serial_number))
    assert [cross_check(certificate, serial_number=spelling) for spelling in spellings] == [[], []]


def test_the_serial_number_zero_is_any_number_of_zeros(vector: Callable[[str], str]) -> None:
    zero = read_certificate(vector("zero-serial"))
    assert cross_check(zero, serial_number="0000") == cross_check(zero, serial_number="0") == []
    assert len(cross_check(zero, serial_number="")) == 1


def test_the_validity_is_compared_to_the_second(certificate: Any) -> None:
    assert cross_check(certificate, valid_begin=BEGIN + 999, valid_end=END + 1) == []
    assert cross_check(certificate, valid_begin=BEGIN + 1000, valid_end=END - 1) == [
        CertificateWarning(
            WarningCode.VALIDITY_MISMATCH,
            "the validity begins at 2022-06-02T02:35:04Z according to the service, "
            "at 2022-06-02T02:35:03Z according to the certificate",
        ),
        CertificateWarning(
            WarningCode.VALIDITY_MISMATCH,
            "the validity ends at 2032-05-30T02:35:02Z according to the service, "
            "at 2032-05-30T02:35:03Z according to the certificate",
        ),
    ]


def test_a_validity_beyond_the_calendar_is_reported_in_milliseconds(certificate: Any) -> None:
    (finding,) = cross_check(certificate, valid_end=10**18)
    assert f"ends at {10**18} ms" in finding.message


def test_a_certificate_that_cannot_be_parsed_is_reported_and_not_compared(vector: Callable[[str], str]) -> None:
    unreadable = read_certificate(vector("month-13"))
    (finding,) = cross_check(unreadable, serial_number=unreadable.serial_number, valid_begin=0)
    assert finding == CertificateWarning(
        WarningCode.UNREADABLE, f"the certificate cannot be parsed in full: {unreadable.parse_problem}"
    )


def test_the_ca_that_issued_a_certificate_is_no_warning(workshop: Any, certificate: Any) -> None:
    ca = workshop.pem(workshop.certificate("ca", key=workshop.key("rsa", "ca"), ca=True))
    for body in (ca, ca.replace("\n", "\\n").replace("CERTIFICATE", "CACERTIFICATE")):
        assert check_issued_by(certificate, read_certificate(body)) == []


@pytest.mark.parametrize("kind", ["ec", "ec-p384", "ed25519", "ed448", "dsa"])
def test_every_kind_of_ca_is_checked(workshop: Any, kind: str) -> None:
    ca = workshop.pem(workshop.certificate("ca", key=workshop.key(kind, "a ca"), ca=True))
    leaf = workshop.pem(workshop.certificate("leaf", "ca", by=workshop.key(kind, "a ca")))
    assert check_issued_by(read_certificate(leaf), read_certificate(ca)) == []


def _messages(certificate: Any, ca: str, code: str = "issuer_mismatch") -> list[str]:
    findings = check_issued_by(certificate, read_certificate(ca))
    assert {finding.code for finding in findings} == {code}
    assert not any("\n" in finding.message for finding in findings)
    return [finding.message for finding in findings]


def test_a_ca_of_another_name_is_reported_with_both(workshop: Any, certificate: Any) -> None:
    other = workshop.pem(workshop.certificate("other\nca", key=workshop.key("rsa", "ca"), ca=True))
    (message,) = _messages(certificate, other)
    assert message == 'the certificate names "CN=ca" as its issuer, the CA is "CN=other ca"'


def test_a_ca_of_the_same_name_and_another_key_is_reported(workshop: Any, certificate: Any) -> None:
    namesake = workshop.pem(workshop.certificate("ca", key=workshop.key("rsa", "namesake"), ca=True))
    (message,) = _messages(certificate, namesake)
    assert message == 'the CA "CN=ca" did not sign the certificate: the signature does not match its key'


def test_a_ca_of_the_same_name_and_another_kind_of_key_is_reported(workshop: Any, certificate: Any) -> None:
    namesake = workshop.pem(workshop.certificate("ca", key=workshop.key("ec", "namesake"), ca=True))
    (message,) = _messages(certificate, namesake)
    assert message == 'the CA "CN=ca" did not sign the certificate: the signature does not match its key'


def test_an_issuer_that_is_not_a_ca_is_reported(workshop: Any, certificate: Any) -> None:
    no_ca = workshop.pem(workshop.certificate("ca", key=workshop.key("rsa", "ca")))
    assert _messages(certificate, no_ca) == [
        'the basic constraints of the CA\'s certificate ("CN=ca") do not allow it to sign others'
    ]


@pytest.mark.parametrize("name", ["rsa-md5", "sm2", "dsa", "rsa-pss"])
def test_a_signature_that_is_right_or_cannot_be_checked_is_no_warning(vector: Callable[[str], str], name: str) -> None:
    own = read_certificate(vector(name))
    assert {finding.code for finding in check_issued_by(own, own)} <= {"issuer_mismatch"}
    assert not any("sign the certificate" in finding.message for finding in check_issued_by(own, own))


@pytest.mark.parametrize("name", ["rsa-md5", "dsa", "rsa-pss", "ed25519"])
def test_a_wrong_signature_is_reported_whatever_its_algorithm(vector: Callable[[str], str], name: str) -> None:
    own = read_certificate(vector(name))
    der = bytearray(b64decode("".join(own.certificate_pem.splitlines()[1:-1])))
    der[-1] ^= 1
    (message,) = (
        finding.message
        for finding in check_issued_by(read_certificate(b64encode(der).decode()), own)
        if "sign the certificate" in finding.message
    )
    assert "the signature does not match its key" in message


def test_a_ca_of_version_1_is_a_warning_of_its_own(vector: Callable[[str], str]) -> None:
    ca = read_certificate(vector("v1"))
    (finding,) = check_issued_by(ca, ca)
    assert finding.code == "version_1_ca"
    assert finding.message.endswith("is X.509 version 1, which has no extensions, so it cannot say that it is a CA")
    assert check_is_ca(ca) == [finding]


def test_a_certificate_or_ca_that_cannot_be_parsed_is_reported(workshop: Any, certificate: Any) -> None:
    ca = workshop.pem(workshop.certificate("ca", key=workshop.key("rsa", "ca"), ca=True))
    der = b64decode("".join(ca.splitlines()[1:-1])).replace(b"\x0c\x02ca", b"\x0c\x12ca")
    unreadable = b64encode(der).decode()
    for leaf, issuer in ((certificate, unreadable), (read_certificate(unreadable), ca)):
        (message,) = _messages(leaf, issuer, "unreadable")
        assert message.startswith("the certificate cannot be checked against its CA: its subject is cut off")


def test_what_is_odd_about_a_ca_is_a_warning_too(workshop: Any) -> None:
    subject = elements.name(elements.attribute(elements.element(0x14, b"Z\xfcrich")))
    basic = elements.extension("551d13", elements.element(0x30, b"\1\1\xff"))
    ca_pem = read_certificate(
        elements.body(elements.certificate(workshop, subject=subject, extensions=basic))
    ).certificate_pem
    leaf_pem = workshop.pem(workshop.certificate("leaf", "Zürich", by=workshop.key("ec")))
    deviation = "its subject has characters that a TeletexString (CN) does not have; they were read as Latin-1"
    (above,) = check_issued_by(read_certificate(leaf_pem), read_certificate(ca_pem))
    assert above == CertificateWarning(
        WarningCode.NONCONFORMING, f"the CA's certificate does not conform to RFC 5280 and DER: {deviation}"
    )
    (within,) = cross_check(read_certificate(leaf_pem + ca_pem))
    assert within.message == (
        f'the certificate of the CA "CN=Zürich" in its body does not conform to RFC 5280 and DER: {deviation}'
    )


@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        (elements.element(0x0C, b"Fleet CA"), elements.element(0x13, b"fleet  ca ")),
        (elements.element(0x0C, "Zürich".encode()), elements.element(0x14, b"Z\xfcRICH")),
        (elements.element(0x1E, "设备".encode("utf-16-be")), elements.element(0x0C, "设备".encode())),
        (elements.element(0x16, b"a"), elements.element(0x1C, "A".encode("utf-32-be"))),
    ],
)
def test_names_are_the_same_whatever_their_case_spaces_and_types(workshop: Any, issuer: bytes, subject: bytes) -> None:
    names = [elements.name(elements.attribute(value)) for value in (issuer, subject)]
    leaf, ca = (
        read_certificate(elements.body(elements.certificate(workshop, **{part: name})))
        for part, name in zip(("issuer", "subject"), names, strict=True)
    )
    assert leaf.parts.names_as_issuer(ca.parts)
    assert not any("as its issuer" in warning.message for warning in check_issued_by(leaf, ca))


@pytest.mark.parametrize("subject", [b"\x0c\x09Fleet CA2", b"\x0c\x07FleetCA", b"\x04\x08Fleet CA"])
def test_other_names_stay_different(workshop: Any, subject: bytes) -> None:
    leaf = elements.certificate(workshop, issuer=elements.name(elements.attribute(b"\x0c\x08Fleet CA")))
    ca = elements.certificate(workshop, subject=elements.name(elements.attribute(subject)))
    found = check_issued_by(*(read_certificate(elements.body(der)) for der in (leaf, ca)))
    assert "issuer_mismatch" in {warning.code for warning in found}
