"""The data of every report: the certificates with their findings, worst first, and the exit code that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Final, Literal, Self

from alicloud_device_certificates.contract.timestamps import has_no_expiry
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, FindingKind, Severity


class ExitCode(IntEnum):
    """The exit codes of ``preview``, ``report`` and ``merge``, and what each means."""

    meaning: str
    """A few words, lower case."""
    details: str
    """What else there is to know, one sentence or nothing."""

    def __new__(cls, code: int, meaning: str, details: str = "") -> Self:
        """Make a member that is its code, with its meaning beside."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        member.details = details
        return member

    OK = 0, "OK, no finding fails"
    INCOMPLETE = (
        1,
        "the run could not be completed",
        "The program, a setting, credentials, the service or a policy stopped it, or the command is invalid.",
    )
    CHANGES = 2, "an update would make changes", "Only with `--detailed-exitcode`."
    FINDINGS = 3, "a finding fails"

    @classmethod
    def worst(cls, codes: Iterable[Self]) -> Self:
        """Return the code that takes precedence: problems, then findings, then changes; ``OK`` of none."""
        found = set(codes)
        order = (cls.INCOMPLETE, cls.FINDINGS, cls.CHANGES)
        return next((code for code in order if code in found), cls.OK)

    @classmethod
    def summary(cls) -> str:
        """Return all codes with their meanings, as one line."""
        return "; ".join(f"{code} {code.meaning}" for code in cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding on a certificate."""

    kind: FindingKind
    severity: Severity
    message: str
    """One line for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field whose value differs from that of the last update; a value is None if the field is absent."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One certificate with its findings and changes."""

    observed: Observed
    findings: tuple[Finding, ...]
    """Worst first, never empty."""
    changes: tuple[Change, ...] = ()
    not_before: datetime | None = None
    """The start of the validity, UTC; None if it is not known."""
    not_after: datetime | None = None
    """The end of the validity, UTC; None if it is not known."""
    warn_from: datetime | None = None
    """From when the end of the validity is a warning; None if it never is."""
    fail_from: datetime | None = None
    """From when the end of the validity is a failure; None if it never is."""

    @property
    def severity(self) -> Severity:
        """The severity of the worst finding."""
        return self.findings[0].severity

    @property
    def certificate(self) -> Mapping[str, Any]:
        """The fields as read now, else those of the last update; empty if there are neither."""
        return self.observed.new or self.observed.old or {}

    @property
    def has_no_expiry(self) -> bool:
        """Whether the validity has no end."""
        return self.not_after is not None and has_no_expiry(self.not_after)

    def remaining(self, now: datetime) -> timedelta | None:
        """Return the remaining validity, negative once expired; None if it is not known or has no end."""
        return None if self.not_after is None or self.has_no_expiry else self.not_after - now

    def remaining_share(self, now: datetime) -> float | None:
        """Return the remaining share of the lifetime, 0.0 to 1.0 (if it has no end); None if it is not known."""
        if self.has_no_expiry:
            return 1.0
        if self.not_before is None or self.not_after is None:
            return None
        lifetime = self.not_after - self.not_before
        left = (self.not_after - now) / lifetime if lifetime > timedelta(0) else 0.0
        return min(max(left, 0.0), 1.0)


_ORDER: Mapping[FindingKind, int] = {kind: place for place, kind in enumerate(FindingKind)}

STALE_AFTER: Final = timedelta(days=1)
"""The age from which a report is remarked on when it is merged."""

ReportSource = Literal["preview", "deployed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run of the gate, on a preview or on a stack as last deployed; or several of them, merged."""

    project: str
    stack: str
    """The stack's name; like the project's empty if the report is of several."""
    source: ReportSource
    now: datetime
    """The time for which everything is evaluated, UTC, to the second."""
    certificates: tuple[Evaluation, ...]
    problems: tuple[str, ...] = ()
    """Why the run is incomplete, one line each."""
    notices: tuple[str, ...] = ()
    """Other remarks on the whole run, one line each."""
    operations: Mapping[str, int]
    """The number of resources by the engine's step (``create``, ``same``, ...)."""
    outputs_change: bool = False
    """Whether the stack's outputs would change."""
    is_detailed: bool = False
    """Whether changes have an exit code of their own."""
    project_file: str = "Pulumi.yaml"
    """The path of the project's file in its repository."""
    recorded_changes: bool | None = None
    """``has_changes`` of a report that was read from a file, which lacks what it follows from; else None."""
    reports: tuple[Report, ...] = ()
    """The reports that it merges, that of the worst stack first; empty if it is of one run."""

    @property
    def runs(self) -> Sequence[Report]:
        """The reports of single runs: those that it merges, or itself."""
        return self.reports or (self,)

    @property
    def stale(self) -> Sequence[Report]:
        """Those of the merged reports that are older than the merge by more than ``STALE_AFTER``, the oldest first."""
        old = (report for report in self.reports if self.now - report.now > STALE_AFTER)
        return sorted(old, key=lambda report: report.now)

    @property
    def title(self) -> str:
        """The stack with its project, or how many stacks there are."""
        if not self.reports:
            return f"{self.project}/{self.stack}"
        return f"{len(self.reports):,} stack{'' if len(self.reports) == 1 else 's'}"

    def counts(self) -> dict[Severity, int]:
        """Return the number of certificates of each severity."""
        found = Counter(evaluation.severity for evaluation in self.certificates)
        return {each: found[each] for each in SEVERITIES}

    def kinds(self) -> dict[FindingKind, int]:
        """Return the number of certificates with a finding of each kind, without the kinds that were not found."""
        found = Counter(
            kind for evaluation in self.certificates for kind in {finding.kind for finding in evaluation.findings}
        )
        return {kind: found[kind] for kind in FindingKind if kind in found}

    @property
    def has_changes(self) -> bool:
        """Whether an update would change a resource, a certificate or the stack's outputs."""
        if self.reports:
            return any(report.has_changes for report in self.reports)
        if self.recorded_changes is not None:
            return self.recorded_changes
        if self.source == "deployed":
            return False
        steps = any(count for step, count in self.operations.items() if step not in {"same", "read", "refresh"})
        return steps or self.outputs_change or any(_is_changed(evaluation) for evaluation in self.certificates)

    @property
    def exit_code(self) -> ExitCode:
        """The exit code: problems take precedence over findings, and findings over changes; of several, the worst."""
        if self.reports:
            return ExitCode.worst(report.exit_code for report in self.reports)
        if self.problems:
            return ExitCode.INCOMPLETE
        if any(evaluation.severity == "fail" for evaluation in self.certificates):
            return ExitCode.FINDINGS
        return ExitCode.CHANGES if self.is_detailed and self.has_changes else ExitCode.OK


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort the findings of one certificate, worst first."""
    return tuple(sorted(findings, key=lambda finding: (SEVERITIES.index(finding.severity), _ORDER[finding.kind])))


def worst_first(certificates: Iterable[Evaluation]) -> tuple[Evaluation, ...]:
    """Sort by severity, then by the end of the validity, then by name."""
    return tuple(
        sorted(
            certificates,
            key=lambda evaluation: (
                SEVERITIES.index(evaluation.severity),
                evaluation.not_after is None,
                evaluation.not_after.timestamp() if evaluation.not_after else 0.0,
                evaluation.observed.name,
                evaluation.observed.address,
            ),
        )
    )


def _is_changed(evaluation: Evaluation) -> bool:
    observed = evaluation.observed
    is_changed = observed.is_fleet and observed.fleet is not None and observed.fleet.is_changed
    return bool(evaluation.changes) or observed.state == "gone" or observed.is_new or is_changed
