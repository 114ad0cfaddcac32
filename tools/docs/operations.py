"""The operations that a data source calls, and the permissions that they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.fleets import FleetCall, FleetKind
from alicloud_device_certificates.contract.kinds import CertificateKind


def operations(kind: CertificateKind) -> Iterator[tuple[Operation, str]]:
    """Yield each operation of a kind's data source, with the condition on which it is called, empty if always."""
    found = _operations_of(kind)
    for name, condition in kind.operations.items():
        yield found[name], condition


def fleet_operations(fleet: FleetKind) -> Iterator[tuple[Operation, FleetCall]]:
    """Yield each operation of a fleet's data source, with when and how often it is called."""
    found = _operations_of(fleet.kind)
    for name, call in fleet.calls.items():
        yield found[name], call


def _operations_of(kind: CertificateKind) -> Mapping[str, Operation]:
    """Return the operations of the kind's service by name."""
    modules = (import_module(f"{PACKAGE}.cloud.{kind.module}{suffix}") for suffix in ("", "_lists"))
    return {each.name: each for module in modules for each in vars(module).values() if isinstance(each, Operation)}


def permissions_text(kind: CertificateKind) -> str:
    """Return the RAM actions that a kind's data source needs, each once, in Markdown."""
    known: set[str] = set()
    parts: list[str] = []
    for operation, condition in operations(kind):
        actions = ", ".join(f"`{action}`" for action in operation.permissions if action not in known)
        parts.append(f"{condition} also {actions}" if condition else actions)
        known.update(operation.permissions)
    return "; ".join(parts)


def fleet_permissions_text(fleet: FleetKind) -> str:
    """Return the RAM actions that a fleet's data source needs, each with its condition, in Markdown."""
    conditions: dict[str, list[str]] = {}
    for operation, call in fleet_operations(fleet):
        for action in operation.permissions:
            conditions.setdefault(action, []).append(call.when)
    # An action that several operations need is always needed: a read calls at least one of them.
    return ", ".join(
        f"`{action}`{f' ({when[0]})' if len(when) == 1 and when[0] else ''}" for action, when in conditions.items()
    )
