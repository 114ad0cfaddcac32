"""What all reports show: the certificates with what was found of them, worst first, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, Kind, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found of a certificate; ``message`` is one line for people."""

    kind: Kind
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field with another value than at the last update; None where it has none."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One certificate with its findings, worst first and never empty, and what changed.

    ``not_before`` and ``not_after`` are in UTC, and None where there is no certificate that tells them; ``warn_from``
    and ``fail_from`` are the moments from which on its end is a finding that warns or fails, None where it never is.
    """

    observed: Observed
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    warn_from: datetime | None = None
    fail_from: datetime | None = None

    @property
    def severity(self) -> Severity:
        """The worst severity of its findings."""
        return self.findings[0].severity

    @property
    def certificate(self) -> Mapping[str, Any]:
        """The fields as of now; those of the last update where there are none now; empty where there never were."""
        return self.observed.new or self.observed.old or {}

    def remaining(self, now: datetime) -> timedelta | None:
        """How long it is still valid; negative when expired."""
        return None if self.not_after is None else self.not_after - now

    def remaining_share(self, now: datetime) -> float | None:
        """How much of its lifetime is left, from 0.0 to 1.0; None where that is not known."""
        if self.not_before is None or self.not_after is None:
            return None
        lifetime = self.not_after - self.not_before
        left = (self.not_after - now) / lifetime if lifetime > timedelta(0) else 0.0
        return min(max(left, 0.0), 1.0)


Source = Literal["preview", "deployed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run: of a preview, or of a stack as last deployed.

    ``now`` is the one moment of the whole run, UTC, to the second. ``problems`` say, each in one line, why the preview
    could not be made; ``notices`` what else concerns the whole run. ``operations`` counts the engine's steps
    (``create``, ``same``, ...), and ``outputs_change`` says that the stack's outputs would change. Where it
    ``is_detailed``, changes have an exit code of their own. ``project_file`` is the project's path in its repository.
    """

    project: str
    stack: str
    source: Source
    now: datetime
    certificates: tuple[Judged, ...]
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    operations: Mapping[str, int]
    outputs_change: bool = False
    is_detailed: bool = False
    project_file: str = "Pulumi.yaml"

    def counts(self) -> dict[Severity, int]:
        """How many certificates there are of each severity."""
        return {each: sum(judged.severity == each for judged in self.certificates) for each in SEVERITIES}

    def kinds(self) -> dict[Kind, int]:
        """How many certificates have a finding of each kind; those that none has are left out."""
        found = [kind for judged in self.certificates for kind in {finding.kind for finding in judged.findings}]
        return {kind: found.count(kind) for kind in Kind if kind in found}

    @property
    def has_changes(self) -> bool:
        """Whether an update would change a resource, a certificate, or the stack's outputs; of a deployed one: no."""
        if self.source == "deployed":
            return False
        steps = any(count for step, count in self.operations.items() if step not in {"same", "read", "refresh"})
        return steps or self.outputs_change or any(_is_changed(judged) for judged in self.certificates)

    @property
    def exit_code(self) -> int:
        """1: the preview could not be made; 3: a finding fails; 2: there are changes (``is_detailed``); else 0."""
        if self.problems:
            return 1
        if any(judged.severity == "fail" for judged in self.certificates):
            return 3
        return 2 if self.is_detailed and self.has_changes else 0


def worst_first(certificates: Iterable[Judged]) -> tuple[Judged, ...]:
    """Sort by severity, then by the end of the validity, then by name."""
    return tuple(
        sorted(
            certificates,
            key=lambda judged: (
                SEVERITIES.index(judged.severity),
                judged.not_after is None,
                judged.not_after.timestamp() if judged.not_after else 0.0,
                judged.observed.name,
                judged.observed.urn,
            ),
        )
    )


def _is_changed(judged: Judged) -> bool:
    return bool(judged.changes) or judged.observed.state == "gone" or judged.observed.is_new
