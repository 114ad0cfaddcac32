"""Each deviation that OpenSSL accepts: what is read is what OpenSSL prints, and the deviation has a name."""

from __future__ import annotations

import re
import subprocess
from typing import Any
from unittest.mock import patch

import pytest
from tests.openssl import needs_openssl
from tests.unit.certificate.elements import (
    SEQUENCE,
    SET,
    attribute,
    body,
    certificate,
    element,
    extension,
    integer,
    long_element,
    name,
    oid,
    open_element,
    utc_time,
)

from alicloud_device_certificates.certificate import Certificate, read_certificate

NULL = b"\5\0"
SAN, BASIC = "551d11", "551d13"
GW = element(SEQUENCE, element(0x82, b"gw.example"))
FOREVER = utc_time("350101000000Z")


def validity(first: bytes, last: bytes = FOREVER) -> dict[str, bytes]:
    return {"validity": element(SEQUENCE, first, last)}


def common_name(tag: int, content: bytes) -> dict[str, bytes]:
    return {"subject": name(attribute(element(tag, content)))}


ECDSA = "06082a8648ce3d040302"
RSA_SHA256 = "06092a864886f70d01010b"

# What is changed in an ordinary certificate, and how the deviation begins.
ODD: dict[str, tuple[dict[str, bytes], str | None]] = {
    "ordinary": ({}, None),
    "default version": ({"version": bytes.fromhex("a003020100")}, "it writes out version 1"),
    "version 2": (
        {"version": bytes.fromhex("a003020101"), "ids": bytes.fromhex("81020001")},
        "it is X.509 version 2, which is hardly ever used; it has unique IDs",
    ),
    "version 4": ({"version": bytes.fromhex("a003020103")}, "it has the version number 4, which does not exist"),
    "extensions in version 1": ({"version": b"", "extensions": extension(SAN, GW)}, None),
    "negative serial": ({"serial": b"\x02\x02\xff\x80"[:2] + b"\x80\x01"}, "its serial number is negative"),
    "serial of 1801 bytes": ({"serial": element(0x02, b"\x11" * 1801)}, "its serial number has 1801 bytes"),
    "no seconds": (validity(utc_time("2501010000Z")), "its start of validity has no seconds"),
    "offset east": (validity(utc_time("250101080000+0800")), "its start of validity has an offset from UTC"),
    "offset west": (validity(utc_time("241231160000-0800")), "its start of validity has an offset from UTC"),
    "offset without seconds": (
        validity(utc_time("2501010800+0800")),
        "its start of validity has no seconds; ",
    ),
    "generalized time": (validity(element(0x18, b"20250101000000Z")), None),
    "generalized time without seconds": (validity(element(0x18, b"202501010000Z")), "its start of validity has no sec"),
    "generalized time with an offset": (
        validity(element(0x18, b"20250101013000+0130")),
        "its start of validity has an offset",
    ),
    "ecdsa with null": (
        {"algorithm": element(SEQUENCE, bytes.fromhex(ECDSA), NULL)},
        "the algorithm of its signature has NULL as its parameters, but ecdsa-with-SHA256 has none",
    ),
    "rsa without null": (
        {"algorithm": element(SEQUENCE, bytes.fromhex(RSA_SHA256))},
        None,
    ),
    "latin-1 teletex": (common_name(0x14, b"Z\xfcrich"), "its subject has characters that a TeletexString (CN)"),
    "utf-8 in teletex": (common_name(0x14, "Zürich".encode()), "its subject has characters that a TeletexString (CN)"),
    "at in printable": (common_name(0x13, b"a@b_c*"), "its subject has characters that a PrintableString (CN)"),
    "latin-1 in printable": (common_name(0x13, b"Z\xfcrich"), "its subject has characters that a PrintableString (CN)"),
    "latin-1 in ia5": (common_name(0x16, b"Z\xfcrich"), "its subject has characters that a IA5String (CN)"),
    "letters in numeric": (common_name(0x12, b"abc"), None),
    "bmp": (common_name(0x1E, "设备".encode("utf-16-be")), None),
    "universal": (common_name(0x1C, "设备".encode("utf-32-be")), None),
    "string in pieces": (
        common_name(0x2C, element(0x0C, b"ga") + element(0x0C, b"te")),
        "it has a string in pieces",
    ),
    "empty common name": (common_name(0x0C, b""), None),
    "special characters": (common_name(0x0C, b' #a,b+c"d\\e<f>g;h '), None),
    "an attribute twice": (
        {"subject": element(SEQUENCE, element(SET, attribute(element(0x0C, b"a")), attribute(element(0x0C, b"a"))))},
        "its subject has an attribute twice",
    ),
    "unsorted attributes": (
        {"subject": element(SEQUENCE, element(SET, attribute(element(0x0C, b"b")), attribute(element(0x0C, b"a"))))},
        "its subject has a relative distinguished name whose attributes are not sorted",
    ),
    "an empty set": (
        {"subject": element(SEQUENCE, element(SET), element(SET, attribute(element(0x0C, b"a"))))},
        "its subject has an empty relative distinguished name",
    ),
    "bit string in the name": (
        {"subject": name(attribute(bytes.fromhex("030400616263"), bytes.fromhex("060355042d")))},
        None,
    ),
    "long lengths": (
        {"subject": long_element(SEQUENCE, element(SET, attribute(element(0x0C, b"device"))))},
        "it has a length that is not encoded in the shortest form",
    ),
    "indefinite lengths": (
        {"subject": open_element(SEQUENCE, open_element(SET, attribute(element(0x0C, b"d"))))},
        "it has a length that is not encoded in the shortest form",
    ),
    "critical is false": (
        {"extensions": extension(SAN, GW, b"\1\1\0")},
        "its extension subject alternative name (2.5.29.17) writes out that it is not critical",
    ),
    "critical is true as 01": (
        {"extensions": extension(SAN, GW, b"\1\1\1")},
        "it has TRUE encoded as 01 instead of ff",
    ),
    "ca is true as 01": (
        {"extensions": extension(BASIC, element(SEQUENCE, b"\1\1\1"))},
        "its extension basic constraints (2.5.29.19) has TRUE encoded as 01",
    ),
    "ca is false": (
        {"extensions": extension(BASIC, element(SEQUENCE, b"\1\1\0"))},
        "its extension basic constraints (2.5.29.19) does not have the form",
    ),
    "empty extended key usage": (
        {"extensions": extension("551d25", element(SEQUENCE)) + extension(SAN, GW)},
        "its extension extended key usage (2.5.29.37) is an empty list",
    ),
    "a malformed extension": (
        {"extensions": extension("551d0f", b"\x04\x01\x05") + extension(SAN, GW)},
        "its extension key usage (2.5.29.15) does not have the form",
    ),
    "key identifier without serial": (
        {
            "extensions": extension("551d23", element(SEQUENCE, element(0xA1, element(0xA4, name()))))
            + extension(SAN, GW)
        },
        "its extension authority key identifier (2.5.29.35) has an issuer without a serial number",
    ),
    "key identifier with serial 0": (
        {
            "extensions": extension(
                "551d23", element(SEQUENCE, element(0xA1, element(0xA4, name())), element(0x82, b"\0"))
            )
            + extension(SAN, GW)
        },
        None,
    ),
    "another TLS feature": (
        {"extensions": extension("2b06010505070118", element(SEQUENCE, integer(6))) + extension(SAN, GW)},
        None,
    ),
    "an extension twice": (
        {"extensions": extension(SAN, GW) + extension(SAN, element(SEQUENCE, element(0x82, b"b.example")))},
        "it has the extension subject alternative name (2.5.29.17) 2 times",
    ),
    "a time in pieces": (
        validity(element(0x37, utc_time("250101"), utc_time("000000Z"))),
        "it has a string in pieces",
    ),
    "a set without the bit of constructed elements": (
        {"subject": element(SEQUENCE, element(0x11, attribute(element(0x0C, b"device"))))},
        "a strict parser rejects its subject",
    ),
    "a name without the bit of constructed elements": (
        {"subject": element(0x10, element(SET, attribute(element(0x0C, b"device"))))},
        "a strict parser rejects its subject",
    ),
    "malformed parameters": (
        {"algorithm": element(SEQUENCE, bytes.fromhex(ECDSA), element(SEQUENCE, b"\x06\x09\x2a"))},
        "the algorithm of its signature has parameters, but ecdsa-with-SHA256 has none",
    ),
    "an IP address of 5 bytes": (
        {"extensions": extension(SAN, element(SEQUENCE, element(0x87, b"12345"), element(0x82, b"gw.example")))},
        "its extension subject alternative name (2.5.29.17) has an IP address of 5 bytes",
    ),
    "utf-8 in a DNS name": (
        {"extensions": extension(SAN, element(SEQUENCE, element(0x82, "gw.中".encode())))},
        None,
    ),
    "latin-1 in a DNS name": (
        {"extensions": extension(SAN, element(SEQUENCE, element(0x82, b"g\xfc.example")))},
        "its extension subject alternative name (2.5.29.17) has characters beyond ASCII (DNS)",
    ),
}


def read(workshop: Any, **changed: bytes) -> Certificate:
    return read_certificate(body(certificate(workshop, **changed)))


def openssl(der: bytes) -> dict[str, str]:
    """Return what OpenSSL prints of a certificate."""
    options = ["-serial", "-subject", "-issuer", "-dates", "-sha256", "-fingerprint", "-dateopt", "iso_8601"]
    ran = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout", *options, "-nameopt", "RFC2253,-esc_msb,utf8"],
        input=der,
        capture_output=True,
        check=True,
    )
    # It breaks the line of a long serial number.
    text = ran.stdout.decode().replace("\\\n", "")
    return dict(re.findall(r"^([A-Za-z0-9 ]+)=(.*)$", text, re.MULTILINE))


@needs_openssl
@pytest.mark.parametrize("case", ODD)
def test_what_is_read_is_what_openssl_prints(workshop: Any, case: str) -> None:
    der = certificate(workshop, **ODD[case][0])
    own, printed = read_certificate(body(der)), openssl(der)
    assert own.parse_problem is None
    assert own.serial_number_hex == printed["serial"].lower()
    assert own.not_before == printed["notBefore"].replace(" ", "T")
    assert own.not_after == printed["notAfter"].replace(" ", "T")
    assert own.sha256_fingerprint == printed["sha256 Fingerprint"].replace(":", "").lower()
    assert sorted((own.subject or "").replace("2.5.4.45", "x500UniqueIdentifier").split("+")) == sorted(
        printed["subject"].removesuffix(",").removeprefix(",").split("+")
    )


@pytest.mark.parametrize("case", ODD)
def test_the_deviation_has_a_name(workshop: Any, case: str) -> None:
    changed, begins = ODD[case]
    deviation = read(workshop, **changed).deviation
    assert (deviation is None) if begins is None else (deviation or "").startswith(begins), deviation


def test_one_odd_extension_does_not_lose_another(workshop: Any) -> None:
    for changed, _ in ODD.values():
        own = read(workshop, **changed)
        if b"gw.example" in changed.get("extensions", b""):
            assert "DNS:gw.example" in (own.subject_alternative_names or [])
    assert read(workshop, **ODD["an extension twice"][0]).subject_alternative_names == [
        "DNS:gw.example",
        "DNS:b.example",
    ]
    assert read(workshop, **ODD["an IP address of 5 bytes"][0]).subject_alternative_names == [
        "IP:#87053132333435",
        "DNS:gw.example",
    ]
    assert read(workshop, **ODD["ca is true as 01"][0]).is_ca is True
    assert read(workshop, **ODD["ca is false"][0]).is_ca is False


def test_names_of_types_that_have_no_text_are_the_hex_of_their_element(workshop: Any) -> None:
    names = element(SEQUENCE, element(0xA5, element(0xA1, element(0x0C, b"p"))), element(0xA3, b"\5\0"))
    own = read(workshop, extensions=extension(SAN, names))
    assert own.subject_alternative_names == ["ediPartyName:#a505a1030c0170", "x400Address:#a3020500"]


@pytest.mark.parametrize(
    ("changed", "field", "problem"),
    [
        (validity(utc_time("251301000000Z")), "not_before", "its start of validity is not a time"),
        (validity(utc_time("yesterday")), "not_before", "its start of validity is not a time: 'yesterday'"),
        (validity(element(0x18, b"00000101000000Z")), "not_before", "its start of validity is not a time, or its year"),
        (validity(element(0x18, b"00010101000000+0100")), "not_before", "its start of validity is not a time, or its"),
        (validity(element(0x18, b"20250101000000+1300")), "not_before", "its start of validity is not a time"),
        (validity(element(0x0C, b"250101000000Z")), "not_before", "its start of validity has the tag 0c instead of 17"),
        (
            {"serial": element(0x02, b"\x11" * 5000)},
            "serial_number",
            "its serial number is too long to write in decimal",
        ),
        (
            {"extensions": extension(SAN, b"\x30\x20")},
            "subject_alternative_names",
            "its list of alternative names is cut off",
        ),
        (
            {"extensions": extension(BASIC, b"\x30\x20")},
            "is_ca",
            "its basic constraints extension is cut off",
        ),
        ({"subject": element(SEQUENCE, element(SET, element(SEQUENCE)))}, "subject", "its subject has an attribute"),
    ],
)
def test_a_field_that_nothing_can_read_is_absent_and_named(
    workshop: Any, changed: dict[str, bytes], field: str, problem: str
) -> None:
    own = read(workshop, **changed)
    assert getattr(own, field) is None
    assert (own.parse_problem or "").startswith(problem)
    assert own.issuer == "CN=ca"
    assert own.not_after == "2035-01-01T00:00:00Z"


def test_an_empty_algorithm_loses_itself_alone(workshop: Any) -> None:
    own = read(workshop, algorithm=element(SEQUENCE))
    assert own.signature_algorithm is None
    assert own.parse_problem == "its signature's algorithm has 0 parts instead of 1"
    assert own.subject == "CN=device"


def test_a_structure_that_nothing_can_read_keeps_pem_and_fingerprints(workshop: Any) -> None:
    own = read(workshop, serial=element(0x0C, b"1"))
    assert own.parse_problem == "nothing can read its structure: it has the tag 0c instead of 02"
    assert own.certificate_pem.startswith("-----BEGIN CERTIFICATE-----\n")
    assert own.serial_number is own.subject is own.not_after is None


def test_the_whole_certificate_may_have_an_indefinite_length(workshop: Any) -> None:
    der = certificate(workshop)
    content = der[3:]  # the header has three bytes
    own = read_certificate(body(b"\x30\x80" + content + b"\0\0"))
    assert own.certificate_pem == read_certificate(body(der)).certificate_pem
    assert own.deviation == "it has a length that is not encoded in the shortest form"


def test_a_defect_of_the_reader_itself_is_a_problem_of_the_certificate(workshop: Any) -> None:
    with patch("alicloud_device_certificates.certificate.lenient.read_structure", side_effect=KeyError(6)):
        own = read(workshop, **ODD["no seconds"][0])
    assert own.parse_problem == "reading it failed unexpectedly (KeyError): please report it"


def test_unknown_algorithms_are_shown_by_their_oid(workshop: Any) -> None:
    unknown = element(SEQUENCE, oid("2a0304"))
    own = read(workshop, algorithm=unknown, inner_algorithm=unknown)
    assert own.signature_algorithm == "1.2.3.4"
