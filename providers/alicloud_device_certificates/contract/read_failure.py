"""Reads that fail without ending the preview, so that the preview gate sees every certificate of a stack.

The engine gives up all other reads as soon as one has failed, and a preview has no way to go on. So where the gate runs
a preview (it sets `VARIABLE`), a data source asks its read to answer, where that fails for the certificate's own sake,
with the output ``read_failure`` in the place of ``certificate``: that is then unknown to the program, as is anything
that only an update will tell. Nothing of a preview is kept, and an update never asks for this.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

import pulumi

VARIABLE = "DEVICE_CERTIFICATES_PREVIEW_GATE"
PROPERTY = "read_failure"

Category = Literal["missing", "unreadable", "mismatch", "pending"]


def tolerating_props() -> dict[str, Any]:
    """Give what a data source adds to its inputs: nothing, unless the gate runs this preview."""
    return {PROPERTY: True} if pulumi.runtime.is_dry_run() and os.environ.get(VARIABLE) == "1" else {}


def is_tolerated(props: Mapping[str, Any]) -> bool:
    """Say whether the inputs of a read ask for this."""
    return props.get(PROPERTY) is True


def failure_output(category: Category, *, code: str | None, message: str) -> dict[str, Any]:
    """Give the outputs of a read that failed; ``message`` is the one line of its error."""
    # A None would be dropped by the engine.
    return {PROPERTY: {"category": category, "code": code or "", "message": message}}
