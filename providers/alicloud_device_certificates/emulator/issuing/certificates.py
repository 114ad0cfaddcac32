"""Real keys, CAs and certificates, by ``cryptography``. Imported only to issue a certificate or reshape a key."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from alicloud_device_certificates.emulator.issuing.record import CertificateRecord, DamagedRecordError
from alicloud_device_certificates.emulator.issuing.specification import CertificateSpecification

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey


def issue(
    specification: CertificateSpecification,
    *,
    validity: tuple[int, int],
    key_of: CertificateRecord | None = None,
    new_serial: bool = False,
) -> CertificateRecord:
    """Issue a certificate for a new key, or for that of ``key_of``.

    ``validity`` is not before and not after in milliseconds since 1970 UTC, which the specification leaves relative.
    ``new_serial`` ignores the specification's serial number. Raise ValueError, one line, for a subject or an
    alternative name that X.509 cannot hold, and DamagedRecordError for a record that the certificate needs.
    """
    not_before, not_after = validity
    key = new_key(specification.key) if key_of is None else read_key(key_of)
    subject = _subject(specification)
    signer, issuer_name = key, subject
    if specification.issuer is not None:
        issuer_name, signer = read_certificate(specification.issuer).subject, read_key(specification.issuer)
    serial = None if new_serial else specification.serial
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(_datetime(not_before))
        .not_valid_after(_datetime(not_after))
        .add_extension(x509.BasicConstraints(ca=specification.is_ca, path_length=None), critical=True)
        .add_extension(_key_usage(is_ca=specification.is_ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not specification.is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    if specification.names:
        names = x509.SubjectAlternativeName([_general_name(name) for name in specification.names])
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(signer, _digest(signer))
    return CertificateRecord(
        identity=specification.identity,
        digest=specification.digest(),
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        private_key_pem=write_key(key, serialization.PrivateFormat.PKCS8),
        serial_hex=f"{certificate.serial_number:x}",
        not_before=not_before,
        not_after=not_after,
        # As IoT Platform assigns them: digits that are not the X.509 serial number.
        certificate_id=f"6362{secrets.randbelow(10**12):012d}",
    )


def new_key(key_type: str) -> Key:
    """Generate a private key of one of the scenario's key types."""
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


def read_key(record: CertificateRecord) -> Key:
    """Read the key of a record. Raise DamagedRecordError."""
    pem = record.private_key_pem.encode()
    try:
        # Without the slow check of RSA keys: nobody else wrote it.
        key = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Key):
        raise DamagedRecordError(record.identity, "private key")
    return key


def write_key(key: Key, key_format: serialization.PrivateFormat) -> str:
    """Return a private key as unencrypted PEM: PKCS#8, or (TraditionalOpenSSL) PKCS#1 for RSA and SEC1 for EC."""
    return key.private_bytes(serialization.Encoding.PEM, key_format, serialization.NoEncryption()).decode()


def read_certificate(record: CertificateRecord) -> x509.Certificate:
    """Read the certificate of a record. Raise DamagedRecordError."""
    try:
        return x509.load_pem_x509_certificate(record.certificate_pem.encode())
    except ValueError:
        raise DamagedRecordError(record.identity, "certificate") from None


def _subject(specification: CertificateSpecification) -> x509.Name:
    if specification.subject is None:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, specification.common_name[:64])])
    try:
        return x509.Name.from_rfc4514_string(specification.subject)
    except ValueError:
        raise ValueError(f"{specification.subject!r} is not a subject such as CN=gateway,O=Plant") from None


def _general_name(text: str) -> x509.GeneralName:
    prefix, _, value = text.partition(":")
    match prefix:
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


def _key_usage(*, is_ca: bool) -> x509.KeyUsage:
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


def hash_of(signer: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> hashes.SHA256 | hashes.SHA384:
    """Return the hash with which a key signs."""
    is_long = isinstance(signer, ec.EllipticCurvePrivateKey) and signer.key_size > 256
    return hashes.SHA384() if is_long else hashes.SHA256()


def _digest(signer: Key) -> hashes.SHA256 | hashes.SHA384 | None:
    return None if isinstance(signer, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)) else hash_of(signer)


def _datetime(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(tzinfo=None)
