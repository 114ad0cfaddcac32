"""The conditions of a data source: which certificates meet them, at one fixed time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alicloud_device_certificates.contract.postconditions import Postconditions, postcondition_props
from alicloud_device_certificates.contract.thresholds import ThresholdError
from alicloud_device_certificates.contract.timestamps import rfc3339

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ACTIVE: dict[str, Any] = {"status": "active", "not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z"}


def fault(certificate: dict[str, Any], now: datetime = NOW, **conditions: Any) -> str | None:
    props = postcondition_props("gateway", **{"fail_within": None, "require_active": False, **conditions})
    return Postconditions.from_props(props).fault(certificate, now)


def ending(within: timedelta, **fields: Any) -> dict[str, Any]:
    return {**ACTIVE, "not_after": rfc3339(NOW + within), **fields}


def test_without_a_condition_there_is_no_input_and_nothing_fails() -> None:
    assert postcondition_props("gateway", fail_within=None, require_active=False) == {}
    assert not Postconditions.from_props({}).has_any
    assert fault({"status": "inactive"}) is None


def test_outputs_hold_no_conditions_so_a_refresh_has_none() -> None:
    assert not Postconditions.from_props({"certificate": ACTIVE, "cross_check": "warn"}).has_any


@pytest.mark.parametrize(
    ("within", "message"),
    [
        (timedelta(days=30), "expires at 2026-07-31T00:00:00Z, in 30 days (fail_within: 30d)"),
        (timedelta(days=5), "expires at 2026-07-06T00:00:00Z, in 5 days (fail_within: 30d)"),
        (timedelta(0), "expires at 2026-07-01T00:00:00Z, in 0 minutes (fail_within: 30d)"),
        (timedelta(seconds=-1), "expired at 2026-06-30T23:59:59Z, 0 minutes ago (fail_within: 30d)"),
        (timedelta(days=-90), "expired at 2026-04-02T00:00:00Z, 90 days ago (fail_within: 30d)"),
    ],
)
def test_what_ends_within_the_time_or_has_ended_fails(within: timedelta, message: str) -> None:
    assert fault(ending(within), fail_within="30d") == message


def test_what_ends_a_second_later_passes() -> None:
    assert fault(ending(timedelta(days=30, seconds=1)), fail_within="30d") is None


def test_a_share_is_one_of_the_lifetime() -> None:
    begin, end = NOW - timedelta(days=90), NOW + timedelta(days=10)
    certificate = {**ACTIVE, "not_before": rfc3339(begin), "not_after": rfc3339(end)}
    assert fault(certificate, fail_within="10%") == "expires at 2026-07-11T00:00:00Z, in 10 days (fail_within: 10%)"
    assert fault(certificate, now=NOW - timedelta(seconds=1), fail_within="10%") is None


def test_a_time_longer_than_the_whole_lifetime_fails_and_says_why() -> None:
    assert fault(ACTIVE, fail_within="400d") == (
        "expires at 2027-01-01T00:00:00Z, in 184 days (fail_within: 400d, longer than its whole lifetime of 365 days)"
    )


@pytest.mark.parametrize("lost", ["not_before", "not_after"])
def test_an_unknown_validity_fails(lost: str) -> None:
    for value in (None, "soon"):
        assert fault({**ACTIVE, lost: value}, fail_within="30d") == "has an unknown validity (fail_within: 30d)"


def test_what_is_never_valid_fails() -> None:
    message = fault({**ACTIVE, "not_before": "2028-01-01T00:00:00Z"}, fail_within="10%")
    assert message == (
        "is never valid: it ends at 2027-01-01T00:00:00Z, before its start at 2028-01-01T00:00:00Z (fail_within: 10%)"
    )


@pytest.mark.parametrize("within", ["100%", "36500d"])
def test_what_has_no_expiry_passes(within: str) -> None:
    assert fault({**ACTIVE, "not_after": "9999-12-31T23:59:59Z"}, fail_within=within) is None


def test_what_is_not_valid_yet_passes_because_neither_condition_looks_at_the_start() -> None:
    later = {**ACTIVE, "not_before": "2026-08-01T00:00:00Z"}
    assert fault(later, fail_within="30d", require_active=True) is None


@pytest.mark.parametrize("status", ["active", "generated"])
def test_a_certificate_in_service_is_active(status: str) -> None:
    assert fault({**ACTIVE, "status": status}, require_active=True) is None


@pytest.mark.parametrize("status", ["inactive", "generating", "failed", "on hold"])
def test_any_other_status_is_not(status: str) -> None:
    message = f"has the status {status} (require_active)"
    assert fault({**ACTIVE, "status": status}, require_active=True) == message


def test_no_status_is_not_active() -> None:
    assert fault({}, require_active=True) == "has the status unknown (require_active)"


@pytest.mark.parametrize("status", ["generating", "failed"])
def test_a_certificate_that_is_not_issued_yet_does_not_end(status: str) -> None:
    assert fault({"status": status}, fail_within="30d") is None


def test_both_conditions_are_in_one_line() -> None:
    assert fault(ending(timedelta(days=5), status="inactive"), fail_within="30d", require_active=True) == (
        "has the status inactive (require_active), and expires at 2026-07-06T00:00:00Z, in 5 days (fail_within: 30d)"
    )


def test_the_input_holds_what_was_written_and_nothing_of_the_clock() -> None:
    assert postcondition_props("gateway", fail_within="30d", require_active=True) == {
        "postconditions": {"name": "gateway", "fail_within": "30d", "require_active": True}
    }


def test_an_input_that_the_program_did_not_check_is_an_error_not_a_condition_that_holds() -> None:
    with pytest.raises(ThresholdError):
        Postconditions.from_props({"postconditions": {"fail_within": "soon"}})
