"""What a fleet's data source asks for beside its ID."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from alicloud_device_certificates.contract import read_failure
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.contract.fleets import SUMMARY, URN, FleetKind
from alicloud_device_certificates.contract.postconditions import Postconditions
from alicloud_device_certificates.reading.fleet.selection import Selection
from alicloud_device_certificates.reading.outcome import ReadOptions

KEPT: Final = frozenset(
    {
        "serial_number",
        "serial_number_hex",
        "not_before",
        "not_after",
        "status",
        "sha256_fingerprint",
        "public_key_sha256",
        "device_sn",
        "device_name",
        "ca_sn",
        "ca_name",
        "certificate_sn",
    }
)
"""The fields that stay whatever ``fields`` leaves out: identity, serial number, validity, status, and what the gate
compares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOptions:
    """The plain arguments of a fleet's data source."""

    member: ReadOptions
    """Those of its single certificates."""
    names: tuple[str, ...] | None = None
    """The keys to read; None for all."""
    selection: Selection = field(default_factory=Selection)
    fields: frozenset[str] | None = None
    """The fields to keep; None for all."""
    is_summary: bool = False
    """Whether only certificates that ``select`` picks are kept, and none without it."""
    has_selection: bool = False
    reports_errors: bool = False
    """Whether a certificate that cannot be read is reported beside the others, and is not an error of the read."""
    is_gated: bool = False
    """Whether the gate runs the preview: then errors have a category, and a condition that fails is an output."""
    postconditions: Postconditions = field(default_factory=Postconditions)
    known: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The certificates as of an earlier read by key: only a refresh has them."""
    urn: str | None = None
    echoed: Mapping[str, Any] = field(default_factory=dict)
    """The arguments as outputs: a refresh reads with them."""

    @property
    def keeps_selected(self) -> bool:
        """Whether certificates that ``select`` picks are kept: all are picked without it, and a summary keeps none."""
        return self.has_selection or not self.is_summary

    @property
    def is_brief(self) -> bool:
        """Whether a certificate that is not kept need not be read in full."""
        return self.is_summary and self.member.cross_check != "error" and not self.member.include_chain

    @classmethod
    def from_props(cls, kind: FleetKind, props: Mapping[str, Any]) -> FleetOptions:
        """Return the arguments in the inputs of a read, or in the outputs of an earlier one. Raise ThresholdError."""
        select, fields = props.get("select") or None, props.get("fields") or None
        names = props.get(kind.names_argument) if kind.names_argument else None
        is_gated = read_failure.is_tolerated(props)
        known = props.get("certificates")
        return cls(
            member=ReadOptions(
                include_chain=bool(props.get("include_chain", False)),
                include_private_key=bool(props.get("include_private_keys", False)),
                allow_pending=bool(props.get("allow_pending", False)),
                cross_check=str(props.get("cross_check", "warn")),
            ),
            names=None if names is None else tuple(dict.fromkeys(map(str, names))),
            selection=Selection.parse(select),
            fields=None
            if fields in (None, SUMMARY)
            else KEPT | frozenset(fields) & frozenset(field_names(kind.member)),
            is_summary=fields == SUMMARY,
            has_selection=select is not None,
            reports_errors=is_gated or props.get("on_error") == "report",
            is_gated=is_gated,
            postconditions=Postconditions.from_props(props),
            known=known if isinstance(known, Mapping) else {},
            urn=urn if isinstance(urn := props.get(URN), str) else None,
            echoed={name: props[name] for name in echoed_arguments(kind) if props.get(name) is not None},
        )


def echoed_arguments(kind: FleetKind) -> tuple[str, ...]:
    """Return the names of the arguments that a read returns as outputs."""
    own = (kind.names_argument,) if kind.names_argument else ()
    flags = ("include_chain", "include_private_keys", "allow_pending")
    return (
        *own,
        "select",
        "fields",
        "on_error",
        "cross_check",
        *(flag for flag in flags if flag in kind.config_options),
    )
