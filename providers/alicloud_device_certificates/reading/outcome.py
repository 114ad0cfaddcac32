"""What all reads share: the flags, the handling of cross-checks, and the form of the outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any

from alicloud_device_certificates.certificate import Certificate, CertificateError, CertificateWarning, read_certificate
from alicloud_device_certificates.cloud.errors import ContentError
from alicloud_device_certificates.cloud.fields import ResponseContext
from alicloud_device_certificates.contract import read_failure
from alicloud_device_certificates.contract.fields import FIELDS, field_names
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.contract.postconditions import Postconditions
from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds
from alicloud_device_certificates.contract.unknowns import UNKNOWN_MARKERS, carried
from alicloud_device_certificates.contract.warnings import WarningCode

Milliseconds = int | None

_ACCEPTED = frozenset({WarningCode.NONCONFORMING, WarningCode.VERSION_1_CA})
"""The warnings that are an error under no ``cross_check``: all of the certificate was read, and nothing differs."""
_OWN = _ACCEPTED | {WarningCode.UNREADABLE}
"""The warnings about a certificate itself, not from a comparison: they remain even if checks are off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The flags of a data source (see its arguments)."""

    include_chain: bool = False
    include_private_key: bool = False
    allow_pending: bool = False
    cross_check: str = "warn"
    known: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The certificate's fields as of an earlier read: only a refresh has them."""
    postconditions: Postconditions = field(default_factory=Postconditions)
    is_gated: bool = False
    """Whether the gate runs the preview: then a condition that fails is an output."""

    @classmethod
    def from_props(cls, props: Mapping[str, Any]) -> ReadOptions:
        """Return the flags in the inputs of a read, or in the outputs of an earlier one. Raise ThresholdError."""
        return cls(
            include_chain=bool(props.get("include_chain", False)),
            include_private_key=bool(props.get("include_private_key", False)),
            allow_pending=bool(props.get("allow_pending", False)),
            cross_check=str(props.get("cross_check", "warn")),
            known=known if isinstance(known := props.get("certificate"), Mapping) else {},
            postconditions=Postconditions.from_props(props),
            is_gated=read_failure.is_tolerated(props),
        )

    def to_props(self, *names: str) -> dict[str, Any]:
        """Return the named flags as outputs: a refresh reads with them."""
        return {name: getattr(self, name) for name in names}


def read_content(context: ResponseContext, content: str) -> Certificate:
    """Return the certificate in a body. Raise ContentError."""
    try:
        return read_certificate(content)
    except CertificateError as error:
        raise context.content_error(str(error), reason="unreadable", advice=ContentError.fix) from None


def certificate_values(certificate: Certificate) -> dict[str, Any]:
    """Return the fields that come from the certificate itself, by name."""
    return dict(zip(_OF_CERTIFICATE, _read_of_certificate(certificate), strict=True))


def fill_validity(
    context: ResponseContext, values: dict[str, Any], *, valid_begin: Milliseconds, valid_end: Milliseconds
) -> None:
    """Fill in the validity that the service reports if the certificate's own cannot be parsed. Raise ContentError."""
    for name, milliseconds in (("not_before", valid_begin), ("not_after", valid_end)):
        if values[name] is None and milliseconds is not None:
            try:
                values[name] = rfc3339_from_milliseconds(milliseconds)
            except ValueError as error:
                raise context.content_error(str(error), reason="unreadable", advice=ContentError.fix) from None


def apply_cross_check(
    context: ResponseContext, found: Iterable[CertificateWarning], options: ReadOptions
) -> list[CertificateWarning]:
    """Return the warnings that remain under the data source's ``cross_check``.

    Raise ContentError if there are differences or unreadable fields and ``cross_check`` is ``error``.
    """
    kept = [warning for warning in found if options.cross_check != "off" or warning.code in _OWN]
    errors = [warning for warning in kept if warning.code not in _ACCEPTED]
    if errors and options.cross_check == "error":
        message = "; ".join(f"{warning.code}: {warning.message}" for warning in errors)
        raise context.content_error(
            message,
            reason="unreadable" if all(warning.code is WarningCode.UNREADABLE for warning in errors) else "mismatch",
            advice=f'{ContentError.fix} To accept it as it is, set cross_check="warn", which makes this a warning.',
        )
    return kept


def outputs(
    kind: KindKey, values: Mapping[str, Any], warnings: Iterable[CertificateWarning], others: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the outputs of a data source: the fields that are not None, the warnings, and ``others``.

    A field that is None is left out, because the engine drops it and a preview would take it for unknown. So is a text
    that the engine itself takes for unknown, with a warning; a character that has no UTF-8 is replaced, with a warning
    too: one odd device must not end the preview of all.
    """
    fields: dict[str, Any] = {name: value for name in _field_names(kind) if (value := values.get(name)) is not None}
    texts = [value for value in fields.values() if isinstance(value, str)]
    odd: list[str] = []
    is_plain = UNKNOWN_MARKERS.isdisjoint(texts) and "".join((*texts, *fields.get(_LIST, ()))).isascii()
    for name in () if is_plain else tuple(fields):
        value = fields[name]
        if isinstance(value, str) and value in UNKNOWN_MARKERS:
            del fields[name]
            odd.append(f"{name} is left out: Pulumi takes its text for a value that is not known yet")
            continue
        fields[name] = carried(value)
        if fields[name] != value:
            odd.append(f"{name} has characters without UTF-8: they are replaced")
    warnings = [*warnings, *(CertificateWarning(WarningCode.NONCONFORMING, message) for message in odd)]
    return {
        "certificate": fields,
        "warnings": [{"code": warning.code.value, "message": warning.message} for warning in warnings],
        **others,
    }


_OF_CERTIFICATE = tuple(field.name for field in FIELDS if field.name in Certificate.__dataclass_fields__)
_read_of_certificate = attrgetter(*_OF_CERTIFICATE)
_LIST = "subject_alternative_names"
"""The only field that is a list."""
_field_names = cache(field_names)
