"""What the real SDK declares of a resource type: its properties, their types, which are required, which are secret.

Taken from the classes of `pulumi_alicloud` themselves, which are generated from the real provider's schema.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import NoneType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pulumi

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine sends in a preview for a value that is not known yet."""
_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
_LATER = (Awaitable, pulumi.Output)


@dataclass(frozen=True, slots=True)
class Schema:
    """The inputs of a resource type, by their names in the engine."""

    types: Mapping[str, Any]
    required: frozenset[str]
    secret: frozenset[str]

    def faults(self, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Return what the real provider would reject or reveal: each a property and a reason, without values."""
        for name in sorted(self.required - inputs.keys()):
            yield name, "is required"
        for name, value in inputs.items():
            if name not in self.types:
                yield name, f"is no property: there are {', '.join(sorted(self.types))}"
                continue
            if name in self.secret and not is_secret(value):
                yield name, "must arrive as a secret"
            if "PRIVATE KEY" in str(_in_plain(value)):
                yield name, "has a private key in plain"
            if not _fits(revealed(value), self.types[name]):
                yield name, f"must be {self.types[name]}, not {type(revealed(value)).__name__}"


@cache
def declared(token: str) -> Schema:
    """Read the schema of a type token such as `alicloud:kms/secret:Secret`."""
    _, module, name = token.split(":")
    resource = getattr(import_module(f"pulumi_alicloud.{module.partition('/')[0]}"), name)
    home = import_module(resource.__module__)
    arguments = getattr(home, f"{name}Args")
    getters: dict[str, Any] = {key: value.fget for key, value in vars(arguments).items() if isinstance(value, property)}
    # The mark that `pulumi.getter` leaves.
    names = {key: getter._pulumi_name for key, getter in getters.items()}
    parameters = inspect.signature(arguments.__init__).parameters
    scope = {"Output": pulumi.Output, "T": Any}  # what `pulumi.Input` names only in quotes
    return Schema(
        types={
            names[key]: _plain_type(get_type_hints(getter, localns=scope)["return"]) for key, getter in getters.items()
        },
        required=frozenset(names[key] for key in names if parameters[key].default is inspect.Parameter.empty),
        secret=frozenset(_secret_outputs(resource)),
    )


def _secret_outputs(resource: type) -> list[str]:
    """Read what the SDK's constructor makes secret, whatever the program says (`additional_secret_outputs`)."""
    source = ast.parse(textwrap.dedent(inspect.getsource(resource._internal_init)))  # type: ignore[attr-defined]
    return [
        name
        for call in ast.walk(source)
        if isinstance(call, ast.keyword) and call.arg == "additional_secret_outputs"
        for name in ast.literal_eval(call.value)
    ]


def is_secret(value: object) -> bool:
    return isinstance(value, dict) and value.get(_SIGNATURE_KEY) == _SECRET_SIGNATURE


def revealed(value: object) -> Any:
    """Return a value with every secret in it unwrapped."""
    if isinstance(value, dict):
        return revealed(value["value"]) if is_secret(value) else {key: revealed(each) for key, each in value.items()}
    return [revealed(each) for each in value] if isinstance(value, list) else value


def _in_plain(value: object) -> object:
    """Return a value without its secrets."""
    if isinstance(value, dict):
        return None if is_secret(value) else {key: _in_plain(each) for key, each in value.items()}
    return [_in_plain(each) for each in value] if isinstance(value, list) else value


def _plain_type(given: Any) -> Any:
    """Reduce a `pulumi.Input`, at any depth, to the type of what the engine sends for it in the end."""
    origin, arguments = get_origin(given), get_args(given)
    if origin is Union:
        # None is never sent: a property that is None is left out.
        (given,) = {_plain_type(each) for each in arguments if each is not NoneType and get_origin(each) not in _LATER}
        return given
    return origin[tuple(_plain_type(each) for each in arguments)] if origin else given


def _fits(value: object, wanted: Any) -> bool:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if value == UNKNOWN:
        return True
    if origin is Mapping:
        return isinstance(value, dict) and all(_fits(each, arguments[1]) for each in value.values())
    if origin is Sequence:
        return isinstance(value, list) and all(_fits(each, arguments[0]) for each in value)
    if wanted is int:  # the engine knows no integers
        return isinstance(value, float) and value.is_integer()
    return isinstance(value, wanted)
