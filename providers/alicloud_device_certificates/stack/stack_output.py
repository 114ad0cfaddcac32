"""One output of another stack, without a look into all the others."""

from __future__ import annotations

from typing import Any

import pulumi


def stack_output(reference: pulumi.StackReference, name: str) -> pulumi.Output[Any]:
    """Return the output of this name, None if there is none; a secret if it is one in that stack.

    ``reference.get_output`` returns the same. But it makes an output of each value within all of that stack's outputs:
    250,000 for the fields of 10,000 certificates.
    """

    async def is_secret() -> bool:
        names = reference.secret_output_names
        known = await names.future() if await names.is_known() else None
        # Without the names, all outputs are as secret as the most secret one.
        return await reference.outputs.is_secret() if known is None else name in known

    value: pulumi.Output[Any] = reference.outputs.apply(lambda found: found.get(name))
    return pulumi.Output(value.resources(), value.future(), value.is_known(), is_secret())
