"""What every read has in common: its flags, the judgement of what was found, and the form of its outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alicloud_device_certificates.certificate import Certificate, CertificateError, Finding, read_certificate
from alicloud_device_certificates.cloud.fields import Answered
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.contract.timestamps import rfc3339_from_milliseconds
from alicloud_device_certificates.contract.warnings import WarningCode

Milliseconds = int | None

REISSUE = "Look at it in the service's console, and register or issue it anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The flags of a data source (see its arguments)."""

    include_chain: bool = False
    include_private_key: bool = False
    allow_pending: bool = False
    cross_check: str = "warn"

    @classmethod
    def from_props(cls, props: Mapping[str, Any]) -> ReadOptions:
        """Take the flags from the inputs of a read, or from the outputs of an earlier one."""
        return cls(
            include_chain=bool(props.get("include_chain", False)),
            include_private_key=bool(props.get("include_private_key", False)),
            allow_pending=bool(props.get("allow_pending", False)),
            cross_check=str(props.get("cross_check", "warn")),
        )

    def to_props(self, *names: str) -> dict[str, Any]:
        """Give the named flags back as outputs: a refresh reads with them."""
        return {name: getattr(self, name) for name in names}


def read_content(answered: Answered, content: str) -> Certificate:
    """Read a certificate's body. Raises ContentError."""
    try:
        return read_certificate(content)
    except CertificateError as error:
        raise answered.content_error(str(error), reason="unreadable", advice=REISSUE) from None


def certificate_values(certificate: Certificate) -> dict[str, Any]:
    """Give the fields that the certificate itself tells, by name."""
    return {name: getattr(certificate, name) for name in field_names("mqtt") if hasattr(certificate, name)}


def fill_validity(
    answered: Answered, values: dict[str, Any], *, valid_begin: Milliseconds, valid_end: Milliseconds
) -> None:
    """Where a certificate's own validity cannot be read, take the service's: its word is better than none."""
    for name, milliseconds in (("not_before", valid_begin), ("not_after", valid_end)):
        if values[name] is None and milliseconds is not None:
            try:
                values[name] = rfc3339_from_milliseconds(milliseconds)
            except ValueError as error:
                raise answered.content_error(str(error), reason="unreadable", advice=REISSUE) from None


def judge(answered: Answered, findings: Iterable[Finding], options: ReadOptions) -> list[Finding]:
    """Keep, refuse or leave out what the cross-checks found, as the data source was told to. Raises ContentError."""
    # That a certificate cannot be parsed is no matter of comparing: it is told even where checks are off.
    kept = [finding for finding in findings if options.cross_check != "off" or finding.code is WarningCode.UNREADABLE]
    if kept and options.cross_check == "error":
        found = "; ".join(f"{finding.code}: {finding.message}" for finding in kept)
        raise answered.content_error(
            found,
            reason="unreadable" if all(finding.code is WarningCode.UNREADABLE for finding in kept) else "mismatch",
            advice=f'{REISSUE} Or take it as it is: cross_check="warn" makes this a warning.',
        )
    return kept


def outputs(
    kind: KindKey, values: Mapping[str, Any], warnings: Iterable[Finding], others: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the outputs of a data source: the fields that there are, the warnings, and ``others`` beside them.

    The engine drops a None, and a preview would then take it for unknown: what is absent is left out.
    """
    return {
        "certificate": {name: values[name] for name in field_names(kind) if values.get(name) is not None},
        "warnings": [{"code": finding.code.value, "message": finding.message} for finding in warnings],
        **others,
    }
