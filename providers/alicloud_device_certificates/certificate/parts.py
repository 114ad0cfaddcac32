"""What comparing certificates takes: their structure, names and keys, each read once and only if it is needed."""

from __future__ import annotations

from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alicloud_device_certificates.certificate.ber import BerError, Element, to_der
from alicloud_device_certificates.certificate.names import read_name
from alicloud_device_certificates.certificate.signature import is_signed_by
from alicloud_device_certificates.certificate.structure import Structure, read_structure

_ComparableName = tuple[frozenset[tuple[str, str | bytes]], ...]


class Parts:
    """The parts of one certificate. What nothing can read is None."""

    def __init__(self, der: bytes, public_key: CertificatePublicKeyTypes | None) -> None:
        self.der = der
        self.public_key = public_key

    @cached_property
    def structure(self) -> Structure | None:
        """The structure."""
        try:
            return read_structure(self.der)
        except BerError:
            return None

    @cached_property
    def subject(self) -> _ComparableName | None:
        """The subject, in a form that is equal for names which are the same by RFC 5280, 7.1."""
        return None if self.structure is None else _comparable(self.structure.subject)

    @cached_property
    def issuer(self) -> _ComparableName | None:
        """The issuer, in the same form."""
        return None if self.structure is None else _comparable(self.structure.issuer)

    @cached_property
    def public_key_der(self) -> bytes | None:
        """The SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) as DER: as a library writes the key, if it knows it."""
        if self.public_key is not None:
            return self.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        try:
            return None if self.structure is None else to_der(self.structure.public_key)
        except BerError:
            return None

    def names_as_issuer(self, other: Parts) -> bool:
        """Return whether the issuer of this certificate is the subject of the other one."""
        return self.issuer is not None and self.issuer == other.subject

    def is_signed_by(self, other: Parts) -> bool | None:
        """Return whether the other one's key signed this certificate; None if that cannot be checked."""
        if self.structure is None or other.public_key is None:
            return None
        return is_signed_by(self.structure, other.public_key)


def _comparable(name: Element) -> _ComparableName | None:
    try:
        return read_name(name).comparable()
    except BerError:
        return None
