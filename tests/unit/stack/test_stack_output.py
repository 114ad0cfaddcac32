"""An output of another stack: as the SDK returns it, but without an output of each value."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pulumi
import pytest
from tests.unit.conftest import RunProgram

from alicloud_device_certificates.stack.stack_output import stack_output

STACK = "organization/device-certificates/dev"
OUTPUTS = {"certificates": {"line/01": {"names": ["DNS:a"]}}, "private_keys": {"line/01": "PEM"}}


@pytest.mark.parametrize("secret", [["private_keys"], [], None, ["certificates", "private_keys"]])
@pytest.mark.parametrize("name", ["certificates", "private_keys", "nothing"])
def test_it_is_what_the_sdk_returns(run_program: RunProgram, name: str, secret: list[str] | None) -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        reference = pulumi.StackReference(STACK)

        def see(which: str, output: pulumi.Output[Any]) -> pulumi.Output[bool]:
            async def keep(value: Any) -> bool:
                is_secret = await output.is_secret()
                seen[which] = value, is_secret
                return is_secret

            return output.apply(keep)

        see("ours", stack_output(reference, name))
        see("theirs", reference.get_output(name))

    names = {} if secret is None else {"secretOutputNames": secret}
    run_program(program, stacks={STACK: {"name": STACK, "outputs": OUTPUTS, **names}})
    assert seen["ours"] == seen["theirs"] == (OUTPUTS.get(name), name in (secret or []))


def test_no_value_within_it_becomes_an_output(run_program: RunProgram) -> None:
    seen: list[Any] = []
    made: list[Any] = []
    from_input = pulumi.Output.from_input

    def program() -> None:
        stack_output(pulumi.StackReference(STACK), "certificates").apply(seen.append)

    def counted(value: Any) -> Any:
        made.append(value)
        return from_input(value)

    with patch.object(pulumi.Output, "from_input", counted):
        run_program(program, stacks={STACK: {"name": STACK, "outputs": OUTPUTS, "secretOutputNames": []}})
    assert seen == [OUTPUTS["certificates"]]
    assert "DNS:a" not in made
