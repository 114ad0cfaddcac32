"""The certificates of a fleet while it is read: each is reduced to what the data source keeps as soon as it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern
from typing import Any, Final

from alicloud_device_certificates.cloud.errors import (
    AuthenticationError,
    ClockError,
    CloudError,
    ContentError,
    CredentialsError,
    FleetError,
    InterruptedReadError,
    NotFoundError,
    PermissionDeniedError,
    SettingsError,
)
from alicloud_device_certificates.contract.ids import CertificateId, FleetId
from alicloud_device_certificates.contract.read_failure import QUERY_FAILED
from alicloud_device_certificates.contract.unknowns import UNKNOWN_MARKERS, carried
from alicloud_device_certificates.reading.fleet.options import FleetOptions
from alicloud_device_certificates.reading.fleet.summary import Summary, row_of

_NAMED: Final = 20
"""The maximum number of certificates that an error of a fleet names."""

_OF_ALL: Final = (
    SettingsError,
    CredentialsError,
    PermissionDeniedError,
    AuthenticationError,
    ClockError,
    InterruptedReadError,
)
"""The errors that concern all certificates alike."""


@dataclass(frozen=True, slots=True)
class _Member:
    row: tuple[str, str, str]
    is_selected: bool
    certificate: Mapping[str, Any] | None = field(default=None, repr=False)
    warnings: tuple[Mapping[str, str], ...] = ()
    private_key: str | None = field(default=None, repr=False)


class Members:
    """The certificates of one fleet that were read, and the errors of those that could not be."""

    def __init__(self, identity: FleetId, options: FleetOptions, *, now: datetime) -> None:
        self._identity = identity
        self._options = options
        self._now = now
        self._members: dict[CertificateId, _Member] = {}
        self._errors: dict[CertificateId, CloudError] = {}

    def __len__(self) -> int:
        return len(self._members) + len(self._errors)

    def __contains__(self, identity: CertificateId) -> bool:
        return identity in self._members or identity in self._errors

    def identities(self) -> list[CertificateId]:
        """Return the IDs of all."""
        return [*self._members, *self._errors]

    def add(self, identity: CertificateId, outputs: Mapping[str, Any]) -> None:
        """Keep what the data source asks for of the outputs of a single certificate."""
        options, certificate = self._options, outputs["certificate"]
        is_selected = options.selection.picks(self._part(identity), certificate, self._now)
        keeps = is_selected and (options.has_selection or not options.is_summary)
        status, ca_sn, not_after = row_of(certificate)
        self._errors.pop(identity, None)
        self._members[identity] = _Member(
            row=(intern(status), intern(ca_sn), not_after),
            is_selected=is_selected,
            certificate=self._reduced(certificate) if keeps else None,
            warnings=tuple(outputs["warnings"]) if keeps else (),
            private_key=outputs.get("private_key_pem") if keeps else None,
        )

    def fail(self, identity: CertificateId, error: CloudError) -> None:
        """Keep the error of one certificate, or raise it if it ends the whole read."""
        is_own = isinstance(error, NotFoundError | ContentError)
        if isinstance(error, _OF_ALL) or not (is_own or self._options.reports_errors):
            raise error
        self._members.pop(identity, None)
        self._errors[identity] = error

    def drop(self, identity: CertificateId) -> None:
        """Forget a certificate that was removed while the fleet was read."""
        self._members.pop(identity, None)
        self._errors.pop(identity, None)

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the data source. Raise FleetError if a certificate could not be read."""
        options = self._options
        if self._errors and not options.reports_errors:
            raise self._error()
        keys = self._keys()
        summary = Summary()
        certificates, warnings, private_keys = {}, [], {}
        for identity in sorted(self._members, key=keys.__getitem__):
            member, key = self._members[identity], keys[identity]
            summary.add(member.row, is_selected=member.is_selected)
            if member.certificate is not None:
                certificates[key] = member.certificate
                warnings += [{**warning, "certificate": key} for warning in member.warnings]
            if member.private_key is not None:
                private_keys[key] = member.private_key
        outputs: dict[str, Any] = {
            "certificates": certificates,
            "summary": summary.to_output(has_cas="ca_sn" in self._identity.fleet.kind.id_parts),
            "errors": {keys[identity]: self._reported(error) for identity, error in self._errors.items()},
            "warnings": warnings,
            **options.echoed,
        }
        if options.member.include_private_key:
            outputs["private_keys"] = private_keys
        return outputs

    def _reduced(self, certificate: Mapping[str, Any]) -> Mapping[str, Any]:
        fields = self._options.fields
        if fields is None:
            return certificate
        return {name: value for name, value in certificate.items() if name in fields}

    def _reported(self, error: CloudError) -> dict[str, str]:
        reason = error.reason if isinstance(error, ContentError) else None
        found = {"code": error.code or reason or type(error).__name__, "message": str(error)}
        if self._options.is_gated:
            found["category"] = reason or ("missing" if isinstance(error, NotFoundError) else QUERY_FAILED)
        return found

    def _error(self) -> FleetError:
        names = sorted(self._part(identity) for identity in self._errors)
        count, more = len(names), len(names) - _NAMED
        shown = ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        first = min(self._errors, key=self._part)
        what = "1 certificate" if count == 1 else f"{count:,} of {len(self):,} certificates"
        arguments = ", ".join(f"{part} {value}" for part, value in self._identity.arguments().items() if value)
        message = f"{what} of the fleet ({arguments}) cannot be read: {shown}. The first error: {self._errors[first]}"
        return FleetError(message)

    def _keys(self) -> dict[CertificateId, str]:
        """Return the key of each certificate: its own part, after its CA's if two CAs have devices of one SN."""
        everything = [*self._members, *self._errors]
        counts = Counter(map(self._part, everything))
        return {
            identity: _key(part if counts[part := self._part(identity)] == 1 else f"{identity['ca_sn']}:{part}")
            for identity in everything
        }

    def _part(self, identity: CertificateId) -> str:
        return identity[self._identity.fleet.key_part]


def _key(text: str) -> str:
    """Return a key that the engine can carry."""
    known = str(carried(text))
    return f"{known} " if known in UNKNOWN_MARKERS else known
