"""The policies: which there are, what each reports, and that the gate's rules and CrossGuard's config both hold."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import EnforcementLevel, StackValidationArgs, StackValidationPolicy
from tests.unit.gate.issued import WEAK, fields, issue
from tests.unit.policy.conftest import NOW, Run, stack

from alicloud_device_certificates.policy import RulesError, device_certificate_policies

CHECKOUT = Path(__file__).parents[3]
YEAR = timedelta(days=365)


def certificate(begin_d: int = -100, end_d: int = 265, **others: Any) -> dict[str, Any]:
    """A certificate that is valid from and until so many days from now."""
    serial = (begin_d + 1000) * 10_000 + end_d + 1000
    pem = issue("gateway", NOW + timedelta(days=begin_d), NOW + timedelta(days=end_d), serial=serial)
    return fields(pem, **{"status": "active", "device_sn": "11", "ca_sn": "00f2", **others})


HEALTHY = certificate()
OTHER = certificate(-101)
CA = issue("ca", NOW - YEAR, NOW + timedelta(days=100), serial=3, is_ca=True)


def shown(found: list[Any]) -> set[tuple[str, str]]:
    return {(violation.policy, violation.message) for violation in found}


def policies_of(found: list[Any]) -> set[str]:
    return {violation.policy for violation in found}


def test_what_fails_at_the_gate_is_mandatory_and_what_warns_is_advisory() -> None:
    levels = {
        policy.name.removeprefix("device-certificate-"): policy.enforcement_level
        for policy in device_certificate_policies()
    }
    mandatory, advisory = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
    assert levels == {
        "expired": mandatory,
        "mismatch": mandatory,
        "unreadable": mandatory,
        "inactive": mandatory,
        "compromised-key": mandatory,
        "shared-key": mandatory,
        "ca-inactive": mandatory,
        "outlives-ca": mandatory,
        "ca-expires-within": advisory,
        "ca-expires-within-fail": mandatory,
        "duplicate-serial": advisory,
        "too-old": advisory,
        "expires-within": advisory,
        "expires-within-fail": mandatory,
        "not-yet-valid": advisory,
        "pending": advisory,
        "weak": advisory,
        "nonconforming": EnforcementLevel.DISABLED,
        "threshold-exceeds-lifetime": advisory,
        "fail-on": mandatory,
        "warn-on": advisory,
    }


def test_a_certificate_with_which_all_is_fine_violates_nothing(violations: Run) -> None:
    assert violations(stack({"gateway": HEALTHY})) == []


@pytest.mark.parametrize(
    ("name", "certificate", "message"),
    [
        ("expired", certificate(-400, -35), "it expired at 2026-10-19T06:00:00Z, 35 days ago"),
        ("inactive", certificate(status="inactive"), "the service has deactivated it"),
        (
            "outlives-ca",
            certificate(ca_certificate_pem=CA),
            "it is valid until 2027-08-15T06:00:00Z, but its CA only until 2027-03-03T06:00:00Z",
        ),
        (
            "expires-within",
            certificate(-345, 20),
            "it expires at 2026-12-13T06:00:00Z, in 20 days "
            "(warn threshold: 30 days, or the last third of a shorter lifetime)",
        ),
        ("not-yet-valid", certificate(2, 367), "it is not valid until 2026-11-25T06:00:00Z, in 2 days"),
        (
            "pending",
            {"status": "generating"},
            "there is no certificate yet: it is still being generated (status generating)",
        ),
        ("weak", fields(WEAK, status="generated"), "the RSA key has 1024 bits; the minimum is 2048"),
        (
            "unreadable",
            {"certificate_pem": OTHER["certificate_pem"], "not_after": HEALTHY["not_after"], "status": "active"},
            "the certificate cannot be read in full",
        ),
    ],
)
def test_each_kind_of_finding_violates_the_policy_of_its_name(
    violations: Run, name: str, certificate: dict[str, Any], message: str
) -> None:
    found = violations(stack({"gateway": HEALTHY, "sensor": certificate}))
    assert shown(found) == {(name, f"sensor: {message}")}


def test_what_only_certificates_together_show_violates_policies_too(violations: Run) -> None:
    twin = fields(
        issue("twin", NOW - YEAR, NOW + YEAR, serial=77, key=5), status="active", device_sn="77", ca_sn="00f2"
    )
    other = fields(
        issue("other", NOW - YEAR, NOW + YEAR, serial=77, key=5), status="active", device_sn="78", ca_sn="00f2"
    )
    ca = fields(CA, status="inactive", ca_sn="00f2")
    found = violations(stack({"twin": twin, "other": other, "ca": ca}), gate={"maxAge": "1w", "warnWithin": "110d"})
    assert {(violation.policy, violation.message.partition(":")[0]) for violation in found} == {
        ("shared-key", "twin"),
        ("shared-key", "other"),
        ("duplicate-serial", "twin"),
        ("duplicate-serial", "other"),
        ("ca-inactive", "twin"),
        ("ca-inactive", "other"),
        ("ca-expires-within", "twin"),
        ("ca-expires-within", "other"),
        ("outlives-ca", "twin"),
        ("outlives-ca", "other"),
        ("too-old", "twin"),
        ("too-old", "other"),
        ("inactive", "ca"),
        ("expires-within", "ca"),
    }


def test_the_same_certificate_under_two_names_shares_nothing(violations: Run) -> None:
    assert violations(stack({"gateway": HEALTHY, "alias": HEALTHY})) == []


def test_thresholds_come_from_the_gates_rules(violations: Run) -> None:
    gate = {
        "warnWithin": "40d",
        "failWithin": "10d",
        "rules": [{"match": "lab-*", "warnWithin": "1d", "failWithin": "12h"}],
    }
    certificates = {
        "soon": certificate(-330, 35),
        "sooner": certificate(-356, 9),
        "lab-1": certificate(-356, 9),
        "later": certificate(-265, 100),
    }
    assert shown(violations(stack(certificates), gate=gate)) == {
        ("expires-within", "soon: it expires at 2026-12-28T06:00:00Z, in 35 days (warn threshold: 40d)"),
        ("expires-within-fail", "sooner: it expires at 2026-12-02T06:00:00Z, in 9 days (fail threshold: 10d)"),
    }


def test_a_policys_own_config_goes_before_the_gates_general_thresholds_and_behind_those_by_name(
    violations: Run,
) -> None:
    certificates = {"soon": certificate(-330, 35), "lab-1": certificate(-330, 35)}
    gate = {"warnWithin": "1d", "rules": [{"match": "lab-*", "warnWithin": "2d"}]}
    config = {
        "device-certificate-expires-within": {"warnWithin": "40d"},
        "device-certificate-expires-within-fail": {"failWithin": "10%"},
    }
    found = violations(stack(certificates), gate=gate, config=config)
    assert [(violation.policy, violation.message.partition(":")[0]) for violation in found] == [
        ("expires-within", "soon"),
        ("expires-within-fail", "lab-1"),
        ("expires-within-fail", "soon"),
    ]


def test_a_threshold_that_is_longer_than_a_life_warns_of_itself(violations: Run) -> None:
    config = {"device-certificate-threshold-exceeds-lifetime": {"failWithin": "400d"}}
    (found,) = violations(stack({"gateway": HEALTHY}), config=config)
    assert found.policy == "threshold-exceeds-lifetime"
    assert found.message.startswith("gateway: the fail threshold, 400d, exceeds the whole lifetime of 365 days")


def test_the_schema_names_the_thresholds_that_a_policy_takes() -> None:
    assert {
        policy.name.removeprefix("device-certificate-"): set(policy.config_schema.properties)
        for policy in device_certificate_policies()
        if policy.config_schema is not None
    } == {
        "expires-within": {"warnWithin"},
        "expires-within-fail": {"failWithin"},
        "ca-expires-within": {"warnWithin"},
        "ca-expires-within-fail": {"failWithin"},
        "too-old": {"maxAge"},
        "threshold-exceeds-lifetime": {"warnWithin", "failWithin"},
    }


def test_a_config_that_cannot_be_used_violates_its_policy_instead_of_passing(violations: Run) -> None:
    config = {"device-certificate-expires-within": {"warnWithin": "soon"}}
    (found,) = violations(stack({"gateway": HEALTHY}), config=config)
    assert found.policy == "expires-within"
    assert found.message.startswith(
        "the config of device-certificate-expires-within is invalid: 'soon' is not a threshold; write "
    )


def test_rules_that_cannot_be_used_make_no_policies() -> None:
    with pytest.raises(RulesError, match=r"^device-certificates:gate: 'soon' is not a threshold"):
        device_certificate_policies({"warnWithin": "soon"})


def test_severities_of_the_gates_rules_hold(violations: Run) -> None:
    weak = fields(WEAK, status="generated")
    certificates = {
        "allowed": weak,
        "raised": weak,
        "usual": weak,
        "lowered": certificate(-400, -35),
        "ends": certificate(-345, 20),
    }
    gate = {
        "rules": [
            {"match": "allowed", "allow": ["weak"]},
            {"match": "raised", "failOn": ["weak"]},
            {"match": "lowered", "warnOn": ["expired"]},
            {"match": "ends", "failOn": ["expires-within"]},
        ]
    }
    found = violations(stack(certificates), gate=gate)
    assert {(violation.policy, violation.message.partition(":")[0]) for violation in found} == {
        ("fail-on", "raised"),
        ("weak", "usual"),
        ("warn-on", "lowered"),
        ("expires-within-fail", "ends"),
    }


def test_kinds_that_no_policy_can_see_are_not_reported_whatever_the_rules_say(violations: Run) -> None:
    assert violations(stack({"gateway": HEALTHY}), gate={"failOn": ["unchanged", "new", "missing"]}) == []


def test_all_judgements_are_of_the_moment_at_which_the_policies_were_made() -> None:
    policies = device_certificate_policies(now=NOW + timedelta(days=266))
    found: list[str] = []
    for policy in policies:
        assert isinstance(policy, StackValidationPolicy)
        policy.validate(StackValidationArgs([stack({"gateway": HEALTHY})]), lambda message, _urn: found.append(message))
    assert found == ["gateway: it expired at 2027-08-15T06:00:00Z, 24 hours ago"]


@given(
    name=st.text(max_size=40),
    status=st.text(max_size=400),
    pem=st.sampled_from(["", HEALTHY["certificate_pem"], "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END"]),
    not_after=st.one_of(st.text(max_size=40), st.just("2026-11-01T00:00:00Z")),
)
def test_whatever_a_stack_puts_there_a_violation_is_one_line_without_a_pem(
    name: str, status: str, pem: str, not_after: str
) -> None:
    odd = {"certificate_pem": pem, "status": status, "not_before": "2026-01-01T00:00:00Z", "not_after": not_after}
    found: list[str] = []
    for policy in device_certificate_policies(now=NOW):
        assert isinstance(policy, StackValidationPolicy)
        policy.validate(StackValidationArgs([stack({name: odd})]), lambda message, _urn: found.append(message))
    for message in found:
        assert message.isprintable()
        assert "BEGIN" not in message
        assert len(message) <= 300


def test_the_pack_has_the_version_of_the_package() -> None:
    pack = yaml.safe_load((CHECKOUT / "policies" / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (pack["runtime"], pack["version"]) == ("python", project["version"])
