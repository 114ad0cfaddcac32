"""The peer of the benchmark: a provider whose read does nothing."""

from __future__ import annotations

from typing import Any

from pulumi import ResourceOptions
from pulumi.dynamic import ReadResult, Resource, ResourceProvider


class EmptyProvider(ResourceProvider):
    """A provider that reads nothing."""

    serialize_as_secret_always = False

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return a constant."""
        return ReadResult(id_, {"value": "nothing"})


class Empty(Resource):
    """A resource that the empty provider reads."""

    def __init__(self, name: str) -> None:
        super().__init__(EmptyProvider(), name, {"value": None}, ResourceOptions(id=name))
