"""The checks of a fleet's arguments, made before any request is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypedDict, get_args

import pulumi

from alicloud_device_certificates.contract.bounds import shortened
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.contract.fleets import SUMMARY, FleetKind
from alicloud_device_certificates.contract.names import name_faults
from alicloud_device_certificates.contract.statuses import IotStatus, MqttStatus
from alicloud_device_certificates.contract.thresholds import ThresholdError, parse_threshold

OnError = Literal["fail", "report"]
"""What happens if a certificate of a fleet cannot be read: the read fails, or the output ``errors`` says so."""


class Select(TypedDict, total=False):
    """Which certificates of a fleet to keep: those that meet every condition."""

    status: str
    """The status in the service, such as ``active``."""
    name_pattern: str
    """A pattern for the name (MQTT: of the device or CA, IoT: DeviceName) as in a shell, such as ``line-?-*``."""
    expires_within: str
    """A duration such as ``30d`` or a share of the lifetime such as ``10%``: those that expire by then, or have.

    It depends on the clock, so what it picks changes although nobody changes anything.
    """


Fields = Sequence[str] | Literal["summary"]
"""The fields to keep, or ``"summary"`` for none but those of the certificates that ``select`` picks."""

_CONDITIONS: Final = tuple(Select.__annotations__)


def fleet_faults(kind: FleetKind, *, select: object, fields: object, on_error: object) -> Iterator[str]:
    """Yield what is wrong with the plain arguments that all fleets have."""
    if on_error not in get_args(OnError):
        yield 'on_error must be "fail" or "report"'
    if select is not None:
        yield from _select_faults(kind, select)
    if fields is None or fields == SUMMARY:
        return
    known = field_names(kind.member)
    if isinstance(fields, str) or not isinstance(fields, Sequence) or not fields:
        yield f'fields must be a list of fields or "{SUMMARY}", a plain value'
        return
    for field in fields:
        if field not in known:
            yield f"fields has the unknown field {shortened(field)}; the fields are {', '.join(known)}"


def names_faults(argument: str, names: object) -> Iterator[str]:
    """Yield what is wrong with the names of certificates to read, which may be None. An unknown value has no fault."""
    if names is None or pulumi.contains_unknowns(names):
        return
    if isinstance(names, str) or not isinstance(names, Sequence):
        yield f"{argument} must be a list of strings, not {type(names).__name__}"
        return
    if not names:
        yield f"{argument} is empty: name at least one, or leave it out to read all"
    for position, name in enumerate(names, start=1):
        if not isinstance(name, str):
            yield f"{argument}: entry {position} must be a string, not {type(name).__name__}"
        else:
            yield from name_faults(f"{argument}: entry {position}", name)


def _select_faults(kind: FleetKind, select: object) -> Iterator[str]:
    if not isinstance(select, Mapping) or not select:
        yield f"select must be a dict of at least one of {', '.join(_CONDITIONS)}, a plain value"
        return
    for name, value in select.items():
        if name not in _CONDITIONS:
            yield f"select has the unknown condition {shortened(name)}; the conditions are {', '.join(_CONDITIONS)}"
        elif not isinstance(value, str) or not value:
            yield f"select: {name} must be a string that is not empty, not {shortened(value)}"
    statuses = get_args(IotStatus if kind.member == "iot" else MqttStatus)
    if isinstance(status := select.get("status"), str) and status and status not in statuses:
        yield f"select: status must be {' or '.join(statuses)}, not {shortened(status)}"
    if isinstance(within := select.get("expires_within"), str) and within:
        try:
            parse_threshold(within)
        except ThresholdError as error:
            yield f"select: expires_within: {error}"
