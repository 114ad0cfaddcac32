"""Compared with what OpenSSL printed about certificates that it made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from alicloud_device_certificates.certificate import CertificateError, read_certificate, read_private_key

NAMES = [
    "dsa",
    "ec-p256",
    "ec-p384",
    "ec-p521",
    "ed25519",
    "ed448",
    "never-expires",
    "rsa",
    "rsa-md5",
    "rsa-pss",
    "rsa-pss-key",
    "rsa-sha512",
    "sm2",
    "v1",
    "zero-serial",
]
ALGORITHMS = {
    "rsaEncryption": "RSA",
    "rsassaPss": "RSA",
    "id-ecPublicKey": "EC",
    "dsaEncryption": "DSA",
    "ED25519": "Ed25519",
    "ED448": "Ed448",
}


@pytest.mark.parametrize("name", NAMES)
def test_openssl_says_the_same(vector: Callable[[str], str], name: str) -> None:
    text = vector(name)
    printed = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[a-zA-Z0-9 ]+=", line))
    certificate = read_certificate(text)
    assert certificate.parse_problem is None
    assert certificate.serial_number_hex == printed["serial"].lower()
    assert certificate.serial_number == str(int(printed["serial"], 16))
    assert certificate.subject == printed["subject"]
    assert certificate.issuer == printed["issuer"]
    assert certificate.not_before == printed["notBefore"].replace(" ", "T")
    assert certificate.not_after == printed["notAfter"].replace(" ", "T")
    assert certificate.sha1_fingerprint == printed["sha1 Fingerprint"].replace(":", "").lower()
    assert certificate.sha256_fingerprint == printed["sha256 Fingerprint"].replace(":", "").lower()
    assert certificate.certificate_pem == text[text.index("-----BEGIN") :]

    said = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    assert certificate.signature_algorithm == {"ED25519": "Ed25519", "ED448": "Ed448"}.get(
        said["Signature Algorithm"], said["Signature Algorithm"]
    )
    assert certificate.public_key_algorithm == ALGORITHMS[said["Public Key Algorithm"]]
    assert certificate.is_ca is ("CA:TRUE" in text)
    if bits := re.search(r"Public-Key: \((\d+) bit\)", text):
        # The parser does not know the curve SM2.
        assert certificate.public_key_bits == (None if name == "sm2" else int(bits[1]))


def test_every_kind_of_alternative_name_is_reported_in_the_certificates_order(vector: Callable[[str], str]) -> None:
    assert read_certificate(vector("rsa")).subject_alternative_names == [
        "DNS:device-1.example",
        "IP:192.0.2.1",
        "IP:2001:db8::1",
        "URI:urn:device:1",
        "email:ops@example.com",
        "RID:1.2.3.4",
        "otherName:1.3.6.1.4.1.99999.1",
        "dirName:O=Example,CN=directory name",
    ]


def test_the_most_specific_of_several_common_names_is_taken(vector: Callable[[str], str]) -> None:
    certificate = read_certificate(vector("rsa-sha512"))
    assert (certificate.subject, certificate.subject_common_name) == ("CN=names,CN=two", "names")


def test_a_subject_without_common_name_has_none(vector: Callable[[str], str]) -> None:
    assert read_certificate(vector("ec-p521")).subject_common_name is None


def test_no_expiry_is_the_end_of_the_year_9999(vector: Callable[[str], str]) -> None:
    certificate = read_certificate(vector("never-expires"))
    assert (certificate.not_before, certificate.not_after) == ("1950-01-01T00:00:00Z", "9999-12-31T23:59:59Z")


def test_a_time_that_nothing_can_read_loses_itself_alone(vector: Callable[[str], str]) -> None:
    text = vector("month-13")
    certificate = read_certificate(text)
    printed = dict(line.split("=", 1) for line in text.splitlines() if " Fingerprint=" in line)
    assert certificate.certificate_pem == text[text.index("-----BEGIN") :]
    assert certificate.sha1_fingerprint == printed["sha1 Fingerprint"].lower()
    assert certificate.sha256_fingerprint == printed["sha256 Fingerprint"].lower()
    assert certificate.parse_problem is not None
    assert certificate.parse_problem.startswith("its start of validity is not a time")
    lost = {field.name for field in fields(certificate) if getattr(certificate, field.name) is None}
    assert lost == {"not_before", "deviation"}


def test_a_negative_serial_number_is_reported_and_loses_nothing_else(vector: Callable[[str], str]) -> None:
    text = vector("negative-serial")
    certificate = read_certificate(text)
    assert certificate.parse_problem is None
    assert certificate.deviation == "its serial number is negative"
    # `openssl x509 -serial`
    assert certificate.serial_number_hex == "-7f0d96ffff4579"
    assert certificate.serial_number == "-35762264233428345"
    assert certificate.not_after == read_certificate(vector("ec-p256")).not_after


def test_a_private_key_of_an_unknown_kind_cannot_be_checked(vector: Callable[[str], str], workshop: Any) -> None:
    with pytest.raises(CertificateError, match="the private key cannot be checked"):
        read_private_key(workshop.pkcs8(workshop.key("ec")), read_certificate(vector("sm2")))
