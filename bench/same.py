"""The peer of a preview with certificates: a provider that calls nothing and returns outputs of the same size."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import ReadResult, Resource, ResourceProvider

OUTPUTS = "outputs.json"
"""The outputs of the fleet, in the project's folder."""


@cache
def _outputs() -> dict[str, Any]:
    outputs: dict[str, Any] = json.loads(Path(OUTPUTS).read_text(encoding="utf-8"))
    return outputs


class SameProvider(ResourceProvider):
    """A provider that returns what is in a file."""

    serialize_as_secret_always = False

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return the outputs of a member, or those of the whole fleet for the ID ``fleet``."""
        if id_ == "fleet":
            return ReadResult(id_, _outputs())
        return ReadResult(id_, {"certificate": _outputs()["certificates"][id_], "warnings": []})


class Same(Resource):
    """A certificate of the file."""

    certificate: pulumi.Output[dict[str, Any]]

    def __init__(self, name: str, id_: str) -> None:
        super().__init__(SameProvider(), name, {"certificate": None, "warnings": None}, pulumi.ResourceOptions(id=id_))


class SameFleet(Resource):
    """All certificates of the file."""

    certificates: pulumi.Output[dict[str, Any]]
    summary: pulumi.Output[dict[str, Any]]

    def __init__(self, name: str) -> None:
        outputs = dict.fromkeys(("certificates", "summary", "errors", "warnings"))
        super().__init__(SameProvider(), name, outputs, pulumi.ResourceOptions(id="fleet"))


def singles() -> None:
    """Read each certificate of the file as a resource, and export them."""
    pulumi.export("certificates", {sn: Same(sn, sn).certificate for sn in _outputs()["certificates"]})


def fleet() -> None:
    """Read all certificates of the file as one resource, and export them."""
    read = SameFleet("fleet")
    exported = read.certificates.apply(lambda found: {f"fleet/{sn}": each for sn, each in (found or {}).items()})
    pulumi.export("certificates", exported)
    pulumi.export("summaries", {"fleet": read.summary})
