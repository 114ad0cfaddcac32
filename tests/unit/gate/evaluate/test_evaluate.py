"""What is found of one certificate. The severities, and what the engine shows of it, are in other tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from tests.unit.gate.issued import CA_NAME, CA_SN, WEAK, fields, issue

from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.read_failure import QUERY_FAILED, Category
from alicloud_device_certificates.contract.timestamps import NO_EXPIRY, rfc3339
from alicloud_device_certificates.gate.collect.observed import Observed, ReadFailure, ReadWarning
from alicloud_device_certificates.gate.evaluate.evaluate import evaluate_all
from alicloud_device_certificates.gate.report import Evaluation
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rules, rules_of

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BEGIN, END = NOW - timedelta(days=100), NOW + timedelta(days=265)
ID = CertificateId.of("mqtt", region="cn-hangzhou", mqtt_instance_id="post-cn-1", ca_sn=CA_SN, device_sn="01")


def certificate(**changed: Any) -> dict[str, Any]:
    """The fields of a sound certificate, but for what is changed; None leaves a field out."""
    made = fields(issue("gateway", BEGIN, END, serial=0x0102), status="active")
    return {name: value for name, value in {**made, **changed}.items() if value is not None}


def observed(new: dict[str, Any] | None = None, **parts: Any) -> Observed:
    """A certificate that was read, and was the same before, unless something else is said."""
    new = certificate() if new is None else new
    return Observed(
        **{"urn": "urn:1", "name": "gateway", "service": "mqtt", "state": "read", "id": str(ID), "old": new, "new": new}
        | parts
    )


def evaluated(*certificates: Observed, rules: Rules | None = None, now: datetime = NOW) -> Evaluation:
    """The evaluation of the first of these certificates."""
    found = evaluate_all(certificates, rules or Rules(), now)
    (one,) = [each for each in found if each.observed is certificates[0]]
    return one


def kinds(evaluation: Evaluation) -> list[str]:
    return [finding.kind.value for finding in evaluation.findings]


def test_nothing_is_found_of_a_certificate_that_is_fine_and_as_before() -> None:
    evaluation = evaluated(observed())
    assert kinds(evaluation) == ["unchanged"]
    assert evaluation.changes == ()
    assert (evaluation.not_before, evaluation.not_after) == (BEGIN, END)
    assert (evaluation.warn_from, evaluation.fail_from) == (END - timedelta(days=30), END)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (BEGIN - timedelta(seconds=1), "not_yet_valid"),
        (BEGIN, "unchanged"),
        (END - timedelta(days=30, seconds=1), "unchanged"),
        (END - timedelta(days=30), "expires_within"),
        (END, "expires_within"),
        (END + timedelta(seconds=1), "expired"),
    ],
)
def test_the_validity_is_judged_to_the_second(now: datetime, found: str) -> None:
    assert kinds(evaluated(observed(), now=now)) == [found]


@pytest.mark.parametrize(
    ("gate", "days", "severity"),
    [
        ({"failWithin": "7d"}, 7, "fail"),
        ({"failWithin": "7d"}, 8, "warn"),
        ({"failWithin": "10%"}, 36, "fail"),
        ({"warnWithin": "10%"}, 37, "info"),
        ({"failWithin": "7d", "warnOn": ["expires_within"]}, 7, "warn"),
        ({"failWithin": "7d", "allow": ["expires_within"]}, 7, "info"),
        ({"failOn": ["expires_within"]}, 29, "fail"),
        ({"warnWithin": "1d", "failWithin": "40d"}, 39, "fail"),
    ],
)
def test_the_threshold_that_is_passed_tells_how_bad_it_is(gate: dict[str, Any], days: int, severity: str) -> None:
    evaluation = evaluated(observed(), rules=rules_of(gate), now=END - timedelta(days=days))
    assert evaluation.severity == severity
    assert kinds(evaluation) == ["expires_within" if days != 37 else "unchanged"]


@pytest.mark.parametrize(
    ("gate", "warn_from", "fail_from"),
    [
        ({"failWithin": "7d"}, END - timedelta(days=30), END - timedelta(days=7)),
        ({"failWithin": "40d"}, END - timedelta(days=30), END - timedelta(days=40)),
        ({"warnWithin": "10%", "allow": ["expired"]}, END - timedelta(days=36.5), None),
        ({"failWithin": "7d", "allow": ["expires_within"]}, None, END),
        ({"failWithin": "7d", "warnOn": ["expires_within", "expired"]}, END - timedelta(days=30), None),
        ({"failOn": ["expires_within"]}, None, END - timedelta(days=30)),
    ],
)
def test_from_when_on_its_end_warns_and_fails_is_told_as_the_rules_have_it(
    gate: dict[str, Any], warn_from: datetime | None, fail_from: datetime | None
) -> None:
    evaluation = evaluated(observed(), rules=rules_of(gate))
    assert (evaluation.warn_from, evaluation.fail_from) == (warn_from, fail_from)


@pytest.mark.parametrize(
    ("not_before", "not_after"),
    [
        ("0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"),
        ("1950-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-11-23T06:00:00Z", "2026-11-23T06:00:00Z"),
    ],
)
@pytest.mark.parametrize("gate", [{}, {"warnWithin": "36500d", "failWithin": "100%"}])
def test_no_validity_is_too_odd_to_be_judged(not_before: str, not_after: str, gate: dict[str, Any]) -> None:
    evaluation = evaluated(observed(certificate(not_before=not_before, not_after=not_after)), rules=rules_of(gate))
    assert evaluation.findings
    assert evaluation.remaining_share(NOW) is not None


def test_a_validity_that_ends_before_it_begins_is_over() -> None:
    evaluation = evaluated(observed(certificate(not_before="2027-01-01T00:00:00Z", not_after="2026-12-01T00:00:00Z")))
    assert evaluation.findings[0].kind is FindingKind.EXPIRED
    assert (
        "it is never valid: it ends at 2026-12-01T00:00:00Z, before its start at 2027-"
        in evaluation.findings[0].message
    )


def test_a_threshold_that_is_longer_than_the_lifetime_warns_about_itself() -> None:
    evaluation = evaluated(observed(), rules=rules_of({"warnWithin": "400d"}))
    assert kinds(evaluation) == ["expires_within", "threshold_exceeds_lifetime"]
    assert "the warn threshold, 400d, exceeds the whole lifetime of 365 days" in evaluation.findings[1].message


def test_a_certificate_that_is_not_in_the_stack_yet_is_new() -> None:
    assert kinds(evaluated(observed(old=None))) == ["new"]


OTHER_KEY = fields(issue("gateway", BEGIN, END, serial=0x0102, key=99), status="active")
OTHER_SERIAL = fields(issue("gateway", BEGIN, END, serial=0x0103, key=0x0102), status="active")
SAME_KEY = fields(issue("gateway", BEGIN, END + timedelta(days=9), serial=0x0102), status="active")


@pytest.mark.parametrize(
    ("new", "kind", "message"),
    [
        (OTHER_KEY, "rotated", "it was rotated: it has a new key"),
        (OTHER_SERIAL, "rotated", "it was rotated: the serial number changed from 0102 to 0103"),
        (SAME_KEY, "renewed", "it was renewed for the same key, valid until 2027-08-24T06:00:00Z"),
    ],
)
def test_another_certificate_is_a_rotation_unless_key_and_serial_number_stay(
    new: dict[str, Any], kind: str, message: str
) -> None:
    evaluation = evaluated(observed(new, old=certificate()))
    assert [(finding.kind.value, finding.message) for finding in evaluation.findings] == [(kind, message)]
    assert {"certificate_pem", "sha256_fingerprint"} <= {change.field for change in evaluation.changes}


def test_another_certificate_under_the_same_name_is_no_rotation() -> None:
    evaluation = evaluated(observed(OTHER_KEY, old=certificate(), old_id="mqtt/cn-hangzhou/post-cn-1/00f2/02"))
    assert kinds(evaluation) == ["changed"]
    message = evaluation.findings[0].message
    assert message.startswith("a different certificate is read under this name: mqtt/")
    assert message.endswith(" instead of mqtt/cn-hangzhou/post-cn-1/00f2/02")


def test_a_field_that_an_earlier_version_did_not_have_is_no_change() -> None:
    evaluation = evaluated(observed(old=certificate(public_key_sha256=None)))
    assert kinds(evaluation) == ["unchanged"]
    assert evaluation.changes == ()


def test_a_renewal_is_one_even_if_an_earlier_version_wrote_the_state() -> None:
    evaluation = evaluated(observed(SAME_KEY, old=certificate(public_key_sha256=None)))
    assert kinds(evaluation) == ["renewed"]


def test_a_digest_that_is_no_longer_there_is_a_change() -> None:
    evaluation = evaluated(observed(certificate(public_key_sha256=None), old=certificate()))
    assert [(finding.kind, finding.message) for finding in evaluation.findings] == [
        ("changed", "changed fields: public_key_sha256")
    ]


def test_what_was_a_secret_cannot_be_compared_and_is_not_new() -> None:
    evaluation = evaluated(observed(old=None, was_secret=True))
    assert kinds(evaluation) == ["changed"]


def test_where_keys_cannot_be_compared_it_is_taken_for_a_rotation() -> None:
    garbled = certificate(certificate_pem="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    evaluation = evaluated(observed(garbled, old=certificate()))
    assert kinds(evaluation) == ["rotated"]
    assert "cannot be compared" in evaluation.findings[0].message


def test_a_change_of_status_and_a_change_of_anything_else_are_told_apart() -> None:
    status = evaluated(observed(certificate(status="inactive"), old=certificate()))
    assert kinds(status) == ["inactive", "status_changed"]
    assert status.findings[1].message == "the status changed from active to inactive"
    name = evaluated(observed(certificate(device_name="b"), old=certificate(device_name="a")))
    assert kinds(name) == ["changed"]
    assert [(change.field, change.old, change.new) for change in name.changes] == [("device_name", "a", "b")]


def test_a_certificate_that_was_pending_and_is_there_has_another_status_and_is_no_rotation() -> None:
    evaluation = evaluated(observed(certificate(status="generated"), old={"status": "generating"}))
    assert kinds(evaluation) == ["status_changed", "changed"]


@pytest.mark.parametrize("status", ["generating", "failed"])
def test_a_certificate_that_is_not_there_yet_is_pending(status: str) -> None:
    evaluation = evaluated(observed({"status": status}, warnings=(ReadWarning("pending", "it is"),)))
    assert kinds(evaluation) == ["pending"]
    assert evaluation.not_after is None
    assert evaluation.remaining_share(NOW) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (fields(WEAK, status="active"), "the RSA key has 1024 bits; the minimum is 2048"),
        ({"signature_algorithm": "sha1WithRSAEncryption"}, "the signature algorithm is sha1WithRSAEncryption"),
        ({"signature_algorithm": "ecdsa-with-SHA1"}, "the signature algorithm is ecdsa-with-SHA1"),
        ({"signature_algorithm": "md2WithRSAEncryption"}, "the signature algorithm is md2WithRSAEncryption"),
        ({"signature_algorithm": "dsa_with_SHA256"}, "the signature algorithm is dsa_with_SHA256"),
        ({"signature_algorithm": "md5WithRSAEncryption"}, "the signature algorithm is md5WithRSAEncryption"),
        ({"public_key_algorithm": "EC", "public_key_bits": 192}, "the EC key has 192 bits; the minimum is 224"),
        ({"public_key_algorithm": "DSA", "public_key_bits": 2048}, "the key is a DSA key"),
    ],
)
def test_small_keys_and_old_hashes_are_weak(changed: dict[str, Any], message: str) -> None:
    evaluation = evaluated(observed({**certificate(), **changed}))
    assert message in [finding.message for finding in evaluation.findings if finding.kind is FindingKind.WEAK]


@pytest.mark.parametrize(
    "changed",
    [
        {"public_key_algorithm": "RSA", "public_key_bits": 2048},
        {"public_key_algorithm": "Ed25519", "public_key_bits": 256},
        {"public_key_algorithm": "1.2.3", "public_key_bits": None},
        {"signature_algorithm": "sha1WithRSAEncryption", "is_ca": True, "issuer": "CN=a", "subject": "CN=a"},
    ],
)
def test_sound_keys_and_how_a_root_signed_itself_are_not_weak(changed: dict[str, Any]) -> None:
    assert "weak" not in kinds(evaluated(observed(certificate(**changed))))


def test_each_mismatch_that_the_read_found_is_told() -> None:
    warnings = (
        ReadWarning("serial_mismatch", "the service gives 01"),
        ReadWarning("not_a_ca", "it may sign no other"),
        ReadWarning("of_a_later_version", "something new"),
        ReadWarning("unreadable", "the times are odd"),
        ReadWarning("emulator", "told of once a run"),
        ReadWarning("inactive", "told of by the status"),
    )
    evaluation = evaluated(observed(warnings=warnings))
    assert kinds(evaluation) == ["mismatch", "mismatch", "mismatch", "unreadable"]
    assert evaluation.findings[0].message == "serial_mismatch: the service gives 01"


@pytest.mark.parametrize("code", ["nonconforming", "version_1_ca"])
def test_a_deviation_is_only_information(code: str) -> None:
    evaluation = evaluated(observed(warnings=(ReadWarning(code, "no seconds"),)))
    assert [(each.kind.value, each.severity, each.message) for each in evaluation.findings] == [
        ("nonconforming", "info", "no seconds")
    ]
    rules = rules_of({"failOn": ["nonconforming"]})
    assert evaluated(observed(warnings=(ReadWarning(code, "no seconds"),)), rules=rules).severity == "fail"


def test_a_certificate_without_an_end_is_never_about_to_expire() -> None:
    endless = observed(certificate(not_after=NO_EXPIRY))
    rules = rules_of({"warnWithin": "36500d", "failWithin": "100%"})
    for now in (NOW, datetime(9999, 12, 31, tzinfo=UTC)):
        evaluation = evaluated(endless, rules=rules, now=now)
        assert kinds(evaluation) == ["unchanged"]
        assert (evaluation.warn_from, evaluation.fail_from) == (None, None)
    early = evaluated(endless, now=BEGIN - timedelta(days=1))
    assert kinds(early) == ["not_yet_valid"]


def test_a_second_earlier_is_an_ordinary_end() -> None:
    ordinary = observed(certificate(not_after="9999-12-31T23:59:58Z"))
    assert kinds(evaluated(ordinary, rules=rules_of({"warnWithin": "100%"}))) == ["expires_within"]


def test_a_certificate_without_an_end_does_not_outlive_its_ca() -> None:
    assert kinds(evaluated(observed(certificate(not_after=NO_EXPIRY)), _ca("2027-01-01T00:00:00Z"))) == ["unchanged"]
    assert kinds(evaluated(observed(), _ca(NO_EXPIRY))) == ["unchanged"]


def test_a_certificate_without_an_end_fails_once_its_ca_has_expired() -> None:
    endless, end = observed(certificate(not_after=NO_EXPIRY)), NOW - timedelta(days=1)
    evaluation = evaluated(endless, _ca(rfc3339(end)))
    assert [(each.kind.value, each.severity, each.message) for each in evaluation.findings] == [
        ("outlives_ca", "fail", f"it has no expiry, but its CA expired at {rfc3339(end)}")
    ]
    assert kinds(evaluated(endless, _ca(rfc3339(NOW)))) == ["ca_expires_within"]


def test_a_renewal_without_an_end_says_so() -> None:
    endless = issue("gateway", BEGIN, datetime.fromisoformat(NO_EXPIRY), serial=0x0102)
    evaluation = evaluated(observed(fields(endless, status="active"), old=certificate()))
    assert [finding.message for finding in evaluation.findings] == ["it was renewed for the same key, without expiry"]


def _ca(not_after: str, status: str = "active") -> Observed:
    identity = CertificateId.of(
        "mqtt-ca", region=ID["region"], mqtt_instance_id=ID["mqtt_instance_id"], ca_sn=ID["ca_sn"]
    )
    ca = fields(issue(CA_NAME, BEGIN, END, serial=5, is_ca=True), status=status, ca_sn=CA_SN)
    return observed({**ca, "not_after": not_after}, urn="urn:ca", name="ca", service="mqtt-ca", id=str(identity))


def test_a_leaf_that_outlives_its_ca_is_found_by_the_ca_beside_it_or_by_its_own_chain() -> None:
    by_resource = evaluated(observed(), _ca("2027-01-01T00:00:00Z"))
    assert kinds(by_resource) == ["outlives_ca"]
    assert "it is valid until 2027-08-15T06:00:00Z, but its CA only until 2027-01-01" in by_resource.findings[0].message
    assert kinds(evaluated(observed(), _ca("2027-08-15T06:00:00Z"))) == ["unchanged"]
    chained = certificate(ca_certificate_pem=issue("ca", BEGIN, END - timedelta(days=1), serial=5, is_ca=True))
    assert kinds(evaluated(observed(chained))) == ["outlives_ca"]


def test_a_ca_that_is_not_known_or_cannot_be_read_is_not_judged() -> None:
    assert kinds(evaluated(observed(id="iot/cn-shanghai/-/pk/light"), _ca("2027-01-01T00:00:00Z"))) == ["unchanged"]
    assert kinds(evaluated(observed(id=None), _ca("2027-01-01T00:00:00Z"))) == ["unchanged"]
    garbled = certificate(ca_certificate_pem="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert kinds(evaluated(observed(garbled))) == ["unchanged"]
    assert kinds(evaluated(observed(certificate(ca_certificate_pem="no PEM")))) == ["unchanged"]


def test_each_category_of_a_failed_read_is_the_name_of_a_finding() -> None:
    assert {*get_args(Category), QUERY_FAILED} <= {kind.value for kind in FindingKind}


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("missing", "missing"),
        ("unreadable", "unreadable"),
        ("mismatch", "mismatch"),
        ("pending", "pending"),
        ("query_failed", "query_failed"),
    ],
)
def test_a_read_that_failed_fails_the_gate_unless_a_rule_says_otherwise(category: str, kind: str) -> None:
    failed = observed(state="failed", new=None, failure=ReadFailure(category=category, code="C", message="the error"))
    failed = replace(failed, new=None)
    evaluation = evaluated(failed)
    assert [(each.kind.value, each.severity, each.message) for each in evaluation.findings] == [
        (kind, "fail", "the error")
    ]
    assert evaluated(failed, rules=rules_of({"warnOn": [kind]})).severity == "warn"


@pytest.mark.parametrize(
    ("state", "found"), [("gone", "gone"), ("known_after_update", "known_after_update"), ("secret", "unreadable")]
)
def test_what_cannot_be_seen_is_told_and_not_judged(state: Any, found: str) -> None:
    expired = certificate(not_after="2020-01-01T00:00:00Z")
    assert kinds(evaluated(replace(observed(state=state), old=expired, new=None))) == [found]


def test_the_worst_comes_first_then_what_ends_first() -> None:
    certificates = [
        observed(urn="urn:a", name="a"),
        observed(certificate(status="inactive"), urn="urn:b", name="b"),
        observed(certificate(not_after="2027-08-14T00:00:00Z"), urn="urn:c", name="c"),
        observed(old=None, urn="urn:d", name="d"),
        observed({"status": "generating"}, urn="urn:e", name="e"),
    ]
    found = evaluate_all(certificates, rules_of({"allow": ["pending"]}), NOW)
    assert [each.observed.name for each in found] == ["b", "c", "a", "d", "e"]


def test_another_account_is_a_change_and_no_rotation() -> None:
    for account, old_account, message in (
        ("b", None, "that of account b instead of that of the account of alicloud:"),
        (None, "b", "that of the account of alicloud: instead of that of account b"),
        ("b", "a", "that of account b instead of that of account a"),
    ):
        old = certificate(serial_number="7")
        evaluation = evaluated(observed(old=old, old_id=str(ID), account=account, old_account=old_account))
        (finding,) = [each for each in evaluation.findings if each.kind is FindingKind.CHANGED]
        assert finding.message == f"a different certificate is read under this name: {message}"
        assert "rotated" not in kinds(evaluation)


def test_a_ca_of_another_account_is_not_the_issuer() -> None:
    ca_id = str(ID.issuer())
    short = replace(_ca("2026-12-01T00:00:00Z"), id=ca_id)
    for account, found in ((None, True), ("b", False)):
        assert ("outlives_ca" in kinds(evaluated(observed(account=account), short))) is found
