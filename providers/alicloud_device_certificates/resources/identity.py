"""The arguments that identify what is read, and the ID that they form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pulumi

Identity = Mapping[str, pulumi.Input[Any] | None]
"""Identifying arguments by name."""


def composed_id(
    identity: Identity,
    compose: Callable[[Mapping[str, Any], Iterable[str]], str],
) -> pulumi.Input[str]:
    """Compose the ID: at once from plain values, else as an Output that is unknown while an argument is.

    ``compose`` gets the values, one that is not known yet as ``pulumi.UNKNOWN``, and the names of those that are
    secrets. The engine leaves a read with an unknown ID to the update.
    """
    outputs = {
        # An unknown Output is resolved to ``pulumi.UNKNOWN``, so the known ones beside it are checked in any case.
        argument: value.apply(lambda value: value, run_with_unknowns=True)
        for argument, value in identity.items()
        if isinstance(value, pulumi.Output)
    }
    if not outputs:
        return compose(identity, ())

    async def compose_known(values: Mapping[str, Any]) -> str:
        secret = [argument for argument, output in outputs.items() if await output.is_secret()]
        return compose(values, secret)

    return pulumi.Output.all(**{**identity, **outputs}).apply(compose_known, run_with_unknowns=True)
