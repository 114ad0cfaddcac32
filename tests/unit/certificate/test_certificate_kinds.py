"""Other content than a certificate is recognized by its structure and never returned as a certificate."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)

from alicloud_device_certificates.certificate import CertificateError, read_certificate


def _refusal(der: bytes) -> str:
    text = b64encode(der).decode()
    said = set()
    for body in (text, f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"):
        with pytest.raises(CertificateError) as raised:
            read_certificate(body)
        said.add(str(raised.value))
    assert len(said) == 1
    return said.pop()


@pytest.mark.parametrize("kind", ["rsa", "ec", "ed25519", "ed448", "dsa"])
def test_a_private_key_is_rejected_under_any_label(workshop: Any, kind: str) -> None:
    key = workshop.key(kind)
    formats = [PrivateFormat.PKCS8, *([PrivateFormat.TraditionalOpenSSL] if not kind.startswith("ed") else [])]
    for form in formats:
        said = _refusal(key.private_bytes(Encoding.DER, form, NoEncryption()))
        assert said == "expected a certificate, found a private key"


def test_a_private_key_is_rejected_by_its_label(workshop: Any) -> None:
    with pytest.raises(CertificateError, match="found a private key"):
        read_certificate(workshop.pkcs8(workshop.key("ec")))


def test_an_encrypted_private_key_is_rejected(workshop: Any) -> None:
    key = workshop.key("ec")
    said = _refusal(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")))
    assert said.endswith("found an encrypted private key")


def test_public_keys_are_rejected(workshop: Any) -> None:
    for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        assert _refusal(workshop.key("rsa").public_key().public_bytes(Encoding.DER, form)).endswith(
            "found a public key"
        )


@pytest.mark.parametrize("named", [True, False])
def test_a_certificate_request_is_rejected(workshop: Any, named: bool) -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(workshop.certificate().subject)
    if named:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("a.example")]), critical=False)
    request = builder.sign(workshop.key("ec"), hashes.SHA256())
    assert _refusal(request.public_bytes(Encoding.DER)).endswith("found a certificate request")


def test_a_revocation_list_is_rejected(workshop: Any) -> None:
    moment = datetime(2022, 1, 1, tzinfo=UTC)
    revoked = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(workshop.certificate().subject)
        .last_update(moment)
        .next_update(moment.replace(year=2023))
        .sign(workshop.key("ec"), hashes.SHA256())
    )
    assert _refusal(revoked.public_bytes(Encoding.DER)).endswith("found a certificate revocation list")


def test_bundles_are_rejected(workshop: Any) -> None:
    certificate, key = workshop.certificate(), workshop.key("ec")
    bundle = pkcs7.serialize_certificates([certificate], Encoding.DER)
    assert _refusal(bundle).endswith("found a PKCS#7 bundle")
    archive = pkcs12.serialize_key_and_certificates(None, key, certificate, None, NoEncryption())
    assert _refusal(archive).endswith("found a PKCS#12 file")
