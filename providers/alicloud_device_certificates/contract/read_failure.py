"""Reads that fail without ending the preview, so the preview gate sees every certificate of a stack.

The engine stops all other reads once one has failed, and a preview cannot continue. If the gate runs the preview (it
sets ``VARIABLE``), a data source therefore tolerates a failure that concerns its certificate: the read returns the
output ``read_failure`` instead of ``certificate``, which is then unknown to the program. A preview keeps no state, and
an update never tolerates a failure.
"""

from __future__ import annotations

import re
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


DECLARED: Final = "device-certificates: declared "
"""What a program's debug message begins with for each data source, if the gate runs its preview; the name follows.

The engine shows no event of a read that it has not started before another one ended the preview.
"""

_TARGET = re.compile(r"^\w+ \((?:account (?P<account>[^:,]*+), )?region [^:]*?\): ")
# The lookahead finds the end first: without one, a search from each of these words would take quadratic time.
_FACTS = re.compile(r" \((?=[^()]*+\))[^()]*?(?:\d attempts|request ID)[^()]*+\)")


def cause_of(message: str) -> str:
    """Return an error without what differs from read to read: its target, its attempts and its request ID.

    The account remains: a fault of one is none of another.
    """
    return _FACTS.sub("", _TARGET.sub(lambda found: f"account {found[1]}: " if found[1] else "", message))


REPEATED: Final = "not read, as reported in full for another certificate: "
"""What the error of a read begins with if another read has reported the same fault of the whole account in full."""

_HEAD_LENGTH = 100


def repeated(message: str) -> str:
    """Return a short line for a fault of the whole account that was reported before."""
    return REPEATED + cause_of(message).partition(". ")[0][:_HEAD_LENGTH]


def is_same_cause(message: str, full: str) -> bool:
    """Return whether an error has the same cause as one that was reported in full."""
    head = message.removeprefix(REPEATED)
    return cause_of(full).startswith(head) if head != message else cause_of(message) == cause_of(full)


def is_gated(environ: Mapping[str, str]) -> bool:
    """Return whether the gate runs this preview."""
    return environ.get(VARIABLE) == "1"


def tolerating_props(environ: Mapping[str, str], *, is_preview: bool) -> dict[str, Any]:
    """Return what a data source adds to its inputs: nothing, unless the gate runs this preview."""
    return {PROPERTY: True} if is_preview and is_gated(environ) else {}


def is_tolerated(props: Mapping[str, Any]) -> bool:
    """Return whether the inputs of a read tolerate a failure."""
    return props.get(PROPERTY) is True


def failure_output(category: Category, *, code: str | None, message: str) -> dict[str, Any]:
    """Return the outputs of a failed read; ``message`` is the one line of its error."""
    # The engine would drop a None.
    return {PROPERTY: {"category": category, "code": code or "", "message": message}}
