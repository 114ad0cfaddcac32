"""Whatever comes in: a certificate, or one line of our own error."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
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
from alicloud_device_certificates.certificate.lenient import read_leniently
from alicloud_device_certificates.certificate.strict import StrictParserError, read_strictly

VECTORS = Path(__file__).parents[1] / "vectors" / "certificate"
ODD = VECTORS.parent / "odd"


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
        assert "unexpectedly" not in (certificate.parse_problem or "")
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


def _vectors() -> list[bytes]:
    """Return the DER of each certificate among the vectors."""
    bodies = [path.read_text(encoding="utf-8") for path in (*VECTORS.glob("*.pem"), *ODD.glob("*/body.txt"))]
    return sorted(certificate.parts.der for certificate in map(read_certificate, bodies))


# Octets that mean something in DER: tags, lengths, booleans, digits.
_OCTETS = st.sampled_from(
    [0, 1, 2, 3, 5, 6, 0x0C, 0x13, 0x14, 0x17, 0x18, 0x30, 0x31, 0x39, 0x80, 0x84, 0xA0, 0xA3, 0xFF]
)


@settings(deadline=None, max_examples=600)
@given(data=st.data(), der=st.sampled_from(_vectors()))
def test_mutated_vectors(workshop: Any, data: st.DataObject, der: bytes) -> None:
    mutated = bytearray(der)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        match data.draw(st.sampled_from(["replace", "insert", "delete", "repeat"])):
            case "replace":
                mutated[at] = data.draw(_OCTETS | st.integers(0, 255))
            case "insert":
                mutated.insert(at, data.draw(_OCTETS))
            case "delete" if len(mutated) > 1:
                del mutated[at]
            case _:
                mutated[at:at] = mutated[at : at + data.draw(st.integers(1, 40))]
    _survives(workshop, b64encode(mutated).decode())


@pytest.mark.parametrize("der", _vectors())
def test_both_readers_read_the_same(der: bytes) -> None:
    try:
        strict = read_strictly(der)
    except StrictParserError:
        return
    lenient = read_leniently(der, "")
    keys = strict.public_key, lenient.public_key
    assert keys[0] == keys[1]
    assert replace(strict, public_key=None, deviations=()) == replace(lenient, public_key=None, deviations=())


@settings(deadline=None, max_examples=400)
@given(data=st.data(), kind=st.sampled_from(["rsa", "ec", "ed25519", "ed448", "dsa"]))
def test_mutated_certificates(workshop: Any, data: st.DataObject, kind: str) -> None:
    der = bytearray(workshop.der(_rich(workshop, kind)))
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    _survives(workshop, b64encode(der).decode())
