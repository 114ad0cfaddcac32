"""The table of operations, collected from the modules of this package that have OPERATIONS."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from alicloud_device_certificates.emulator import services
from alicloud_device_certificates.emulator.services.operation import Operation


def operation_table(operations: Iterable[Operation]) -> Mapping[tuple[str, str], Operation]:
    """Return operations by API version and name. Raise ValueError if two have the same."""
    table: dict[tuple[str, str], Operation] = {}
    for operation in operations:
        key = (operation.service.version, operation.name)
        if key in table:
            raise ValueError(f"two operations are {operation.name} of version {operation.service.version}")
        table[key] = operation
    return MappingProxyType(table)


def _discover() -> Iterable[Operation]:
    for module in pkgutil.iter_modules(services.__path__):
        if module.name != __name__.rpartition(".")[2]:
            yield from getattr(import_module(f"{services.__name__}.{module.name}"), "OPERATIONS", ())


OPERATIONS: Final = tuple(_discover())
"""All operations, in the order of their modules."""
OPERATIONS_BY_KEY: Final = operation_table(OPERATIONS)
"""All operations by API version and name."""
