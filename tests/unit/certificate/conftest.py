"""A workshop for certificates: every kind of key, each made once for the whole session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

VECTORS = Path(__file__).parents[1] / "vectors" / "certificate"

_MAKERS: dict[str, Callable[[], CertificateIssuerPrivateKeyTypes]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec-p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ed448": ed448.Ed448PrivateKey.generate,
    "dsa": lambda: dsa.generate_private_key(1024),
}


class Workshop:
    """Makes keys and certificates."""

    def __init__(self) -> None:
        self._keys = cache(lambda kind, which: _MAKERS[kind]())
        self.certificate = cache(self._certificate)

    def key(self, kind: str = "ec", which: str = "") -> CertificateIssuerPrivateKeyTypes:
        """Return the key of this kind and name, the same one each time."""
        return self._keys(kind, which)

    def _certificate(
        self,
        subject: str = "device-1",
        issuer: str | None = None,
        *,
        key: CertificateIssuerPrivateKeyTypes | None = None,
        by: CertificateIssuerPrivateKeyTypes | None = None,
        ca: bool = False,
        serial: int = 0x00F26900BA87,
        extensions: Iterable[x509.ExtensionType] = (),
    ) -> x509.Certificate:
        """Return a certificate of ``key``, signed ``by`` another one or itself, the same one each time."""
        key = key or self.key("ec")
        by = by or key
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(subject if issuer is None else issuer))
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(datetime(2022, 6, 2, 2, 35, 3, tzinfo=UTC))
            .not_valid_after(datetime(2032, 5, 30, 2, 35, 3, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        pure = isinstance(by, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
        return builder.sign(by, None if pure else hashes.SHA256())

    @staticmethod
    def pem(certificate: x509.Certificate) -> str:
        """Write a certificate as its library does."""
        return certificate.public_bytes(Encoding.PEM).decode()

    @staticmethod
    def der(certificate: x509.Certificate) -> bytes:
        """Write a certificate as its library does."""
        return certificate.public_bytes(Encoding.DER)

    @staticmethod
    def pkcs8(key: CertificateIssuerPrivateKeyTypes) -> str:
        """Write a key as its library does."""
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else [])


@pytest.fixture(scope="session")
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture(scope="session")
def vector() -> Callable[[str], str]:
    """Return a function that reads a vector (see its make.sh): OpenSSL's text of a certificate, and its PEM."""
    return lambda name: (VECTORS / f"{name}.pem").read_text(encoding="utf-8")
