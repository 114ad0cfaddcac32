"""The report as results of a static analysis, SARIF 2.1.0, for GitHub's code scanning and others that read it."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any
from urllib.parse import quote

from alicloud_device_certificates.contract.distribution import version
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Finding, Judged, Report
from alicloud_device_certificates.gate.reports.json_text import json_text
from alicloud_device_certificates.gate.reports.visible import visible
from alicloud_device_certificates.gate.rules.kinds import ABOUT, Kind, Severity

_LEVELS: dict[Severity, str] = {"fail": "error", "warn": "warning", "info": "note"}
_KINDS = list(Kind)
# What is told although it is for information only: that it is other than at the last update.
_CHANGES = {Kind.NEW, Kind.RENEWED, Kind.CHANGED, Kind.ROTATED, Kind.STATUS_CHANGED, Kind.GONE}


def render(report: Report) -> str:
    """Make the report: a rule for each kind of finding, a result for each finding that somebody should see."""
    ordinals: Counter[tuple[str, Kind]] = Counter()
    results = []
    for judged in report.certificates:
        for finding in judged.findings:
            if finding.severity != "info" or finding.kind in _CHANGES:
                ordinal = ordinals[judged.observed.urn, finding.kind]
                results.append(_result(judged, finding, ordinal, report.project_file))
                ordinals[judged.observed.urn, finding.kind] += 1
    run = {
        "tool": {
            "driver": {
                "name": "device-certificates",
                "version": version(),
                "rules": [_rule(kind) for kind in _KINDS],
            }
        },
        # GitHub keeps the results of each category apart: without it, those of one stack would replace another's.
        "automationDetails": {"id": f"device-certificates/{visible(report.project)}/{visible(report.stack)}/"},
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


def _rule(kind: Kind) -> dict[str, Any]:
    about = ABOUT[kind]
    return {
        "id": kind.value,
        "name": "".join(word.capitalize() for word in kind.value.split("_")),
        "shortDescription": {"text": f"Device certificate: {about.title}"},
        "fullDescription": {"text": about.meaning},
        "help": {"text": about.advice or about.meaning},
        "defaultConfiguration": {"level": _LEVELS[about.severity]},
        "properties": {"tags": ["certificates"]},
    }


def _result(judged: Judged, finding: Finding, ordinal: int, file: str) -> dict[str, Any]:
    observed = judged.observed
    digest = hashlib.sha256(f"{visible(observed.urn)} {finding.kind}".encode()).hexdigest()
    fingerprint = f"{digest}:{ordinal + 1}"
    return {
        "ruleId": finding.kind.value,
        "ruleIndex": _KINDS.index(finding.kind),
        "level": _LEVELS[finding.severity],
        "message": _message(f"{observed.name}: {ABOUT[finding.kind].title}: {finding.message}"),
        "locations": [
            {
                # A certificate is in no file, but a result without one is not shown: the project's stands for it.
                "physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": 1}},
                "logicalLocations": [
                    {
                        "name": visible(observed.name),
                        "fullyQualifiedName": visible(observed.urn),
                        "kind": "resource",
                    }
                ],
            }
        ],
        # By the second one GitHub tells results apart. Left to itself it would make one of the line in the file, which
        # is the same for all.
        "partialFingerprints": {"certificateAndKind/v1": fingerprint, "primaryLocationLineHash": fingerprint},
    }


def _message(text: str) -> dict[str, str]:
    # "[text](address)" is a link in a SARIF message.
    return {"text": visible(text).replace("](", "] (")}
