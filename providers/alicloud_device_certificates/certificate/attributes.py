"""The attributes of a certificate, as a parser reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What a parser reads from one certificate. An attribute that it cannot read is None."""

    der: bytes
    """The certificate in DER."""
    version: int | None = None
    """1, 2 or 3; or another number, if the certificate has one."""
    serial_number: int | None = None
    not_before: datetime | None = None
    """In UTC."""
    not_after: datetime | None = None
    """In UTC."""
    subject: str | None = None
    """RFC 4514."""
    issuer: str | None = None
    """RFC 4514."""
    subject_common_name: str | None = None
    subject_alternative_names: list[str] | None = None
    public_key: CertificatePublicKeyTypes | None = None
    """None also for an algorithm or a curve that the library does not know."""
    public_key_info: bytes | None = None
    """The SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), as it stands in the certificate."""
    public_key_algorithm: str | None = None
    public_key_bits: int | None = None
    signature_algorithm: str | None = None
    is_ca: bool | None = None
    deviations: tuple[str, ...] = ()
    """How it deviates from RFC 5280 and DER, each as a clause without a subject's name ("its subject has ...")."""
    problems: tuple[str, ...] = ()
    """Why attributes are None, each as a clause that names the attribute."""
