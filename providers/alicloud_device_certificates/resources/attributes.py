"""The attributes by which a certificate's fields are taken, on a data source as on a reference to another stack."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar, overload

import pulumi

_T = TypeVar("_T")
_Self = TypeVar("_Self", bound="CertificateField[Any]")


class _HasCertificate(Protocol):
    @property
    def certificate(self) -> pulumi.Output[dict[str, Any]]: ...


class CertificateField(Generic[_T]):
    """An attribute that gives one field of the ``certificate`` output: its value, or None where it is absent.

    Made when it is asked for: a stack of hundreds of certificates uses a few fields of each.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self: _Self, resource: None, owner: type) -> _Self: ...
    @overload
    def __get__(self, resource: _HasCertificate, owner: type) -> pulumi.Output[_T]: ...
    def __get__(self, resource: _HasCertificate | None, owner: type) -> Any:
        if resource is None:
            return self
        return resource.certificate.apply(lambda certificate: _whole(certificate.get(self._name)))


def _whole(value: object) -> object:
    """Give a number back as what it was: the engine knows no integers, and hands out floats."""
    return int(value) if isinstance(value, float) else value


class CertificateAttributes:
    """The fields that each certificate has, as attributes."""

    certificate: pulumi.Output[dict[str, Any]]
    """All fields that this certificate has, as one object."""

    certificate_pem = CertificateField[str]()
    """PEM: label CERTIFICATE, LF, 64 columns, one final newline. None only while pending (``allow_pending``)."""
    serial_number = CertificateField[str | None]()
    """The X.509 serial number, decimal."""
    serial_number_hex = CertificateField[str | None]()
    """The X.509 serial number, lower-case hex in whole bytes."""
    not_before = CertificateField[str | None]()
    """Valid from, RFC 3339 in UTC."""
    not_after = CertificateField[str | None]()
    """Valid until, RFC 3339 in UTC."""
    subject = CertificateField[str | None]()
    """The subject's distinguished name, RFC 4514."""
    issuer = CertificateField[str | None]()
    """The issuer's distinguished name, RFC 4514."""
    subject_common_name = CertificateField[str | None]()
    """The subject's common name."""
    subject_alternative_names = CertificateField[list[str] | None]()
    """``DNS:``, ``IP:``, ``URI:`` and ``email:`` names, in the certificate's order."""
    sha1_fingerprint = CertificateField[str]()
    """SHA-1 of the DER, lower-case hex. None only while pending."""
    sha256_fingerprint = CertificateField[str]()
    """SHA-256 of the DER, lower-case hex. None only while pending."""
    public_key_algorithm = CertificateField[str | None]()
    """``RSA``, ``EC``, ``Ed25519`` or ``Ed448``."""
    public_key_bits = CertificateField[int | None]()
    """The public key's size in bits."""
    signature_algorithm = CertificateField[str | None]()
    """For example ``sha256WithRSAEncryption``, ``ecdsa-with-SHA256``, ``Ed25519``."""
    is_ca = CertificateField[bool | None]()
    """Whether its basic constraints make it a certificate authority."""
    status = CertificateField[str]()
    """MQTT: ``active`` or ``inactive``; IoT: ``generating``, ``failed`` or ``generated``."""
