"""What only the certificates of several stacks together show: keys, primes and serial numbers that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.compromised_keys import INSTALL, keys_with_shared_primes
from alicloud_device_certificates.gate.evaluate.duplicate_serials import duplicate_serials
from alicloud_device_certificates.gate.evaluate.key_checks import is_installed
from alicloud_device_certificates.gate.evaluate.others import Found
from alicloud_device_certificates.gate.evaluate.shared_keys import shared_keys
from alicloud_device_certificates.gate.report import Evaluation, Finding, Report, in_order, worst_first
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rule

MOST_RSA_KEYS: Final = 20_000
"""The maximum number of RSA keys that are searched for common primes: the time grows faster than their number."""

_REPLACING: Final[Mapping[FindingKind, Callable[[Sequence[Observed]], Found]]] = {
    FindingKind.SHARED_KEY: shared_keys,
    FindingKind.DUPLICATE_SERIAL: duplicate_serials,
}
"""Audits that find all that the stack's own run has found."""


def audited(reports: Sequence[Report], rule: Rule) -> tuple[list[Report], list[str]]:
    """Return the reports with what all of them together show, and remarks on what was not examined.

    The severity of a finding is that of the same kind in the stack's own report, else as ``rule`` says: the rules of
    the stacks are not known here.
    """
    where = [
        (number, position)
        for number, report in enumerate(reports)
        for position, each in enumerate(report.certificates)
        if each.observed.state == "read" and each.observed.new
    ]
    observed = [reports[number].certificates[position].observed for number, position in where]
    changed: dict[tuple[int, int], Evaluation] = {}

    def add(kind: FindingKind, found: Found) -> None:
        for at, message in found:
            number, position = place = where[at]
            evaluation = changed.get(place, reports[number].certificates[position])
            changed[place] = _with(evaluation, kind, message, rule)

    for kind, find in _REPLACING.items():
        add(kind, find(observed))
    remarks = list(_unexamined(observed))
    if not remarks and len(reports) > 1:
        add(FindingKind.COMPROMISED_KEY, keys_with_shared_primes(observed))
    numbers = {number for number, _ in changed}
    updated = (_updated(number, each, changed) if number in numbers else each for number, each in enumerate(reports))
    return list(updated), remarks


def _with(evaluation: Evaluation, kind: FindingKind, message: str, rule: Rule) -> Evaluation:
    before = [each for each in evaluation.findings if each.kind is kind]
    severity = before[0].severity if before else rule.severity(kind)
    finding = Finding(kind=kind, severity=severity, message=message)
    dropped = {FindingKind.UNCHANGED, *([kind] if kind in _REPLACING else [])}
    kept = (each for each in evaluation.findings if each.kind not in dropped and each != finding)
    return replace(evaluation, findings=in_order([*kept, finding]))


def _updated(number: int, report: Report, changed: Mapping[tuple[int, int], Evaluation]) -> Report:
    certificates = (changed.get((number, position), each) for position, each in enumerate(report.certificates))
    return replace(report, certificates=worst_first(certificates))


def _unexamined(observed: Sequence[Observed]) -> list[str]:
    number = sum((each.new or {}).get("public_key_algorithm") == "RSA" for each in observed)
    if not number:
        return []
    what = f"the RSA keys of different stacks were not compared ({FindingKind.COMPROMISED_KEY})"
    if not is_installed():
        return [f"{what}: {INSTALL}"]
    if number > MOST_RSA_KEYS:
        return [f"{what}: there are {number:,}, and the maximum is {MOST_RSA_KEYS:,}"]
    return []
