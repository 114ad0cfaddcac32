"""One page of a list, as an operation returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from alicloud_device_certificates.cloud.fields import Fields

T = TypeVar("T")

LIMIT: Final = 8 * 1024 * 1024
"""Maximum bytes of a page: 100 certificates with long chains take about 2 MB."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list."""

    items: tuple[T, ...]
    total: int
    """How many items the whole list has, as the service says. Its reference also calls it a number of pages."""
    next_token: str | None = None
    """What requests the page after this one, if the operation has such tokens and there is one."""


def items_in(parent: Fields, name: str) -> tuple[Fields, ...]:
    """Return the objects of the list ``name``, which may be missing if it is empty. Raise UnexpectedResponseError."""
    found: Any = parent.values.get(name)
    if found in (None, ""):
        return ()
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise parent.unexpected(name, "is not a list of objects")
    path = f"{parent.path}.{name}" if parent.path else name
    return tuple(Fields(values=each, context=parent.context, path=path) for each in found)
