"""Large outputs in one: the same as ``pulumi.Output.all``, but no value is taken apart."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest

from alicloud_device_certificates.resources.together import together

VALUE = {"a": {"serial_number": "1", "names": ["DNS:a"]}}


def gathered(*makes: Any) -> tuple[object, bool, bool]:
    """The values in one output, whether they are known, and whether they are secret."""

    async def story() -> tuple[object, bool, bool]:
        output = together([make() for make in makes])
        return await output.future(), await output.is_known(), await output.is_secret()

    return asyncio.run(story())


def known() -> pulumi.Output[Any]:
    return output(VALUE)


def output(value: object, *, is_known: bool = True) -> pulumi.Output[Any]:
    async def of(this: object) -> Any:
        return this

    return pulumi.Output(of(set()), of(value), of(is_known))


def test_the_values_are_the_very_objects_of_the_outputs() -> None:
    values, is_known, is_secret = gathered(known, known, lambda: "text", lambda: None)
    assert values == [VALUE, VALUE, "text", None]
    assert isinstance(values, list)
    assert values[0] is VALUE
    assert (is_known, is_secret) == (True, False)


def test_none_of_them_is_an_empty_list() -> None:
    assert gathered() == ([], True, False)


def test_a_secret_among_them_makes_all_of_them_secret() -> None:
    assert gathered(known, lambda: pulumi.Output.secret("key")) == ([VALUE, "key"], True, True)


@pytest.mark.parametrize("value", [None, {"a": pulumi.UNKNOWN}])
def test_an_unknown_one_makes_all_of_them_unknown(value: object) -> None:
    _, is_known, _ = gathered(known, lambda: output(value, is_known=False))
    assert not is_known
