"""Whatever comes in: a certificate, or one line of our own error."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alicloud_device_certificates.certificate import (
    CertificateError,
    check_issued_by,
    cross_check,
    read_certificate,
    read_private_key,
)


def _survives(workshop: Any, body: str) -> None:
    sound = read_certificate(workshop.pem(workshop.certificate()))
    try:
        certificate = read_certificate(body)
    except CertificateError as error:
        assert "\n" not in str(error)
        assert str(error).isprintable()
    else:
        assert certificate.certificate_pem.startswith("-----BEGIN CERTIFICATE-----\n")
        assert certificate.parse_problem is None or certificate.parse_problem.isprintable()
        if certificate.parse_problem is None:
            assert None not in (certificate.serial_number, certificate.not_after, certificate.subject)
            assert None not in (certificate.is_ca, certificate.issuer, certificate.signature_algorithm)
            assert certificate.subject_alternative_names is not None
        for finding in (
            *cross_check(certificate, serial_number="1", valid_begin=0, valid_end=0),
            *check_issued_by(certificate, certificate),
            *check_issued_by(certificate, sound),
        ):
            assert finding.message.isprintable()
    try:
        read_private_key(body, sound)
    except CertificateError as error:
        assert "\n" not in str(error)
        assert error.__context__ is None


@settings(deadline=None)  # the first to come makes the keys
@given(body=st.text())
@example("-----BEGIN")
@example("LS0tLS1CRUdJTg==")
def test_any_text(workshop: Any, body: str) -> None:
    _survives(workshop, body)


@settings(deadline=None)  # the first to come makes the keys
@given(content=st.text("ABCMIQ=+/-_ \n\\nr:"), label=st.text(max_size=20), tail=st.text(max_size=20))
def test_any_text_between_pem_lines(workshop: Any, content: str, label: str, tail: str) -> None:
    _survives(workshop, f"-----BEGIN {label}-----{content}-----END {label}-----{tail}")


@settings(deadline=None)  # the first to come makes the keys
@given(der=st.binary())
def test_any_bytes(workshop: Any, der: bytes) -> None:
    _survives(workshop, b64encode(der).decode())


def _rich(workshop: Any, kind: str) -> x509.Certificate:
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("a.example"),
            x509.RFC822Name("a@example.com"),
            x509.UniformResourceIdentifier("urn:a"),
            x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")])),
            x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x0c\x01a"),
        ]
    )
    made: x509.Certificate = workshop.certificate("a\x00b", key=workshop.key(kind), extensions=(names,))
    return made


@settings(deadline=None, max_examples=400)
@given(data=st.data(), kind=st.sampled_from(["rsa", "ec", "ed25519", "ed448", "dsa"]))
def test_mutated_certificates(workshop: Any, data: st.DataObject, kind: str) -> None:
    der = bytearray(workshop.der(_rich(workshop, kind)))
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    _survives(workshop, b64encode(der).decode())
