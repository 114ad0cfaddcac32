"""The descriptor that makes a field of the ``certificate`` output an attribute of its own."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, Protocol, TypeVar, overload

import pulumi

_T = TypeVar("_T")
_Self = TypeVar("_Self", bound="CertificateField[Any]")


class _HasCertificate(Protocol):
    @property
    def certificate(self) -> pulumi.Output[dict[str, Any]]: ...


class NoCertificateError(pulumi.RunError):
    """A unit test's mocks return nothing for a data source: one line that says what to use."""

    fix: ClassVar[str] = "Use `alicloud_device_certificates.testing.DeviceCertificateMocks`."


class CertificateField(Generic[_T]):
    """An attribute that returns one field of the ``certificate`` output: its value, or None if it is absent.

    The Output is made on access: a stack of hundreds of certificates uses a few fields of each.
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
        return resource.certificate.apply(lambda certificate: self._of(certificate, type(resource).__name__))

    def _of(self, certificate: dict[str, Any] | None, class_name: str) -> object:
        if certificate is None:
            raise NoCertificateError(
                f"{class_name}.{self._name}: the mocks of this test return no `certificate`; use "
                "DeviceCertificateMocks of alicloud_device_certificates.testing (docs/testing.md)"
            )
        return _as_integer(certificate.get(self._name))


def _as_integer(value: object) -> object:
    """Return a float as the integer that it was, because the engine has only floats; return anything else as it is."""
    return int(value) if isinstance(value, float) else value
