"""The certificates of a fleet while it is read: each is reduced to what the data source keeps as soon as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from alicloud_device_certificates.cloud.errors import (
    AuthenticationError,
    ClockError,
    CloudError,
    ContentError,
    CredentialsError,
    FleetError,
    InterruptedReadError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    PostconditionError,
    SettingsError,
    UnexpectedResponseError,
)
from alicloud_device_certificates.contract.ids import CertificateId, FleetId
from alicloud_device_certificates.contract.postconditions import FAILED
from alicloud_device_certificates.contract.read_failure import QUERY_FAILED
from alicloud_device_certificates.contract.unknowns import UNKNOWN_MARKERS, carried
from alicloud_device_certificates.reading.fleet.failing import NAMED, FailingMembers
from alicloud_device_certificates.reading.fleet.options import FleetOptions
from alicloud_device_certificates.reading.fleet.rows import Rows
from alicloud_device_certificates.reading.fleet.summary import row_of
from alicloud_device_certificates.reading.postconditions import source_of

_OF_ALL: Final = (
    SettingsError,
    CredentialsError,
    PermissionDeniedError,
    AuthenticationError,
    ClockError,
    InterruptedReadError,
)
"""The errors that concern all certificates alike."""

_OF_ONE: Final = (NotFoundError, InvalidArgumentError, ContentError, UnexpectedResponseError)
"""The errors that concern one certificate, and that all others are read beside."""


@dataclass(frozen=True, slots=True)
class _Kept:
    identity: CertificateId
    certificate: Mapping[str, Any] = field(repr=False)
    warnings: tuple[Mapping[str, str], ...]
    private_key: str | None = field(repr=False)


class Members:
    """The certificates of one fleet that were read, and the errors of those that could not be."""

    def __init__(self, identity: FleetId, options: FleetOptions, *, now: datetime) -> None:
        self._identity = identity
        self._options = options
        self._now = now
        self._rows = Rows()
        self._kept: dict[int, _Kept] = {}
        self._errors: dict[int, tuple[CertificateId, CloudError]] = {}
        self._failing = FailingMembers(keeps_all=options.is_gated and options.keeps_selected)

    def __len__(self) -> int:
        return len(self._rows)

    def keeps(self, identity: CertificateId, certificate: Mapping[str, Any]) -> bool:
        """Return whether a certificate is kept, and not just counted."""
        return self._options.keeps_selected and self._picks(identity, certificate)

    def add(self, identity: CertificateId, outputs: Mapping[str, Any]) -> None:
        """Keep what the data source asks for of the outputs of a single certificate."""
        certificate = outputs["certificate"]
        is_selected = self._picks(identity, certificate)
        key = self._rows.put(identity, row_of(certificate), is_selected=is_selected)
        self._errors.pop(key, None)
        if self._options.postconditions.has_any:
            fault = self._options.postconditions.fault(certificate, self._now) if is_selected else None
            self._failing.put(key, identity, certificate, fault)
        if is_selected and self._options.keeps_selected:
            self._kept[key] = _Kept(
                identity,
                certificate=self._reduced(certificate),
                warnings=tuple(outputs["warnings"]),
                private_key=outputs.get("private_key_pem"),
            )
        else:
            self._kept.pop(key, None)

    def fail(self, identity: CertificateId, error: CloudError) -> None:
        """Keep the error of one certificate, or raise it if it ends the whole read."""
        if isinstance(error, _OF_ALL) or not (isinstance(error, _OF_ONE) or self._options.reports_errors):
            raise error
        key = self._rows.fail(identity)
        self._kept.pop(key, None)
        self._failing.drop(key)
        self._errors[key] = identity, error

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the data source.

        Raise FleetError if a certificate could not be read, and PostconditionError if one fails a condition.
        """
        options = self._options
        if self._errors and not options.reports_errors:
            raise self._error()
        summary = self._rows.summary()
        if self._failing and not options.is_gated:
            place = source_of(self._identity.fleet.class_name, self._identity, options.postconditions)
            raise PostconditionError(f"{place}: {self._failure(summary.selected)}", advice=PostconditionError.fix)
        certificates, warnings, private_keys = {}, [], {}
        kept = {self._key(each.identity): each for each in self._kept.values()}
        for key in sorted(kept):
            certificates[key] = kept[key].certificate
            warnings += [{**warning, "certificate": key} for warning in kept[key].warnings]
            if private_key := kept[key].private_key:  # a pending certificate has an empty one
                private_keys[key] = private_key
        errors = {self._key(identity): self._reported(error) for identity, error in self._errors.values()}
        outputs: dict[str, Any] = {
            "certificates": certificates,
            "summary": summary.to_output(has_cas=self._identity.fleet.kind.issuer is not None),
            "errors": dict(sorted(errors.items())),
            "warnings": warnings,
            **options.echoed,
        }
        if options.member.include_private_key:
            outputs["private_keys"] = private_keys
        if self._failing:
            described = self._failing.described() if options.keeps_selected else ()
            faults = {self._key(each.identity): f"it {each.fault}" for each in described}
            outputs[FAILED] = {"message": self._failure(summary.selected), "certificates": faults}
        return outputs

    def _picks(self, identity: CertificateId, certificate: Mapping[str, Any]) -> bool:
        return self._options.selection.picks(_part(identity), certificate, self._now)

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
        failed = sorted((self._key(identity), str(error)) for identity, error in self._errors.values())
        count, more = len(failed), len(failed) - NAMED
        shown = ", ".join(key for key, _ in failed[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
        what = "1 certificate" if count == 1 else f"{count:,} of {len(self):,} certificates"
        arguments = ", ".join(f"{part} {value}" for part, value in self._identity.arguments().items() if value)
        message = f"{what} of the fleet ({arguments}) cannot be read: {shown}. The first error: {failed[0][1]}"
        return FleetError(message)

    def _failure(self, selected: int) -> str:
        """Return how many of the certificates that are selected fail a condition, which, and the fault of the first."""
        count, described = len(self._failing), self._failing.described()[:NAMED]
        text = f"{count:,} of {selected:,} certificates {'fails' if count == 1 else 'fail'}"
        if described:
            text += f": {self._key(described[0].identity)} {described[0].fault}"
        if others := [self._key(each.identity) for each in described[1:]]:
            more = count - len(described)
            text += f"; also {', '.join(others)}" + (f" and {more:,} more" if more else "")
        return text

    def _key(self, identity: CertificateId) -> str:
        """Return the key of a certificate: its own part, after its CA's if two CAs have devices of one SN."""
        part = _part(identity)
        return _carried(f"{identity.values[-2]}:{part}" if self._rows.is_shared(part) else part)


def _part(identity: CertificateId) -> str:
    """Return what identifies a certificate within its fleet: the last part of its ID."""
    return str(identity.values[-1])


def _carried(text: str) -> str:
    """Return a key that the engine can carry."""
    known = str(carried(text))
    return f"{known} " if known in UNKNOWN_MARKERS else known
