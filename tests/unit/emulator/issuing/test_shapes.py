from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from alicloud_device_certificates.emulator.issuing.record import CertificateRecord
from alicloud_device_certificates.emulator.issuing.shapes import certificate_body
from alicloud_device_certificates.emulator.scenario.loading import convert
from alicloud_device_certificates.emulator.scenario.scenario import Scenario
from alicloud_device_certificates.emulator.world.state import StateFolder
from alicloud_device_certificates.emulator.world.world import World

KEYS = ["rsa1024", "ec-p256", "ec-p384", "ed25519", "ed448"]
Body = Callable[[str], str]


@pytest.fixture(params=KEYS)
def issued(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[CertificateRecord, CertificateRecord]:
    """A device's certificate and its CA's, for each kind of key."""
    user = {"access_key_id": "a", "access_key_secret": "b"}
    ca = {"sn": "00f2", "key": request.param, "devices": [{"sn": "356201", "key": request.param}]}
    account = {"id": "1", "users": [user], "mqtt_instances": [{"id": "i", "cas": [ca]}]}
    world = World(convert({"accounts": [account]}, Scenario), StateFolder(tmp_path))
    (device,) = world.devices().values()
    return world.certificate(device), world.issuer(device)


@pytest.fixture
def body(issued: tuple[CertificateRecord, CertificateRecord]) -> Body:
    def shaped(shape: Any, label: str = "CERTIFICATE") -> str:
        return certificate_body(issued[0], shape=shape, label=label, issuer=issued[1])

    return shaped


def test_each_readable_shape_holds_the_same_certificate(
    issued: tuple[CertificateRecord, CertificateRecord], body: Body
) -> None:
    pem = issued[0].certificate_pem
    der = x509.load_pem_x509_certificate(pem.encode())
    assert body("pem") == pem
    assert body("escaped-newlines") == pem.strip().replace("\n", "\\n")
    assert body("crlf") == pem.replace("\n", "\r\n")
    assert x509.load_der_x509_certificate(base64.b64decode(body("base64"), validate=True)) == der
    assert x509.load_der_x509_certificate(base64.b64decode(body("base64-lines"))) == der
    assert max(map(len, body("base64-lines").splitlines())) == 64
    assert pem in body("with-text")
    assert not body("with-text").startswith("-")


def test_a_chain_comes_leaf_first_or_last(issued: tuple[CertificateRecord, CertificateRecord], body: Body) -> None:
    leaf, ca = (record.certificate_pem for record in issued)
    assert body("chain") == leaf + ca
    assert body("chain-reversed") == ca + leaf
    assert certificate_body(issued[1], shape="chain", label="CERTIFICATE", issuer=None) == ca


def test_a_label_of_ones_own_is_in_both_lines(issued: tuple[CertificateRecord, CertificateRecord]) -> None:
    text = certificate_body(issued[0], shape="chain", label="DEVICECERTIFICATE", issuer=issued[1])
    assert text.count("-----BEGIN DEVICECERTIFICATE-----\n") == text.count("-----END DEVICECERTIFICATE-----\n") == 2
    assert "-----BEGIN CERTIFICATE" not in text


@pytest.mark.parametrize("shape", ["negative-serial", "odd-times"])
def test_der_that_parsers_refuse_is_still_pem_of_the_same_length(
    issued: tuple[CertificateRecord, CertificateRecord], body: Body, shape: str
) -> None:
    text = body(shape)
    assert len(text) == len(issued[0].certificate_pem)
    # A negative serial number is a warning yet, and is to become an error with one of the next releases.
    with pytest.raises((ValueError, CryptographyDeprecationWarning)):
        read_everything(x509.load_pem_x509_certificate(text.encode()))


def read_everything(certificate: x509.Certificate) -> list[object]:
    return [certificate.serial_number, certificate.not_valid_before_utc, certificate.not_valid_after_utc]


def test_what_is_no_certificate_at_all(body: Body) -> None:
    assert "%%" in body("garbage")
    assert body("html").startswith("<html>")
    assert body("empty") == ""
