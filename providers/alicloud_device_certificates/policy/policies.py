"""One policy for each kind of finding that a policy can see, evaluated by the gate's own code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)

from alicloud_device_certificates.contract.bounds import DocumentError
from alicloud_device_certificates.contract.config import GATE, NAMESPACE
from alicloud_device_certificates.contract.documents import parse_json
from alicloud_device_certificates.contract.text import TEXT_LIMIT, one_line
from alicloud_device_certificates.gate.errors import RulesError
from alicloud_device_certificates.gate.evaluate.compromised_keys import require_audit
from alicloud_device_certificates.gate.options import RULE_OPTIONS, GateOption
from alicloud_device_certificates.gate.report import Finding
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity
from alicloud_device_certificates.gate.rules.rules import Rules, rule_of, rules_of
from alicloud_device_certificates.policy.last_evaluation import LastEvaluation
from alicloud_device_certificates.policy.shown import shown_certificates

KINDS = tuple(kind for kind in FindingKind if kind.about.policy != "never")
"""The kinds that have a policy."""

_LEVELS: dict[Severity, EnforcementLevel] = {
    "fail": EnforcementLevel.MANDATORY,
    "warn": EnforcementLevel.ADVISORY,
    "info": EnforcementLevel.DISABLED,
}
_BEFORE_END = (FindingKind.EXPIRES_WITHIN, FindingKind.CA_EXPIRES_WITHIN)
"""The kinds whose severity depends on which of both thresholds before an end is passed."""
_THRESHOLDS = tuple(option for option in RULE_OPTIONS if option.finding in KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PolicySpec:
    """A policy to make: the findings that it reports, and the thresholds that its config can set."""

    name: str
    description: str
    advice: str = ""
    severity: Severity
    reports: Callable[[Finding], bool]
    thresholds: tuple[GateOption, ...] = ()


def device_certificate_policies(gate: object = None, *, now: datetime | None = None) -> list[Policy]:
    """Make the policies of a pack, ``device-certificate-expired`` and so on.

    A policy is mandatory if the gate fails by default, advisory if it warns, and otherwise disabled. ``gate`` is a
    value like that of ``device-certificates:gate``. CrossGuard's config sets a policy's level and its thresholds, which
    take precedence over the general ones of ``gate``. ``now`` (UTC) is the time of all evaluations; by default the
    current time.

    Raise RulesError if ``gate`` is invalid.
    """
    rules = rules_of(gate)
    require_audit(rules)
    evaluations = LastEvaluation(now or datetime.now(UTC).replace(microsecond=0))
    return [
        StackValidationPolicy(
            name=spec.name,
            description=spec.description,
            enforcement_level=_LEVELS[spec.severity],
            config_schema=_schema(spec),
            remediation_steps=spec.advice or None,
            validate=partial(_validate, spec, evaluations, rules),
        )
        for spec in _specs()
    ]


def gate_of_stack() -> object:
    """Return ``device-certificates:gate`` of the stack that the pack runs for; None if it is not set or not passed.

    Raise RulesError if it is not valid JSON.
    """
    try:
        text = pulumi.Config(NAMESPACE).get(GATE.name)
        return None if text is None else parse_json(text)
    except DocumentError as error:
        raise RulesError(f"{GATE.full_name} is not valid JSON: {error}") from None


def _specs() -> Iterator[_PolicySpec]:
    for kind in KINDS:
        yield _spec_of(kind, kind.about.severity)
        if kind in _BEFORE_END:
            yield _spec_of(kind, "fail", suffix="-fail")
    yield _PolicySpec(
        name="device-certificate-fail-on",
        description="Device certificate with an advisory finding that the rules turn into a failure (failOn).",
        severity="fail",
        reports=lambda finding: _is_overridden(finding, "fail"),
    )
    yield _PolicySpec(
        name="device-certificate-warn-on",
        description="Device certificate with a mandatory finding that the rules turn into a warning (warnOn).",
        severity="warn",
        reports=lambda finding: _is_overridden(finding, "warn"),
    )


def _spec_of(kind: FindingKind, severity: Severity, suffix: str = "") -> _PolicySpec:
    about = kind.about
    controlled = FindingKind.EXPIRES_WITHIN if kind in _BEFORE_END else kind
    thresholds = tuple(option for option in _THRESHOLDS if (option.finding, option.severity) == (controlled, severity))
    if kind is FindingKind.THRESHOLD_EXCEEDS_LIFETIME:
        thresholds = tuple(option for option in _THRESHOLDS if option.finding == FindingKind.EXPIRES_WITHIN)
    return _PolicySpec(
        name=f"device-certificate-{kind.replace('_', '-')}{suffix}",
        description=f"Device certificate {kind.words}: {about.meaning}",
        advice=about.advice,
        severity=severity,
        reports=lambda finding: (finding.kind, finding.severity) == (kind, severity),
        thresholds=thresholds,
    )


def _is_overridden(finding: Finding, severity: Severity) -> bool:
    """Return whether the rules set this severity, which the policy of the finding's kind does not report."""
    return (
        finding.kind in KINDS
        and finding.kind not in _BEFORE_END
        and finding.severity == severity != finding.kind.about.severity
    )


def _schema(spec: _PolicySpec) -> PolicyConfigSchema | None:
    if not spec.thresholds:
        return None
    return PolicyConfigSchema(
        {option.config_key: {"type": "string", "description": option.help} for option in spec.thresholds}
    )


def _validate(
    spec: _PolicySpec,
    evaluations: LastEvaluation,
    rules: Rules,
    args: StackValidationArgs,
    report_violation: ReportViolation,
) -> None:
    config = args.get_config()
    try:
        rules = rules.with_general(rule_of({option.attribute: config.get(option.config_key) for option in _THRESHOLDS}))
    except RulesError as error:
        report_violation(f"the config of {spec.name} is invalid: {error}", None)
        return
    for evaluation in evaluations.of(shown_certificates(args.resources), rules):
        for finding in evaluation.findings:
            if spec.reports(finding):
                report_violation(
                    one_line(f"{evaluation.observed.name}: {finding.message}", limit=TEXT_LIMIT),
                    evaluation.observed.urn,
                )
