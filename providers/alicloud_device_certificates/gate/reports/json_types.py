"""The types of the JSON report. ``report.schema.json`` is made from them by ``make docs``.

Every key is always present; a value that is not known is null. A change that breaks readers needs a new
``SCHEMA_VERSION``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS, SummaryField
from alicloud_device_certificates.gate.collect.observed import STATES, State
from alicloud_device_certificates.gate.report import ExitCode, ReportSource
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, FindingKind, Severity

SCHEMA: Final = "urn:device-certificates:report:1"
"""The schema's identifier; it changes together with ``SCHEMA_VERSION``."""

SCHEMA_VERSION: Final = 1

_TYPES: Final[dict[str, Any]] = {"string": str, "integer": int, "boolean": bool, "list of strings": list[str]}

Count = Annotated[int, Meta(ge=0)]
Timestamp = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
"""RFC 3339 in UTC, to the second."""
FieldName = Annotated[str, Meta(extra_json_schema={"enum": [field.name for field in FIELDS]})]
Value = str | int | bool | list[str] | None

_SERVICES: Final = "; ".join(f"`{kind.key}`: a {kind.description}" for kind in KINDS.values()) + "."
_STATES: Final = "; ".join(f"`{state}`: {meaning}" for state, meaning in STATES.items()) + "."

_SUMMARY_TYPES: Final[dict[str, Any]] = {
    "integer": Count | None,
    "object of integers": dict[str, Count] | None,
    "string": str | None,
}


def _summary_type(field: SummaryField) -> Any:  # noqa: ANN401 - a type
    # Without a count, a summary is not taken for one.
    type_ = Count if field.name == "count" else _SUMMARY_TYPES[field.type]
    meaning = f"{field.meaning}; null {field.left_out}" if field.left_out else field.meaning
    return Annotated[type_, Meta(description=meaning)]


if TYPE_CHECKING:
    CertificateFields = Struct
    FleetSummaryDocument = Struct
    SeverityCounts = Struct
else:
    CertificateFields = defstruct(
        "CertificateFields",
        [
            (field.name, Annotated[_TYPES[field.type], Meta(description=field.meaning)] | UnsetType, UNSET)
            for field in FIELDS
        ],
        forbid_unknown_fields=True,
        kw_only=True,
        namespace={"__doc__": "The fields of a certificate; a field that the certificate does not have is left out."},
    )
    FleetSummaryDocument = defstruct(
        "FleetSummaryDocument",
        [(field.name, _summary_type(field)) for field in SUMMARY_FIELDS.values()],
        forbid_unknown_fields=True,
        kw_only=True,
        namespace={"__doc__": "The output `summary` of a fleet, as read now; what is not known is null."},
    )
    SeverityCounts = defstruct(
        "SeverityCounts",
        [(severity, Count) for severity in SEVERITIES],
        forbid_unknown_fields=True,
        kw_only=True,
        namespace={"__doc__": "The number of certificates by their worst finding."},
    )


class _Part(Struct, forbid_unknown_fields=True, kw_only=True):
    pass


class FindingDocument(_Part):
    """One finding."""

    kind: Annotated[FindingKind, Meta(description="What was found.")]
    severity: Annotated[Severity, Meta(description="How severe it is under the rules in force.")]
    message: Annotated[str, Meta(description="One line for people.")]


class ThresholdsDocument(_Part):
    """From when the end of the validity is a finding, RFC 3339; null if no such threshold is set."""

    warn_from: Annotated[Timestamp | None, Meta(description="From when it warns.")]
    fail_from: Annotated[Timestamp | None, Meta(description="From when it fails.")]


class ChangeDocument(_Part):
    """A field whose value has changed since the last update."""

    field: Annotated[FieldName, Meta(description="The field's name.")]
    old: Annotated[Value, Meta(description="The value at the last update; null if there was none.")]
    new: Annotated[Value, Meta(description="The value now; null if there is none.")]


class WarningDocument(_Part):
    """A warning of the read."""

    code: Annotated[str, Meta(description="A code for programs.")]
    message: Annotated[str, Meta(description="One line for people.")]


class FailureDocument(_Part):
    """Why the read failed."""

    category: Annotated[str, Meta(description="The class of the failure, such as `missing` or `query_failed`.")]
    code: Annotated[str | None, Meta(description="The service's error code; null if there is none.")]
    message: Annotated[str, Meta(description="The error, one line.")]


class CertificateDocument(_Part):
    """One certificate, or a fleet as a whole."""

    urn: Annotated[str, Meta(description="The URN of the data source. The certificates of a fleet share it.")]
    name: Annotated[
        str,
        Meta(
            description="The resource's name, and of a certificate of a fleet `<fleet>/<key>`. Resources of different "
            "types can share a name."
        ),
    ]
    label: Annotated[str, Meta(description="The name that no other certificate of the report has, for people.")]
    fleet: Annotated[str | None, Meta(description="The name of its fleet; null for a single certificate.")]
    key: Annotated[
        str | None,
        Meta(description="Its key within the fleet; null for a single certificate, and for a fleet as a whole."),
    ]
    service: Annotated[KindKey, Meta(description=_SERVICES)]
    id: Annotated[
        str | None, Meta(description="The ID that is read; null while an argument is not known until the update.")
    ]
    account: Annotated[
        str | None,
        Meta(description="The account of `device-certificates:accounts`; null for the account of `alicloud:`."),
    ]
    state: Annotated[State, Meta(description=_STATES)]
    severity: Annotated[Severity, Meta(description="The severity of the worst finding.")]
    findings: Annotated[list[FindingDocument], Meta(description="All findings, worst first.", min_length=1)]
    remaining_seconds: Annotated[
        int | None,
        Meta(description="Remaining validity, negative once expired; null if not known or without end."),
    ]
    thresholds: ThresholdsDocument
    certificate: Annotated[
        CertificateFields | None, Meta(description="The fields as read now; null if there is no successful read.")
    ]
    previous: Annotated[
        CertificateFields | None, Meta(description="The fields as of the last update; null if there are none.")
    ]
    changes: Annotated[list[ChangeDocument], Meta(description="The fields that differ from the last update.")]
    warnings: Annotated[list[WarningDocument], Meta(description="The warnings of the read.")]
    failure: Annotated[FailureDocument | None, Meta(description="Why the read failed; null if it did not.")]
    fleet_summary: Annotated[
        FleetSummaryDocument | None,
        Meta(description="The figures by which a fleet as a whole is evaluated; null for a certificate."),
    ]


class SummaryDocument(_Part):
    """The numbers of certificates."""

    certificates: Annotated[Count, Meta(description="All certificates.")]
    severities: SeverityCounts
    kinds: Annotated[
        dict[FindingKind, Annotated[int, Meta(ge=1)]],
        Meta(
            description="By the kinds of their findings; a kind without findings is left out.",
            extra_json_schema={"propertyNames": {"$ref": "#/$defs/FindingKind"}},
        ),
    ]


class ReportDocument(_Part, rename={"schema": "$schema"}):
    """A report on a stack's device certificates: by a preview, or by the stack as last deployed."""

    schema: Annotated[Literal["urn:device-certificates:report:1"], Meta(description="The identifier of this schema.")]
    schema_version: Annotated[
        Literal[1], Meta(description="A reader of this version can read every report that has the same number.")
    ]
    project: Annotated[str, Meta(description="The Pulumi project.")]
    stack: Annotated[str, Meta(description="The stack's name, without organization and project.")]
    project_file: Annotated[str, Meta(description="The path of the project's file in its repository.")]
    source: Annotated[
        ReportSource,
        Meta(
            description="`preview`: the services were queried and compared with the last update; `deployed`: the state "
            "of the last update, compared with nothing."
        ),
    ]
    now: Annotated[Timestamp, Meta(description="The time of the evaluation, RFC 3339 in UTC.")]
    problems: Annotated[
        list[str], Meta(description="Why the report is incomplete, one line each; empty if it is complete.")
    ]
    notices: Annotated[list[str], Meta(description="Other remarks on the whole run, one line each.")]
    exit_code: Annotated[
        ExitCode,
        Meta(description=f"The exit code: {ExitCode.summary()}."),
    ]
    has_changes: Annotated[
        bool, Meta(description="Whether an update would change a resource, a certificate or the stack's outputs.")
    ]
    outputs_change: Annotated[bool, Meta(description="Whether an update would change the stack's outputs.")]
    operations: Annotated[
        dict[str, Count],
        Meta(description="The number of resources by the engine's step: `read`, `same`, `create` and so on."),
    ]
    summary: SummaryDocument
    certificates: Annotated[list[CertificateDocument], Meta(description="The certificates, worst first.")]
