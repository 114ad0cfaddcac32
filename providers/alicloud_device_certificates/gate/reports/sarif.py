"""The report as SARIF 2.1.0, for GitHub code scanning and other readers of static analysis results."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any
from urllib.parse import quote

from alicloud_device_certificates.contract.distribution import version
from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Evaluation, Finding, Report
from alicloud_device_certificates.gate.reports.json_text import json_text
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity

_LEVELS: dict[Severity, str] = {"fail": "error", "warn": "warning", "info": "note"}
_KINDS = list(FindingKind)


def render(report: Report) -> str:
    """Return the report: a rule for each kind of finding, a result for each finding except mere information."""
    ordinals: Counter[tuple[str, FindingKind]] = Counter()
    results = []
    for evaluation in report.certificates:
        for finding in evaluation.findings:
            if finding.severity != "info" or finding.kind.about.is_listed:
                ordinal = ordinals[evaluation.observed.urn, finding.kind]
                results.append(_result(evaluation, finding, ordinal, report.project_file))
                ordinals[evaluation.observed.urn, finding.kind] += 1
    run = {
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
                    *({"level": "note", "message": _message(notice)} for notice in report.notices),
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json_text({"$schema": schema, "version": "2.1.0", "runs": [run]})


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


def _result(evaluation: Evaluation, finding: Finding, ordinal: int, file: str) -> dict[str, Any]:
    observed = evaluation.observed
    digest = hashlib.sha256(f"{printable(observed.urn)} {finding.kind}".encode()).hexdigest()
    fingerprint = f"{digest}:{ordinal + 1}"
    return {
        "ruleId": finding.kind.value,
        "ruleIndex": _KINDS.index(finding.kind),
        "level": _LEVELS[finding.severity],
        "message": _message(f"{observed.label}: {finding.kind}: {finding.message}"),
        "locations": [
            {
                # GitHub shows only results in files. A certificate is in none, so use the project's file.
                "physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": 1}},
                "logicalLocations": [
                    {
                        "name": printable(observed.name),
                        "fullyQualifiedName": printable(observed.urn),
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
