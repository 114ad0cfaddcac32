"""The peer: a provider whose read does nothing, to which a preview with certificates is compared."""

from __future__ import annotations

from typing import Any

from pulumi import ResourceOptions
from pulumi.dynamic import ReadResult, Resource, ResourceProvider


class EmptyProvider(ResourceProvider):
    """Reads nothing."""

    serialize_as_secret_always = False

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Give back a constant."""
        return ReadResult(id_, {"value": "nothing"})


class Empty(Resource):
    """One resource that is read by the empty provider."""

    def __init__(self, name: str) -> None:
        super().__init__(EmptyProvider(), name, {"value": None}, ResourceOptions(id=name))
