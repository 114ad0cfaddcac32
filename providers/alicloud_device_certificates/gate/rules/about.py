"""What is known of a kind of finding: its severity and texts, and how policies and reports treat it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["fail", "warn", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first."""

PolicyScope = Literal["preview", "stored state", "never"]
"""When a policy can see a finding: in previews, updates and the stored state; only in the stored state
(``pulumi policy analyze``), because it needs the warnings of a read; or never, because it needs a read or the values of
the last update, which the engine shows to no policy."""

TestResult = Literal["failure", "error", "skipped"]
"""How JUnit classifies a finding. ``failure``: a failure if its severity is ``fail``, else a passed test; ``error``: an
error if its severity is ``fail``; ``skipped``: a skipped test unless its severity is ``fail``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of one kind of finding."""

    name: str
    """The name in reports, config and command line."""
    severity: Severity
    """The severity unless a rule sets another."""
    meaning: str
    """One sentence."""
    advice: str = ""
    """What to do, one sentence; empty if there is nothing to do."""
    policy: PolicyScope
    """When a policy can see it. There is a policy for each kind unless this is ``never``."""
    is_listed: bool = False
    """Whether SARIF lists it even if it is only ``info``."""
    is_across_stacks: bool = False
    """Whether ``merge`` finds it on certificates of different stacks."""
    junit: TestResult = "failure"
    former_name: str = ""
    """An earlier name, still accepted wherever a name is read."""
