"""What is found of the CA above a device, and of a device's age."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.gate.evaluate.test_evaluate import BEGIN, END, NOW, _ca, certificate, evaluated, kinds, observed
from tests.unit.gate.issued import CA_SN, issue

from alicloud_device_certificates.contract.timestamps import NO_EXPIRY, rfc3339
from alicloud_device_certificates.gate.rules.rules import rules_of

LATER = rfc3339(END + timedelta(days=900))


def test_an_active_device_under_a_ca_that_is_deactivated_fails() -> None:
    evaluation = evaluated(observed(), _ca(LATER, "inactive"))
    assert [(each.kind.value, each.severity, each.message) for each in evaluation.findings] == [
        ("ca_inactive", "fail", "the service has deactivated its CA, although it is active itself")
    ]


def test_a_device_under_an_active_ca_or_that_is_inactive_too_has_no_such_finding() -> None:
    assert kinds(evaluated(observed(), _ca(LATER))) == ["unchanged"]
    assert kinds(evaluated(observed(certificate(status="inactive")), _ca(LATER, "inactive"))) == ["inactive"]


def test_a_chain_has_no_status_so_the_cas_own_data_source_counts() -> None:
    chain = certificate(ca_certificate_pem=issue("ca", BEGIN, END + timedelta(days=900), serial=5, is_ca=True))
    assert kinds(evaluated(observed(chain))) == ["unchanged"]
    assert kinds(evaluated(observed(chain), _ca(LATER, "inactive"))) == ["ca_inactive"]


@pytest.mark.parametrize(
    ("gate", "days", "found"),
    [
        ({}, 29, [("ca_expires_within", "warn")]),
        ({}, 31, []),
        ({"failWithin": "40d"}, 31, [("ca_expires_within", "fail")]),
        ({"warnWithin": "10%"}, 11, [("ca_expires_within", "warn")]),
        ({"warnWithin": "10%"}, 14, []),
        ({"failWithin": "40d", "warnOn": ["ca_expires_within"]}, 31, [("ca_expires_within", "warn")]),
        ({"failOn": ["expires_within"]}, 29, [("ca_expires_within", "warn")]),
    ],
)
def test_a_ca_about_to_expire_is_found_in_the_certificates_below_it(
    gate: dict[str, Any], days: int, found: list[tuple[str, str]]
) -> None:
    ca = _ca(rfc3339(NOW + timedelta(days=days)))
    evaluation = evaluated(observed(), ca, rules=rules_of(gate))
    assert [
        (each.kind.value, each.severity) for each in evaluation.findings if each.kind.value == "ca_expires_within"
    ] == found


def test_the_chain_says_when_the_ca_expires() -> None:
    end = NOW + timedelta(days=20)
    chain = certificate(
        not_after=rfc3339(end), ca_certificate_pem=issue("ca", BEGIN, end, serial=5, is_ca=True), ca_sn=CA_SN
    )
    evaluation = evaluated(observed(chain))
    assert kinds(evaluation) == ["expires_within", "ca_expires_within"]
    assert evaluation.findings[1].message == (
        "its CA expires at 2026-12-13T06:00:00Z, in 20 days "
        "(warn threshold: 30 days, or the last third of a shorter lifetime)"
    )


def test_a_ca_without_an_end_or_that_has_expired_is_not_about_to_expire() -> None:
    assert kinds(evaluated(observed(), _ca(NO_EXPIRY))) == ["unchanged"]
    assert kinds(evaluated(observed(), _ca(rfc3339(NOW - timedelta(days=1))))) == ["outlives_ca"]


def test_a_certificate_of_another_stack_finds_its_ca_by_the_sn() -> None:
    passed_on = observed(certificate(ca_sn=CA_SN), id=None)
    inactive = _ca(LATER, "inactive")
    assert kinds(evaluated(passed_on, inactive)) == ["ca_inactive"]
    active = replace(_ca(LATER), id="mqtt-ca/cn-hangzhou/post-cn-2/" + CA_SN)
    assert kinds(evaluated(passed_on, inactive, active)) == ["unchanged"], "which of both is not known"


@pytest.mark.parametrize(
    ("gate", "found"),
    [
        ({}, ["unchanged"]),
        ({"maxAge": "100d"}, ["unchanged"]),
        ({"maxAge": "99d"}, ["too_old"]),
        ({"maxAge": "50%"}, ["unchanged"]),
        ({"maxAge": "25%"}, ["too_old"]),
        ({"rules": [{"match": "gate*", "maxAge": "1w"}]}, ["too_old"]),
        ({"rules": [{"match": "other", "maxAge": "1w"}]}, ["unchanged"]),
    ],
)
def test_a_certificate_is_too_old_if_a_maximum_age_is_set_and_passed(gate: dict[str, Any], found: list[str]) -> None:
    evaluation = evaluated(observed(), rules=rules_of(gate))
    assert kinds(evaluation) == found
    if found == ["too_old"]:
        threshold = gate.get("maxAge", "1w")
        assert evaluation.findings[0].message == (
            f"it began at 2026-08-15T06:00:00Z, 100 days ago (maximum age: {threshold})"
        )


def test_being_too_old_has_the_severity_that_the_rules_set() -> None:
    rules = rules_of({"maxAge": "1w", "failOn": ["too_old"]})
    assert evaluated(observed(), rules=rules).severity == "fail"


def test_a_ca_or_a_certificate_that_has_not_begun_is_never_too_old() -> None:
    rules = rules_of({"maxAge": "1m"})
    assert kinds(evaluated(_ca(LATER), rules=rules)) == ["unchanged"]
    assert kinds(evaluated(observed(), rules=rules, now=BEGIN - timedelta(days=1))) == ["not_yet_valid"]
