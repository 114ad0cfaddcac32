from __future__ import annotations

import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.openssl import needs_openssl
from tests.unit.gate.issued import issue
from tools.corpus.openssl import find_openssl

from alicloud_device_certificates.certificate import read_certificate, same_public_key

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
ONE = issue("a", BEGIN, END, serial=1, key=5)


def test_certificates_of_the_same_key_are_recognized() -> None:
    assert same_public_key(ONE, issue("b", BEGIN, END, serial=2, key=5)) is True
    assert same_public_key(ONE, issue("a", BEGIN, END, serial=1, key=6)) is False


@pytest.mark.parametrize("other", ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_cannot_be_read_cannot_be_compared(other: str) -> None:
    assert same_public_key(ONE, other) is None
    assert same_public_key(other, ONE) is None


def test_a_renewal_for_the_same_key_keeps_its_digest() -> None:
    renewed = issue("a", BEGIN, END, serial=2, key=5)
    assert read_certificate(ONE).public_key_sha256 == read_certificate(renewed).public_key_sha256
    other = issue("a", BEGIN, END, serial=1, key=6)
    assert read_certificate(ONE).public_key_sha256 != read_certificate(other).public_key_sha256


VECTORS = sorted(path.stem for path in (Path(__file__).parents[1] / "vectors/certificate").glob("*.pem"))


@needs_openssl
@pytest.mark.parametrize("name", VECTORS)
def test_the_digest_is_that_of_the_key_which_openssl_takes_out(name: str, vector: Callable[[str], str]) -> None:
    assert read_certificate(vector(name)).public_key_sha256 == _sha256_by_openssl(vector(name))


@needs_openssl
def test_a_certificate_that_only_the_lenient_reader_takes_has_the_digest(workshop: Any) -> None:
    der = workshop.der(workshop.certificate("the-subject"))
    # TRUE as 01: the strict parser rejects it.
    odd = der.replace(bytes.fromhex("0101ff"), bytes.fromhex("010101"))
    certificate = read_certificate(b64encode(odd).decode())
    assert certificate.deviation is not None
    assert certificate.public_key_sha256 == _sha256_by_openssl(certificate.certificate_pem)


def test_a_key_of_an_unknown_algorithm_has_a_digest_and_no_size(workshop: Any) -> None:
    der = workshop.der(workshop.certificate(key=workshop.key("ed25519")))
    unknown = der.replace(bytes.fromhex("06032b6570"), bytes.fromhex("06032b657f"))
    certificate = read_certificate(b64encode(unknown).decode())
    info = unknown[unknown.index(bytes.fromhex("302a300506032b657f")) :][:44]
    assert (certificate.public_key_bits, certificate.parse_problem) == (None, None)
    assert certificate.public_key_sha256 == sha256(info).hexdigest()


def test_an_rsa_key_with_a_negative_modulus_has_no_digest_because_openssl_reads_another_key(workshop: Any) -> None:
    made = workshop.certificate(key=workshop.key("rsa"))
    n = made.public_key().public_numbers().n
    negative = workshop.der(made).replace(n.to_bytes(256), (n | 1 << 2047).to_bytes(256))
    negative = negative.replace(b"\x02\x82\x01\x01\x00", b"\x02\x82\x01\x01\xff")
    certificate = read_certificate(b64encode(negative).decode())
    assert certificate.public_key_sha256 is None
    assert certificate.parse_problem == "its public key is not a valid RSA key"


def test_bytes_that_are_no_key_have_no_digest(workshop: Any) -> None:
    der = bytearray(workshop.der(workshop.certificate()))
    der[der.index(b"\x03\x42\x00\x04") + 10] ^= 1
    certificate = read_certificate(b64encode(bytes(der)).decode())
    assert (certificate.public_key_sha256, certificate.public_key_bits) == (None, None)
    assert certificate.parse_problem == "its public key is not a valid key of its algorithm (EC)"


def _sha256_by_openssl(certificate: str) -> str:
    printed = subprocess.run(
        [find_openssl(), "x509", "-noout", "-pubkey"], input=certificate, capture_output=True, text=True, check=True
    ).stdout
    return sha256(b64decode("".join(printed.splitlines()[1:-1]))).hexdigest()
