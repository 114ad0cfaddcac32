"""Certificates for tests: issued at once, the same bytes each time, and read as the provider reads them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alicloud_device_certificates.certificate import read_certificate
from alicloud_device_certificates.contract.fields import FIELDS

CA_NAME = "Example Device CA"
CA_SN = "00f26900ba87"

# RSA with 1024 bits: weak. A key of that size is not to be had from a number, so the certificate was made once.
WEAK = """-----BEGIN CERTIFICATE-----
MIIBwzCCASygAwIBAgIGOncAxB4CMA0GCSqGSIb3DQEBCwUAMDYxGDAWBgNVBAoM
D0V4YW1wbGUgRGV2aWNlczEaMBgGA1UEAwwRRXhhbXBsZSBMZWdhY3kgQ0EwHhcN
MjIwMzE0MDkzMDAwWhcNMjcwOTAyMDkzMDAwWjAUMRIwEAYDVQQDDAljYW1lcmEt
MTQwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAMa2znlWHKuj3f6K4apTeND4
fwApR7Qwz5UP+fQwXl1yN+7FPtBzl9LEoKMH6u8lhMf//dQJInHVE8emSI83ubSt
v5GYdi501O61cLmUtR2RXnhFFqKdAdWEuOU58Vdfuno0WYMLkMfY1DhZCzQ6wXt3
jVSL1E5gfPgik539IdfjAgMBAAEwDQYJKoZIhvcNAQELBQADgYEASzxBswIcFPVU
o7ydxFKtiCGW/J2tSpSFBB1P/fyvj0EMGTxfg9NUShzv+QDLHeqvIcK6SRzSkSvo
cZr9dZ+BcNwVnnCyCqGuUe1li7/OHwL3NHPfg3JlFIUrppe5oJVvXAsQ3ZyToLrt
RTWttRTkCbzKswnDCFY20gO/bNL4Xb0=
-----END CERTIFICATE-----
"""


@cache
def issue(
    subject: str,
    not_before: datetime,
    not_after: datetime,
    *,
    serial: int,
    key: int | None = None,
    names: tuple[str, ...] = (),
    is_ca: bool = False,
) -> str:
    """Issue a certificate (PEM) for an EC key that is made of the number ``key``, by default the serial number.

    ``names`` are DNS names. The CA is always the same one.
    """
    ca_key = ec.derive_private_key(7, ec.SECP256R1())
    own_key = ca_key if is_ca else ec.derive_private_key(key or serial, ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(CA_NAME))
        .public_key(own_key.public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    certificate = builder.sign(ca_key, hashes.SHA256(), ecdsa_deterministic=True)
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def fields(pem: str, **others: Any) -> dict[str, Any]:
    """Return the fields of the output ``certificate``, with those that the service adds."""
    certificate = read_certificate(pem)
    read = {field.name: getattr(certificate, field.name, None) for field in FIELDS}
    return {name: value for name, value in {**read, **others}.items() if value is not None}


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example Devices"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
