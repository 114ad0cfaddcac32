"""The report as SARIF 2.1.0, for GitHub code scanning and other readers of static analysis results."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from alicloud_device_certificates.contract.distribution import version
from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.reports.json_text import json_text
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, FindingKind, Severity

_LEVELS: dict[Severity, str] = {"fail": "error", "warn": "warning", "info": "note"}
_KINDS = list(FindingKind)
_RULES = {kind: index for index, kind in enumerate(_KINDS)}
_NAMED = 20

MAX_RESULTS = 5000
"""The maximum number of results: GitHub shows no more of one upload, and rejects more than 25,000."""


def render(report: Report) -> str:
    """Return the report: a run for each stack, a rule for each kind, a result for each finding but mere information.

    If a run has more results than ``MAX_RESULTS``, the worst are there.
    """
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json_text({"$schema": schema, "version": "2.1.0", "runs": list(map(_run, report.runs))})


def _run(report: Report) -> dict[str, Any]:
    results = list(_results(report))
    left_out = len(results) - MAX_RESULTS
    remarks = [*report.notices]
    if left_out > 0:
        results.sort(key=lambda each: SEVERITIES.index(each.severity))
        remarks.append(f"{left_out:,} less severe results are left out here; the JSON report has all")
    return {
        "tool": {
            "driver": {
                "name": "device-certificates",
                "version": version(),
                "rules": [_rule(kind) for kind in _KINDS],
            }
        },
        # GitHub separates results by this category. Without it, one stack's results would replace another's.
        "automationDetails": {"id": f"device-certificates/{printable(report.project)}/{printable(report.stack)}/"},
        "invocations": [
            {
                "executionSuccessful": not report.problems,
                "endTimeUtc": rfc3339(report.now),
                "toolExecutionNotifications": [
                    *({"level": "error", "message": _message(problem)} for problem in report.problems),
                    *({"level": "note", "message": _message(remark)} for remark in remarks),
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_document(each, report.project_file) for each in results[:MAX_RESULTS]],
    }


class _Result(NamedTuple):
    text: str
    kind: FindingKind
    severity: Severity
    name: str
    address: str
    ordinal: int = 0
    """How many results of this kind the certificate has before it."""


def _results(report: Report) -> Iterator[_Result]:
    ordinals: Counter[tuple[str, FindingKind]] = Counter()
    # What concerns many certificates of a fleet alike and needs no action is one result.
    many: dict[tuple[str, FindingKind], list[Evaluation]] = {}
    for evaluation in report.certificates:
        observed = evaluation.observed
        for finding in evaluation.findings:
            if finding.severity == "info" and not finding.kind.about.is_listed:
                continue
            if finding.severity == "info" and observed.member is not None:
                many.setdefault((observed.urn, finding.kind), []).append(evaluation)
                continue
            ordinal = ordinals[observed.address, finding.kind]
            text = f"{observed.label}: {finding.kind}: {finding.message}"
            yield _Result(text, finding.kind, finding.severity, observed.name, observed.address, ordinal)
            ordinals[observed.address, finding.kind] += 1
    for (urn, kind), evaluations in many.items():
        fleet = evaluations[0].observed.fleet
        name = fleet.name if fleet is not None else ""
        keys = ", ".join(each.observed.member or "" for each in evaluations[:_NAMED])
        more = f" and {len(evaluations) - _NAMED:,} more" if len(evaluations) > _NAMED else ""
        yield _Result(f"{name}: {kind}: {keys}{more}", kind, "info", name, f"{urn}#*")


def _rule(kind: FindingKind) -> dict[str, Any]:
    about = kind.about
    return {
        "id": kind.value,
        "name": "".join(word.capitalize() for word in kind.value.split("_")),
        "shortDescription": {"text": f"Device certificate: {kind.words}"},
        "fullDescription": {"text": about.meaning},
        "help": {"text": about.advice or about.meaning},
        "defaultConfiguration": {"level": _LEVELS[about.severity]},
        "properties": {"tags": ["certificates"]},
    }


def _document(result: _Result, file: str) -> dict[str, Any]:
    digest = hashlib.sha256(f"{printable(result.address)} {result.kind}".encode()).hexdigest()
    fingerprint = f"{digest}:{result.ordinal + 1}"
    return {
        "ruleId": result.kind.value,
        "ruleIndex": _RULES[result.kind],
        "level": _LEVELS[result.severity],
        "message": _message(result.text),
        "locations": [
            {
                # GitHub shows only results in files. A certificate is in none, so use the project's file.
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(file)},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": printable(result.name),
                        "fullyQualifiedName": printable(result.address),
                        "kind": "resource",
                    }
                ],
            }
        ],
        # GitHub identifies results by the second one. Its own fingerprint would be made from the line in the file,
        # which is the same for all results.
        "partialFingerprints": {"certificateAndKind/v1": fingerprint, "primaryLocationLineHash": fingerprint},
    }


def _message(text: str) -> dict[str, str]:
    # "[text](address)" is a link in a SARIF message.
    return {"text": printable(text).replace("](", "] (")}
