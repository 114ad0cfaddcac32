"""Reports of several stacks as one: what it counts, how it ends, and what only all of them together show."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.gate.evaluate.weak_keys import certificate, modulus
from tests.unit.gate.issued import fields
from tests.unit.gate.merged_sample import LATER, fleet_report, merge, merged_report
from tests.unit.gate.sample import NOW, deployed_report, failed_report, sample_report

from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.merge import across
from alicloud_device_certificates.gate.report import ExitCode, Report
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rule, Rules


def found(report: Report, kind: FindingKind) -> dict[str, tuple[str, str]]:
    """The certificates with a finding of a kind, by label: its severity and message."""
    return {
        each.observed.label: (finding.severity, finding.message)
        for each in report.certificates
        for finding in each.findings
        if finding.kind is kind
    }


def rsa_report(stack: str, *primes: tuple[int, int], rules: Rules | None = None) -> Report:
    """A report on RSA keys, each of these two primes; the devices are called ``a``, ``b`` and so on."""
    observed = []
    for name, seeds in zip("abc", primes, strict=False):
        new = fields(certificate(modulus(*seeds), 65537), status="generated")
        id_ = f"iot/cn-shanghai/-/pk/{stack}-{name}"
        urn = f"urn:pulumi:{stack}::fleet::x::{name}"
        observed.append(Observed(urn=urn, name=name, service="iot", state="read", id=id_, old=new, new=new))
    evaluated = evaluate_all(observed, rules or Rules(), NOW)
    return replace(sample_report(), project="fleet", stack=stack, certificates=evaluated)


def test_counts_are_those_of_all_stacks() -> None:
    report = merged_report()
    assert len(report.certificates) == sum(len(each.certificates) for each in report.reports)
    assert report.counts()["warn"] == sum(each.counts()["warn"] for each in report.reports) > 0
    assert report.title == "5 stacks"


def test_the_worst_stack_comes_first_and_one_that_could_not_be_completed_before_all() -> None:
    titles = [each.title for each in merged_report().reports]
    assert titles[:2] == ["device-certificates/failed", "device-certificates/prod"]


def test_certificates_of_one_name_stay_apart_by_their_stacks() -> None:
    labels = [each.observed.label for each in merged_report().certificates]
    assert len(labels) == len(set(labels))
    assert {"fleet/east: meters/02", "fleet/west: meters/02"} <= set(labels)


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ([sample_report(), failed_report()], ExitCode.INCOMPLETE),
        ([fleet_report("a"), sample_report()], ExitCode.FINDINGS),
        ([fleet_report("a", "01"), replace(fleet_report("b", "02"), outputs_change=True)], ExitCode.OK),
        (
            [fleet_report("a", "01"), replace(fleet_report("b", "02"), outputs_change=True, is_detailed=True)],
            ExitCode.CHANGES,
        ),
        ([fleet_report("a", "01"), fleet_report("b", "02")], ExitCode.OK),
    ],
)
def test_the_exit_code_is_the_worst(reports: list[Report], code: ExitCode) -> None:
    named = [replace(each, stack=str(number)) for number, each in enumerate(reports)]
    assert merge(*named).exit_code is merge(*reversed(named)).exit_code is code


def test_problems_and_notices_name_their_stacks_and_equal_notices_are_one() -> None:
    emulated = [replace(deployed_report(), stack=name) for name in "abcde"]
    report = merge(replace(failed_report(), stack="failed"), *emulated)
    (problem,) = report.problems
    assert problem.startswith("device-certificates/failed: gateway-31: GetDeviceCertificate")
    assert report.notices == (
        "device-certificates/a, device-certificates/b, device-certificates/c and 2 more: "
        "certificates of this stack come from an emulator, not from Alibaba Cloud",
    )


def test_old_reports_are_remarked_on_by_the_age_of_the_oldest() -> None:
    old, older = (
        replace(fleet_report(name, name), now=NOW - timedelta(days=days)) for name, days in (("a", 1), ("b", 9))
    )
    (notice,) = merge(fleet_report("c", "c"), old, older).notices
    assert notice == "fleet/b, fleet/a: these reports are up to 9 days old; run the gate again"
    (notice,) = merge(fleet_report("c", "c"), older).notices
    assert notice == "fleet/b: this report is 9 days old; run the gate again"
    assert merge(fleet_report("c", "c"), replace(old, now=LATER - timedelta(days=1))).notices == ()


def test_a_key_that_devices_of_two_stacks_have_is_shared() -> None:
    report = merge(fleet_report("east", "01", "02"), fleet_report("west", "02", "03"))
    assert found(report, FindingKind.SHARED_KEY) == {
        "fleet/east: meters/02": ("fail", "it has the same public key as fleet/west: meters/02"),
        "fleet/west: meters/02": ("fail", "it has the same public key as fleet/east: meters/02"),
    }
    (east,) = [each for each in report.reports if each.stack == "east"]
    assert found(east, FindingKind.UNCHANGED).keys() == {"fleet/east: meters/01"}, "what has a finding is not unchanged"
    assert report.exit_code is ExitCode.FINDINGS


def test_one_device_that_two_stacks_read_shares_nothing() -> None:
    same = fleet_report("east", "01")
    report = merge(same, replace(same, stack="west"))
    assert found(report, FindingKind.SHARED_KEY) == found(report, FindingKind.DUPLICATE_SERIAL) == {}


def test_the_severity_is_that_of_the_stacks_own_finding_or_else_the_options() -> None:
    rule = Rule(severities={FindingKind.SHARED_KEY: "warn"})
    report = merge(fleet_report("east", "01"), fleet_report("west", "01"), rule=rule)
    assert {severity for severity, _ in found(report, FindingKind.SHARED_KEY).values()} == {"warn"}
    accepted = Rules(general=Rule(severities={FindingKind.SHARED_KEY: "info"}))
    pair = rsa_report("a", (1, 2), (1, 2), rules=accepted)
    report = merge(pair, rsa_report("b", (1, 2)), rule=rule)
    assert found(report, FindingKind.SHARED_KEY) == {
        "fleet/a: a": ("info", "it has the same public key as fleet/a: b, fleet/b: a"),
        "fleet/a: b": ("info", "it has the same public key as fleet/a: a, fleet/b: a"),
        "fleet/b: a": ("warn", "it has the same public key as fleet/a: a, fleet/a: b"),
    }


def test_a_serial_number_that_two_stacks_have_of_one_issuer_is_a_duplicate() -> None:
    reports = []
    for stack in ("a", "b"):
        report = fleet_report(stack, "01")
        (evaluation,) = report.certificates
        new = {**evaluation.certificate, "issuer": "CN=CA", "subject": f"CN={stack}", "serial_number_hex": "01"}
        new["public_key_sha256"] = stack * 64
        observed = replace(evaluation.observed, old=new, new=new)
        reports.append(replace(report, certificates=(replace(evaluation, observed=observed),)))
    assert found(merge(*reports), FindingKind.DUPLICATE_SERIAL) == {
        "fleet/a: meters/01": ("warn", "its issuer assigned the serial number 01 to fleet/b: meters/01 too"),
        "fleet/b: meters/01": ("warn", "its issuer assigned the serial number 01 to fleet/a: meters/01 too"),
    }


def test_a_prime_that_keys_of_two_stacks_share_compromises_both() -> None:
    report = merge(rsa_report("a", (1, 2), (3, 4)), rsa_report("b", (1, 5)))
    assert found(report, FindingKind.COMPROMISED_KEY) == {
        f"fleet/{one}: a": (
            "fail",
            f"its modulus shares a prime with that of fleet/{other}: a, so both private keys can be computed",
        )
        for one, other in (("a", "b"), ("b", "a"))
    }


def test_keys_that_are_not_compared_are_remarked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [rsa_report("a", (1, 2)), rsa_report("b", (1, 5))]
    monkeypatch.setattr(across, "MOST_RSA_KEYS", 1)
    (notice,) = merge(*reports).notices
    assert notice == (
        "the RSA keys of different stacks were not compared (compromised_key): there are 2, and the maximum is 1"
    )
    monkeypatch.setitem(sys.modules, "badkeys", None)
    (notice,) = merge(*reports).notices
    assert "were not compared (compromised_key): run pip install" in notice
    assert merge(fleet_report("a", "01")).notices == (), "there are no RSA keys"


def test_a_merge_of_merged_reports_is_that_of_all() -> None:
    reports = [fleet_report("east", "01", "02"), fleet_report("west", "02", "03"), sample_report()]
    first = merge(*reports[:2])
    assert merge(*first.reports, reports[2]) == merge(*reports)
