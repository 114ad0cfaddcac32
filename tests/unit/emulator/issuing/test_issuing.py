from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from alicloud_device_certificates.emulator.issuing.certificates import issue, read_key
from alicloud_device_certificates.emulator.issuing.record import CertificateRecord
from alicloud_device_certificates.emulator.issuing.specification import CertificateSpecification

NOT_BEFORE, NOT_AFTER = 1_800_000_000_000, 1_900_000_000_000


def issued(**fields: Any) -> CertificateRecord:
    usual: dict[str, Any] = {"identity": "mqtt/i/c/d", "common_name": "gateway", "key": "ec-p256", "serial": 0x3562}
    specification = CertificateSpecification(**usual | {"valid_from": "-1d", "valid_until": "+1d"} | fields)
    return issue(specification, validity=(NOT_BEFORE, NOT_AFTER))


def read(record: CertificateRecord) -> x509.Certificate:
    return x509.load_pem_x509_certificate(record.certificate_pem.encode())


@pytest.mark.parametrize(
    ("key_type", "kind", "bits"),
    [
        ("rsa1024", rsa.RSAPrivateKey, 1024),
        ("rsa2048", rsa.RSAPrivateKey, 2048),
        ("ec-p256", ec.EllipticCurvePrivateKey, 256),
        ("ec-p384", ec.EllipticCurvePrivateKey, 384),
        ("ed25519", ed25519.Ed25519PrivateKey, None),
        ("ed448", ed448.Ed448PrivateKey, None),
    ],
)
def test_a_certificate_and_its_key_belong_together(key_type: str, kind: type, bits: int | None) -> None:
    record = issued(key=key_type)
    key = read_key(record)
    assert isinstance(key, kind)
    assert getattr(key, "key_size", None) == bits
    assert read(record).public_key() == key.public_key()
    assert record.serial_hex == "3562"


@pytest.mark.parametrize("ca_key", ["rsa1024", "ec-p256", "ec-p384", "ed25519", "ed448"])
def test_a_ca_of_any_kind_signs(ca_key: str) -> None:
    ca = issued(common_name="CA", key=ca_key, is_ca=True)
    leaf = issued(issuer=ca)
    read(leaf).verify_directly_issued_by(read(ca))


def test_a_certificate_says_what_it_is_for() -> None:
    leaf, ca = read(issued()), read(issued(is_ca=True))
    assert [c.extensions.get_extension_for_class(x509.BasicConstraints).value.ca for c in (leaf, ca)] == [False, True]
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert (leaf.not_valid_before_utc.timestamp() * 1000, leaf.not_valid_after_utc.timestamp() * 1000) == (
        NOT_BEFORE,
        NOT_AFTER,
    )


def test_a_subject_and_alternative_names_are_the_ones_requested() -> None:
    names = ["DNS:a.example", "IP:192.0.2.1", "IP:2001:db8::1", "URI:urn:device:1", "email:a@example.com"]
    certificate = read(issued(subject="CN=a,O=Plant\\, North", names=names))
    assert certificate.subject.rfc4514_string() == "CN=a,O=Plant\\, North"
    given = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in given] == [name.partition(":")[2] for name in names]


def test_a_long_name_is_cut_to_what_a_common_name_holds() -> None:
    assert read(issued(common_name="x" * 128)).subject.rfc4514_string() == f"CN={'x' * 64}"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"subject": "no"}, "'no' is not a subject"),
        ({"names": ["a.example"]}, "'a.example' does not begin with DNS:"),
        ({"names": ["IP:x"]}, "'x' does not appear to be an IPv4 or IPv6 address"),
        ({"names": ["DNS:ü"]}, "DNSName values should be passed as an A-label string"),
    ],
)
def test_what_x509_cannot_hold_is_a_value_error(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        issued(**more)


def test_a_device_that_cannot_be_issued_is_one_line_of_the_emulators_own(
    emulate: Callable[[str], Any], one_device: Callable[[str], str]
) -> None:
    response = emulate(one_device("names: [nonsense]")).mqtt()
    assert (response.status_code, response.json()["Code"]) == (400, "EmulatorUnusable")
    assert "mqtt/post-cn-1/00f2/356201" in response.json()["Message"]
    assert "nonsense" in response.json()["Message"]


def test_a_self_signed_device_and_a_serial_of_its_own(
    emulate: Callable[[str], Any], one_device: Callable[[str], str]
) -> None:
    scenario = one_device("self_signed: true, serial: BEEF, shape: pem, label: CERTIFICATE")
    data = emulate(scenario).mqtt().json()["Data"]
    certificate = x509.load_pem_x509_certificate(data["DeviceContent"].encode())
    assert certificate.issuer == certificate.subject
    assert certificate.serial_number == 0xBEEF


@pytest.mark.parametrize("serial", ["0", "8" + "0" * 39, "f" * 40])
def test_a_serial_that_x509_cannot_hold_is_made_up(
    emulate: Callable[[str], Any], one_device: Callable[[str], str], serial: str
) -> None:
    data = emulate(one_device(f"serial: {serial}, shape: pem, label: CERTIFICATE")).mqtt().json()["Data"]
    assert x509.load_pem_x509_certificate(data["DeviceContent"].encode()).serial_number != int(serial, 16)


def test_no_key_is_in_a_repr() -> None:
    assert "PRIVATE" not in repr(issued())
