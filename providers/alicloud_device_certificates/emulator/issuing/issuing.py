"""Real keys, CAs and certificates, by `cryptography`. Imported only when something has to be issued or re-shaped."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey


class Order(msgspec.Struct, kw_only=True, frozen=True):
    """What is to be certified.

    Times in milliseconds since 1970 UTC; `serial` is the X.509 serial number, random when None; `names` are subject
    alternative names with their kind in front (`DNS:`, `IP:`, `URI:`, `email:`).
    """

    common_name: str
    subject: str | None
    names: list[str]
    key_type: str
    serial: int | None
    not_before: int
    not_after: int
    is_ca: bool = False


class Issued(msgspec.Struct, kw_only=True, frozen=True):
    """A certificate and its private key, both PEM (LF); the key is PKCS#8. The serial in lower-case hex."""

    certificate_pem: str
    private_key_pem: str
    serial_hex: str

    def __repr__(self) -> str:
        return "Issued(certificate_pem=..., private_key_pem=[secure])"


def new_key(key_type: str) -> Key:
    """A new private key of one of the scenario's key types."""
    match key_type:
        case "ec-p256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ec-p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "ed448":
            return ed448.Ed448PrivateKey.generate()
        case _:
            bits = int(key_type.removeprefix("rsa"))
            return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def read_key(pem: str) -> Key:
    """One of our own keys. Its RSA consistency check (slow) is left out: nobody else wrote it."""
    key = serialization.load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, Key)  # noqa: S101 - new_key makes no other
    return key


class Issuer(Protocol):
    """Whoever signs: its certificate and its private key, both PEM."""

    @property
    def certificate_pem(self) -> str: ...  # noqa: D102
    @property
    def private_key_pem(self) -> str: ...  # noqa: D102


def issue(order: Order, *, issuer: Issuer | None = None, key_pem: str | None = None) -> Issued:
    """Certifies a new key, or the one in `key_pem`; signed by `issuer`, or by itself when there is none.

    Raises ValueError, one line, for a subject or an alternative name that X.509 cannot hold.
    """
    key = read_key(key_pem) if key_pem is not None else new_key(order.key_type)
    subject = _subject(order)
    if issuer is None:
        signer, issuer_name, authority = key, subject, key.public_key()
    else:
        ca = x509.load_pem_x509_certificate(issuer.certificate_pem.encode())
        signer, issuer_name = read_key(issuer.private_key_pem), ca.subject
        authority = signer.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(order.serial or x509.random_serial_number())
        .not_valid_before(_at(order.not_before))
        .not_valid_after(_at(order.not_after))
        .add_extension(x509.BasicConstraints(ca=order.is_ca, path_length=None), critical=True)
        .add_extension(_usage(is_ca=order.is_ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False)
    )
    if not order.is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    if order.names:
        names = x509.SubjectAlternativeName([_alternative(name) for name in order.names])
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(signer, _digest(signer))
    return Issued(
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        private_key_pem=write_key(key, serialization.PrivateFormat.PKCS8),
        serial_hex=f"{certificate.serial_number:x}",
    )


def write_key(key: Key, form: serialization.PrivateFormat) -> str:
    """A private key as unencrypted PEM: PKCS#8, or (TraditionalOpenSSL) PKCS#1 for RSA and SEC1 for EC."""
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def random_certificate_id() -> str:
    """A certificate's identifier as IoT Platform gives them out: digits that are not the X.509 serial number."""
    return f"6362{secrets.randbelow(10**12):012d}"


def _subject(order: Order) -> x509.Name:
    if order.subject is None:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, order.common_name[:64])])
    try:
        return x509.Name.from_rfc4514_string(order.subject)
    except ValueError:
        raise ValueError(f"{order.subject!r} is not a subject such as CN=gateway,O=Plant") from None


def _alternative(text: str) -> x509.GeneralName:
    kind, _, value = text.partition(":")
    match kind:
        case "DNS":
            return x509.DNSName(value)
        case "IP":
            return x509.IPAddress(ipaddress.ip_address(value))
        case "URI":
            return x509.UniformResourceIdentifier(value)
        case "email":
            return x509.RFC822Name(value)
        case _:
            raise ValueError(f"{text!r} does not begin with DNS:, IP:, URI: or email:")


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def _digest(signer: Key) -> hashes.SHA256 | hashes.SHA384 | None:
    if isinstance(signer, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)):
        return None
    if isinstance(signer, ec.EllipticCurvePrivateKey) and signer.key_size > 256:
        return hashes.SHA384()
    return hashes.SHA256()


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(tzinfo=None)
