"""The attributes of certificates that are odd or malformed in part."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.certificate.elements import attribute, element, name

from alicloud_device_certificates.certificate import read_certificate, rfc4514_attributes
from alicloud_device_certificates.certificate.ber import whole_element
from alicloud_device_certificates.certificate.names import read_name


def _read(der: bytes) -> Any:
    return read_certificate(b64encode(der).decode())


@pytest.mark.parametrize(
    ("serial", "digits"), [(1, "01"), (0x7F, "7f"), (0x80, "80"), (0xABC, "0abc"), (1 << 158, "40" + "00" * 19)]
)
def test_the_serial_number_is_in_decimal_and_in_hex_of_whole_bytes(workshop: Any, serial: int, digits: str) -> None:
    certificate = read_certificate(workshop.pem(workshop.certificate(serial=serial)))
    assert certificate.serial_number == str(serial)
    assert certificate.serial_number_hex == digits


def test_a_certificate_without_alternative_names_has_an_empty_list(workshop: Any) -> None:
    assert read_certificate(workshop.pem(workshop.certificate())).subject_alternative_names == []


def test_an_empty_subject_is_empty_text(workshop: Any) -> None:
    certificate = read_certificate(workshop.pem(workshop.certificate("")))
    assert (certificate.subject, certificate.subject_common_name) == ("", None)


def test_a_malformed_extension_loses_itself_alone(workshop: Any) -> None:
    names = x509.SubjectAlternativeName([x509.DNSName("a.example")])
    der = workshop.der(workshop.certificate(ca=True, extensions=(names,)))
    certificate = _read(der.replace(b"\x82\x09a.example", b"\x82\x19a.example"))
    assert certificate.subject_alternative_names is None
    assert certificate.is_ca is True
    assert certificate.parse_problem == "its list of alternative names is cut off"
    assert certificate.subject == "CN=device-1"
    assert certificate.public_key_bits == 256
    assert certificate.serial_number_hex == "f26900ba87"


def test_a_malformed_name_loses_itself_alone(workshop: Any) -> None:
    der = workshop.der(workshop.certificate("the-subject", "the-issuer"))
    certificate = _read(der.replace(b"\x0c\x0bthe-subject", b"\x0c\x1bthe-subject"))
    assert certificate.subject is certificate.subject_common_name is None
    assert certificate.parse_problem == "its subject is cut off"
    assert certificate.issuer == "CN=the-issuer"


def test_two_problems_are_both_reported_on_one_line(workshop: Any) -> None:
    der = workshop.der(workshop.certificate("the-subject", "the-issuer"))
    for text in (b"the-subject", b"the-issuer"):
        der = der.replace(bytes((len(text),)) + text, b"\x1b" + text)
    assert _read(der).parse_problem == "its subject is cut off; its issuer is cut off"


def test_a_public_key_that_is_not_on_its_curve_is_reported(workshop: Any) -> None:
    made = workshop.certificate()
    der = bytearray(workshop.der(made))
    der[der.index(b"\x03\x42\x00\x04") + 10] ^= 1
    certificate = _read(bytes(der))
    assert certificate.public_key_bits is None
    assert certificate.public_key_algorithm == "EC"
    assert certificate.parse_problem == "its public key is not a valid key of its algorithm (EC)"


def test_algorithms_without_a_name_are_reported_by_their_oid(workshop: Any) -> None:
    der = workshop.der(workshop.certificate(key=workshop.key("ed25519")))
    certificate = _read(der.replace(bytes.fromhex("06032b6570"), bytes.fromhex("06032b657f")))
    assert certificate.public_key_algorithm == certificate.signature_algorithm == "1.3.101.127"
    assert certificate.public_key_bits is certificate.parse_problem is None


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("", []),
        ("CN=a", [("2.5.4.3", "a")]),
        (
            r"CN=a\,b\+c\\\"d,1.2.3=#0c0161,C=CHN+O= ",
            [("2.5.4.3", 'a,b+c\\"d'), ("1.2.3", "#0c0161"), ("2.5.4.6", "CHN"), ("2.5.4.10", " ")],
        ),
        (r"CN=\00\#", [("2.5.4.3", "\0#")]),
        ("CN=,O=a=b", [("2.5.4.3", ""), ("2.5.4.10", "a=b")]),
    ],
)
def test_a_names_text_is_its_attributes(text: str, attributes: list[tuple[str, str]]) -> None:
    assert rfc4514_attributes(text) == attributes


@given(values=st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_a_names_text_can_be_taken_apart_again(values: list[str]) -> None:
    written = name(*(attribute(element(0x0C, value.encode("utf-8", "ignore"))) for value in values))
    text = read_name(whole_element(written)).rfc4514()
    assert rfc4514_attributes(text) == [
        ("2.5.4.3", value.encode("utf-8", "ignore").decode()) for value in reversed(values)
    ]
