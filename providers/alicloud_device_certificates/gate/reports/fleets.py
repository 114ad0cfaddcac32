"""The fleets of a report: each in figures, and long lists of its certificates cut to the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alicloud_device_certificates.contract.timestamps import has_no_expiry
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.reports.wording import name
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFigures:
    """One fleet of a report."""

    urn: str
    stack: str
    """Its project and stack, if the report is of several; else empty."""
    name: str
    service: str
    certificates: int
    """The number of its certificates, also of those that it does not keep."""
    severities: Mapping[Severity, int]
    """The number of its certificates by severity, and itself if it is evaluated as a whole."""
    first_end: datetime | None
    """When the first of its certificates ends, UTC; None if that is not known or none ends."""

    @property
    def label(self) -> str:
        """The name by which people know it in the report."""
        return _label(self.stack, self.name)

    @property
    def counts(self) -> str:
        """The numbers by severity, such as ``3 fail, 0 warn, 97 info``."""
        return ", ".join(f"{count:,} {severity}" for severity, count in self.severities.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Certificates of one fleet and severity that a list leaves out."""

    fleet: str
    severity: Severity
    certificates: Sequence[Evaluation]

    @property
    def label(self) -> str:
        """What it stands for, such as ``990 more of meters``."""
        return f"{len(self.certificates):,} more of {self.fleet}"

    def found(self, report: Report) -> str:
        """Return the kinds of their findings, the most frequent first, such as ``inactive (900), expired (90)``."""
        kinds = Counter(
            kind for each in self.certificates for kind in {name(finding, report) for finding in each.findings}
        )
        return ", ".join(
            f"{kind} ({count:,})" for kind, count in sorted(kinds.items(), key=lambda each: (-each[1], each[0]))
        )


def fleet_figures(report: Report) -> list[FleetFigures]:
    """Return the fleets of a report of which certificates are known, that of the worst one first."""
    found: dict[tuple[str, str], list[Evaluation]] = {}
    for evaluation in report.certificates:
        observed = evaluation.observed
        if observed.fleet is not None:
            found.setdefault((observed.stack, observed.urn), []).append(evaluation)
    figures = ((_figures(evaluations), evaluations) for evaluations in found.values())
    return [
        each
        for each, evaluations in figures
        if each.certificates or any(not one.observed.is_fleet for one in evaluations)
    ]


def _figures(evaluations: Sequence[Evaluation]) -> FleetFigures:
    observed = evaluations[0].observed
    summaries = (each.observed.fleet.summary for each in evaluations if each.observed.fleet is not None)
    summary = next(summaries, None) or {}
    severities = Counter(each.severity for each in evaluations)
    there = [each for each in evaluations if each.observed.state != "gone"]
    return FleetFigures(
        urn=observed.urn,
        stack=observed.stack,
        name=observed.fleet.name if observed.fleet is not None else observed.name,
        service=observed.service,
        certificates=max(sum(not each.observed.is_fleet for each in there), summary.get("count", 0)),
        severities={severity: severities[severity] for severity in SEVERITIES},
        first_end=min(
            (each.not_after for each in there if each.not_after and not has_no_expiry(each.not_after)),
            default=None,
        ),
    )


def worst_of_each(evaluations: Iterable[Evaluation], most: int) -> Iterator[Evaluation | Rest]:
    """Yield certificates by severity and fleet: of each fleet and severity the first ones, and then the rest as one.

    Certificates without a fleet are all there. The order of the severities, and of the fleets within each, is that of
    ``evaluations``, which come worst first.
    """
    groups: dict[tuple[Severity, str, str], list[Evaluation]] = {}
    for number, each in enumerate(evaluations):
        place = each.observed.urn if each.observed.fleet is not None else str(number)
        groups.setdefault((each.severity, each.observed.stack, place), []).append(each)
    for (severity, *_), group in groups.items():
        # One that is left out alone takes as much room as the line that says so.
        cut = len(group) if len(group) <= most + 1 else most
        yield from group[:cut]
        if rest := group[cut:]:
            observed = rest[0].observed
            fleet = _label(observed.stack, observed.fleet.name if observed.fleet is not None else "")
            yield Rest(fleet=fleet, severity=severity, certificates=rest)


def _label(stack: str, fleet: str) -> str:
    return f"{stack}: {fleet}" if stack else fleet
