"""The operations that a data source calls, and the permissions that they need."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.kinds import CertificateKind


def operations(kind: CertificateKind) -> Iterator[tuple[Operation, str]]:
    """Yield each operation of a kind's data source, with the condition on which it is called, empty if always."""
    module = import_module(f"{PACKAGE}.cloud.{kind.module}")
    found = {each.name: each for each in vars(module).values() if isinstance(each, Operation)}
    for name, condition in kind.operations.items():
        yield found[name], condition


def permissions_text(kind: CertificateKind) -> str:
    """Return the RAM actions that a kind's data source needs, each once, in Markdown."""
    known: set[str] = set()
    parts: list[str] = []
    for operation, condition in operations(kind):
        actions = ", ".join(f"`{action}`" for action in operation.permissions if action not in known)
        parts.append(f"{condition} also {actions}" if condition else actions)
        known.update(operation.permissions)
    return "; ".join(parts)
