"""The data source of a fleet: its request for a read, and what is logged about the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import pulumi

from alicloud_device_certificates.contract.fleets import FLEETS, SUMMARY, URN, FleetKey, FleetKind
from alicloud_device_certificates.contract.ids import FleetId
from alicloud_device_certificates.contract.postconditions import postcondition_props
from alicloud_device_certificates.resources import arguments, diagnostics
from alicloud_device_certificates.resources.fleet_arguments import Fields, Select, fleet_faults, names_faults
from alicloud_device_certificates.resources.identity import Identity
from alicloud_device_certificates.resources.pulumi_runtime import urn_of
from alicloud_device_certificates.resources.read_resource import ReadResource

Names = pulumi.Input[Sequence[pulumi.Input[str]]]

_LOGGED: Final = 10
"""The maximum number of warnings about single certificates that are logged."""


class FleetResource(ReadResource):
    """The common part of the data sources of fleets."""

    _key: ClassVar[FleetKey]

    certificates: pulumi.Output[dict[str, dict[str, Any]]]
    """The fields of each certificate by its key: the device's SN or name, or the CA's SN."""
    summary: pulumi.Output[dict[str, Any]]
    """Counts by status, CA and month of expiry, and the earliest and the latest expiry (docs/outputs.md)."""
    errors: pulumi.Output[dict[str, dict[str, str]]]
    """The certificates that could not be read by their key, each ``{code, message}``; empty unless ``on_error`` is
    ``"report"``."""
    warnings: pulumi.Output[list[dict[str, str]]]
    """What needs attention, each ``{code, message, certificate}`` (docs/warnings.md). Logged on the resource too."""

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - those of the SDK
        """Take what each read must have from the kind."""
        super().__init_subclass__(**options)
        if key := getattr(cls, "_key", None):
            cls._required = FLEETS[key].config_required

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        names: Names | None = None,
        flags: Mapping[str, bool],
        select: Select | None,
        fields: Fields | None,
        on_error: str,
        cross_check: str,
        fail_within: str | None,
        require_active: bool,
        account: str | None,
        opts: pulumi.ResourceOptions | None,
        faults: Iterable[str] = (),
    ) -> None:
        """``identity`` forms the ID, ``names`` are the keys to read; the other arguments go to the read as they are."""
        kind = self._kind
        has_keys = bool(flags.get("include_private_keys"))
        found = [
            *faults,
            *arguments.flag_faults(flags, cross_check),
            *arguments.postcondition_faults(fail_within, require_active),
            *fleet_faults(kind, select=select, fields=fields, on_error=on_error),
        ]
        if require_active is True and isinstance(select, Mapping) and select.get("status") is not None:
            found.append("require_active has no use beside the status in select, which picks by it already: remove one")
        if has_keys and fields == SUMMARY and select is None:
            found.append(f'include_private_keys has no effect with fields="{SUMMARY}" and without select')
        if isinstance(names, list | tuple) and any(isinstance(each, pulumi.Output) for each in names):
            names = pulumi.Output.from_input(list(names))
        given: dict[str, Any] = {"select": select, "fields": fields, kind.names_argument or "": names}
        if kind.names_argument is not None:
            # Not in the ID, but a read waits for them as it does for its parts.
            identity = {**identity, kind.names_argument: names}
        super().__init__(
            name,
            identity=identity,
            props={
                **flags,
                **{argument: value for argument, value in given.items() if argument and value is not None},
                "on_error": on_error,
                "cross_check": cross_check,
                **postcondition_props(name, fail_within=fail_within, require_active=require_active),
                # A read does not know it otherwise, and shows beside it how far it is.
                URN: urn_of(name, kind.type_token, opts.parent if opts is not None else None),
            },
            outputs=["certificates", "summary", "errors"],
            secret_outputs=["private_keys"] if has_keys else [],
            account=account,
            opts=opts,
            faults=found,
        )
        self._has_private_keys = has_keys
        self.warnings.apply(self._log_warnings)
        self.certificates.apply(self._log_validity)

    @property
    def _kind(self) -> FleetKind:
        return FLEETS[self._key]

    def requested_private_keys(self) -> pulumi.Output[dict[str, str]] | None:
        """Return the private keys by the certificates' keys, a secret; None if they were not requested."""
        return None

    def _composed(self, values: Mapping[str, Any]) -> str:
        return str(FleetId.of(self._key, **{part: values[part] for part in self._kind.id_parts}))

    def _names_faults(self, values: Mapping[str, Any]) -> Iterable[str]:
        argument = self._kind.names_argument
        return names_faults(argument, values[argument]) if argument else ()

    def _log_warnings(self, warnings: list[dict[str, str]] | None) -> None:
        found = warnings or []  # None from a unit test's own mocks
        for warning in found[:_LOGGED]:
            about = f"certificate {key}: " if (key := warning.get("certificate")) else ""
            self._log_warning(warning, about=about)
        if len(found) > _LOGGED:
            pulumi.log.warn(f"and {len(found) - _LOGGED:,} more warnings, in the output `warnings`", resource=self)

    def _log_validity(self, certificates: dict[str, dict[str, Any]] | None) -> None:
        now = datetime.now(UTC)
        found = {
            key: message
            for key, certificate in (certificates or {}).items()
            if (message := diagnostics.validity_warning(certificate, now)) is not None
        }
        if found:
            first = min(found, key=lambda key: str((certificates or {})[key].get("not_after")))
            more = f" (and {len(found) - 1:,} more need attention)" if len(found) > 1 else ""
            pulumi.log.warn(f"certificate {first}: {found[first]}{more}", resource=self)
