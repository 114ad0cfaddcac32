"""What the state of a resource in an engine event holds, before or after its step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alicloud_device_certificates.gate.collect.allow_list import account_in


def outputs_of(state: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's, with an attribute that it does not type
    """Return the outputs; empty if there is no state."""
    return _as_dict(state.outputs if state is not None else None)


def account_of(state: Any) -> str | None:  # noqa: ANN401 - likewise
    """Return the account from which a data source reads; None for that of ``alicloud:``.

    A read that failed has inputs alone.
    """
    return account_in(_as_dict(state.inputs if state is not None else None), outputs_of(state))


def differ(old: object, new: object) -> bool:
    """Return whether two values differ."""
    try:
        return old != new
    except RecursionError:  # nested deeper than Python compares
        return True


def _as_dict(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
