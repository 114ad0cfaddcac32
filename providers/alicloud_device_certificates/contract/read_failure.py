"""Reads that fail without ending the preview, so the preview gate sees every certificate of a stack.

The engine stops all other reads once one has failed, and a preview cannot continue. If the gate runs the preview (it
sets ``VARIABLE``), a data source therefore tolerates a failure that concerns its certificate: the read returns the
output ``read_failure`` instead of ``certificate``, which is then unknown to the program. A preview keeps no state, and
an update never tolerates a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

VARIABLE: Final = "DEVICE_CERTIFICATES_PREVIEW_GATE"
"""The environment variable that the gate sets to ``1``."""

PROPERTY: Final = "read_failure"
"""The input that tolerates a failure, and the output that describes it."""

ContentReason = Literal["unreadable", "mismatch", "pending"]
"""Why a certificate that the service returned cannot be used."""

Category = Literal["missing", ContentReason]
"""What is wrong with the certificate. The gate has a kind of finding of each name."""

QUERY_FAILED: Final = "query_failed"
"""The category of every other failure, which is unrelated to the certificate."""


def tolerating_props(environ: Mapping[str, str], *, is_preview: bool) -> dict[str, Any]:
    """Return what a data source adds to its inputs: nothing, unless the gate runs this preview."""
    return {PROPERTY: True} if is_preview and environ.get(VARIABLE) == "1" else {}


def is_tolerated(props: Mapping[str, Any]) -> bool:
    """Return whether the inputs of a read tolerate a failure."""
    return props.get(PROPERTY) is True


def failure_output(category: Category, *, code: str | None, message: str) -> dict[str, Any]:
    """Return the outputs of a failed read; ``message`` is the one line of its error."""
    # The engine would drop a None.
    return {PROPERTY: {"category": category, "code": code or "", "message": message}}
