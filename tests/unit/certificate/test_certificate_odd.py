"""Certificates that OpenSSL reads and a strict parser rejects, or reads differently."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from alicloud_device_certificates.certificate import (
    Certificate,
    check_issued_by,
    cross_check,
    read_certificate,
    read_private_key,
)

ODD = Path(__file__).parents[1] / "vectors" / "odd"

ORDINARY = {
    "serial_number_hex": "4660",
    "not_before": "2025-01-01T00:00:00Z",
    "not_after": "2035-01-01T00:00:00Z",
    "subject": "CN=gateway-77",
    "subject_common_name": "gateway-77",
    "public_key_algorithm": "EC",
    "public_key_bits": 256,
    "signature_algorithm": "ecdsa-with-SHA256",
    "parse_problem": None,
}
NAMED = {"subject_alternative_names": ["DNS:gw.example"], "is_ca": False}
CRITICAL = "its extension subject alternative name (2.5.29.17) writes out that it is not critical, which is the default"

EXPECTED: dict[str, dict[str, object]] = {
    "aki-issuer-without-serial": {
        **NAMED,
        "deviation": "its extension authority key identifier (2.5.29.35) has an issuer without a serial number",
    },
    "basicconstraints-true-as-01": {
        **NAMED,
        "is_ca": True,
        "deviation": "its extension basic constraints (2.5.29.19) has TRUE encoded as 01 instead of ff",
    },
    "bitstring-in-the-name": {
        "subject": "CN=g,2.5.4.45=#030400616263",
        "subject_common_name": "g",
        "deviation": None,
    },
    "country-of-three-letters": {"subject": "CN=gateway-77,C=CHN", "deviation": None},
    "critical-false-explicit": {**NAMED, "deviation": CRITICAL},
    "critical-false-with-key": {**NAMED, "deviation": CRITICAL},
    "ec-key-of-33-octets": {**NAMED, "deviation": None},
    "eku-empty": {**NAMED, "deviation": "its extension extended key usage (2.5.29.37) is an empty list"},
    "idevid-without-expiry": {"not_after": "9999-12-31T23:59:59Z", "deviation": None},
    "issuer-utf8-ca-printable": {"issuer": "CN=Fleet CA", "deviation": None},
    "json-u002B": {**NAMED, "deviation": None},
    "pem-within-pem-lines": {**NAMED, "deviation": None},
    "sha1-chain-in-one-body": {"signature_algorithm": "sha1WithRSAEncryption", "deviation": None},
    "sha1-leaf-and-its-ca": {"signature_algorithm": "sha1WithRSAEncryption", "deviation": None},
    "teletex-latin1": {
        "subject": "CN=Zürich",
        "subject_common_name": "Zürich",
        "deviation": "its subject has characters that a TeletexString (CN) does not have; they were read as Latin-1",
    },
    "tls-feature-6": {**NAMED, "deviation": None},
    "version-1-ca": {**NAMED, "issuer": "CN=Fleet CA", "deviation": None},
    "utctime-with-offset": {
        "deviation": "its start of validity has an offset from UTC; its end of validity has an offset from UTC"
    },
    "utctime-without-seconds": {
        "deviation": "its start of validity has no seconds; its end of validity has no seconds"
    },
}


def text(name: str, file: str) -> str:
    return (ODD / name / f"{file}.txt").read_text(encoding="utf-8")


def read(name: str, file: str = "body") -> Certificate:
    return read_certificate(text(name, file))


def test_each_vector_is_tested() -> None:
    assert set(EXPECTED) == {folder.name for folder in ODD.iterdir() if folder.is_dir()}


@pytest.mark.parametrize("name", EXPECTED)
def test_all_that_openssl_reads_is_read(name: str) -> None:
    expected = ORDINARY | EXPECTED[name]
    certificate = read(name)
    assert {field: getattr(certificate, field) for field in expected} == expected


@pytest.mark.parametrize("name", EXPECTED)
def test_a_deviation_is_one_warning_that_says_what_it_is(name: str) -> None:
    certificate = read(name)
    found = [(warning.code, warning.message) for warning in cross_check(certificate)]
    message = f"the certificate does not conform to RFC 5280 and DER: {certificate.deviation}"
    assert found == ([] if certificate.deviation is None else [("nonconforming", message)])


@pytest.mark.parametrize("name", ["critical-false-with-key", "ec-key-of-33-octets"])
def test_a_private_key_is_checked_and_returned(name: str) -> None:
    assert read_private_key(text(name, "key"), read(name)) == text(name, "want")


@pytest.mark.parametrize("name", ["idevid-without-expiry", "issuer-utf8-ca-printable", "sha1-leaf-and-its-ca"])
def test_the_ca_that_issued_it_is_no_warning(name: str) -> None:
    assert check_issued_by(read(name), read(name, "ca")) == []


@pytest.mark.parametrize(("name", "file"), [("issuer-utf8-ca-printable", "both"), ("sha1-chain-in-one-body", "body")])
def test_a_chain_is_put_in_order(name: str, file: str) -> None:
    certificate = read(name, file)
    assert (certificate.subject, [issuer.subject for issuer in certificate.issuers]) == (
        "CN=gateway-77",
        ["CN=Fleet CA"],
    )


def test_a_ca_of_version_1_is_a_warning_of_its_own() -> None:
    (warning,) = check_issued_by(read("version-1-ca"), read("version-1-ca", "ca"))
    assert warning.code == "version_1_ca"


def test_the_parsers_warnings_reach_no_one(recwarn: pytest.WarningsRecorder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in EXPECTED:
            read(name)
    assert not recwarn.list


def test_nothing_is_on_standard_error_even_if_warnings_are_errors() -> None:
    program = (
        "import sys; from alicloud_device_certificates.certificate import read_certificate\n"
        "for path in sys.argv[1:]: print(read_certificate(open(path, encoding='utf-8').read()).subject)"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", program, *map(str, sorted(ODD.glob("*/body.txt")))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    assert len(ran.stdout.splitlines()) == len(EXPECTED)
