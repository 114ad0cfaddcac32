"""Postconditions of fleets: one error that names those that fail, and what the gate gets."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.reading.fleet.fleets import Fleets, account

from alicloud_device_certificates.cloud.errors import FleetError, PostconditionError
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.reading import Reader
from alicloud_device_certificates.reading.fleet.failing import NAMED, FailingMembers

NOW = datetime(2026, 7, 1, tzinfo=UTC)
CA = "mqtt-fleet/cn-hangzhou/post-1/00f2"
ALL = "mqtt-fleet/cn-hangzhou/post-1/-"
FRESH = 'valid_from: "2026-01-01T00:00:00Z", valid_until: "2036-01-01T00:00:00Z"'


def ends(day: int) -> str:
    return f'valid_from: "2026-01-01T00:00:00Z", valid_until: "2026-07-{day:02}T00:00:00Z"'


MQTT = f"""
      - id: post-1
        cas:
          - sn: 00f2
            valid_from: "2026-01-01T00:00:00Z"
            valid_until: "2026-07-08T00:00:00Z"
            devices:
              - {{sn: "01", name: a-1, {FRESH}}}
              - {{sn: "02", name: a-2, {ends(6)}}}
              - {{sn: "03", name: b-1, {ends(4)}}}
              - {{sn: "04", name: b-2, {FRESH}, status: inactive}}
          - {{sn: 00f3, {FRESH}, devices: [{{sn: "05", shape: garbage}}, {{sn: "03", {ends(5)}}}]}}
"""
IOT = """
      - product_key: pk1
        devices: [{name: lamp, key: ec-p256}, {name: new, status: generating}, {name: odd, shape: odd-times}]
"""
TEN_DAYS: dict[str, Any] = {"name": "line", "fail_within": "10d"}


@pytest.fixture
def cloud(tmp_path: Path) -> Fleets:
    return Fleets(tmp_path, account(mqtt=MQTT, iot=IOT))


def read(cloud: Fleets, id_: str, conditions: dict[str, Any] | None, *, now: datetime = NOW, **props: Any) -> Any:
    given = props if conditions is None else {**props, "postconditions": conditions}
    return asyncio.run(Reader(cloud.client, now=lambda: now).read_fleet(id_, given))


def failure(cloud: Fleets, id_: str, conditions: dict[str, Any], **props: Any) -> str:
    with pytest.raises(PostconditionError) as raised:
        read(cloud, id_, conditions, **props)
    return str(raised.value)


@pytest.mark.parametrize("kept", [{}, {"fields": ["subject"]}, {"fields": "summary"}], ids=["all", "some", "none"])
def test_one_error_names_those_that_fail_the_first_to_end_first(cloud: Fleets, kept: dict[str, Any]) -> None:
    assert failure(cloud, CA, TEN_DAYS, **kept) == (
        "MqttDeviceCertificates 'line' (region cn-hangzhou, mqtt_instance_id post-1, ca_sn 00f2): 2 of 4 certificates "
        "fail: 03 expires at 2026-07-04T00:00:00Z, in 3 days (fail_within: 10d); also 02. "
        "Renew or activate it in the service's console, or change the condition of the data source."
    )
    active = {"name": "line", "require_active": True}
    assert "1 of 4 certificates fails: 04 has the status inactive (require_active). " in failure(
        cloud, CA, active, **kept
    )
    both = failure(cloud, CA, {**TEN_DAYS, **active}, **kept)
    assert "3 of 4 certificates fail: 03 expires" in both
    assert "; also 02, 04. " in both


def test_those_that_select_leaves_out_are_not_judged(cloud: Fleets) -> None:
    read(cloud, CA, {**TEN_DAYS, "require_active": True}, select={"name_pattern": "a-1"})
    text = failure(cloud, CA, TEN_DAYS, select={"name_pattern": "a-*"}, fields="summary")
    assert "1 of 2 certificates fails: 02 expires" in text


def test_those_that_pass_have_the_outputs_of_a_read_without_conditions_at_any_time(cloud: Fleets) -> None:
    select: dict[str, Any] = {"select": {"name_pattern": "a-1"}}
    plain = read(cloud, CA, None, **select)
    for now in (NOW, datetime(2030, 1, 1, tzinfo=UTC)):
        assert read(cloud, CA, {**TEN_DAYS, "require_active": True}, now=now, **select) == plain


def test_those_that_cannot_be_read_are_an_error_of_their_own_or_left_out(cloud: Fleets) -> None:
    with pytest.raises(FleetError, match=r"1 certificate of the fleet .* cannot be read: 05"):
        read(cloud, ALL, TEN_DAYS)
    text = failure(cloud, ALL, TEN_DAYS, on_error="report")
    # Two CAs have a device of this SN.
    assert "3 of 5 certificates fail: 00f2:03 expires" in text
    assert "; also 00f3:03, 02. " in text


def test_more_than_twenty_are_counted(tmp_path: Path) -> None:
    devices = ", ".join(f'{{sn: "{number:04}", {ends(6)}}}' for number in range(1, 151))
    cloud = Fleets(tmp_path, account(mqtt=f"[{{id: post-1, cas: [{{sn: 00f2, devices: [{devices}]}}]}}]"))
    names = ", ".join(f"{number:04}" for number in range(2, 21))
    for fields in ({}, {"fields": "summary"}):
        text = failure(cloud, CA, TEN_DAYS, **fields)
        assert "150 of 150 certificates fail: 0001 expires at 2026-07-06" in text
        assert f"; also {names} and 130 more. Renew" in text


def test_cas_and_devices_of_iot_platform_are_judged_by_their_own_statuses(cloud: Fleets) -> None:
    text = failure(cloud, "mqtt-ca-fleet/cn-hangzhou/post-1", {**TEN_DAYS, "require_active": True})
    assert text.startswith("MqttCaCertificates 'line' (")
    assert "1 of 2 certificates fails: 00f2 expires at 2026-07-08" in text
    product = "iot-fleet/cn-shanghai/-/pk1"
    text = failure(cloud, product, {"name": "lamps", "require_active": True}, allow_pending=True)
    assert "1 of 3 certificates fails: new has the status generating (require_active)" in text
    text = failure(cloud, product, {"name": "lamps", "fail_within": "1h"}, allow_pending=True)
    assert "1 of 3 certificates fails: odd has an unknown validity (fail_within: 1h)" in text


def test_in_the_gates_preview_each_that_is_kept_has_its_fault_beside_it(cloud: Fleets) -> None:
    found = read(cloud, CA, {**TEN_DAYS, "require_active": True}, read_failure=True)
    failed = found.pop("failed_postconditions")
    assert failed["message"].startswith("3 of 4 certificates fail: 03 expires")
    assert failed["certificates"] == {
        "03": "it expires at 2026-07-04T00:00:00Z, in 3 days (fail_within: 10d)",
        "02": "it expires at 2026-07-06T00:00:00Z, in 5 days (fail_within: 10d)",
        "04": "it has the status inactive (require_active)",
    }
    assert found == read(cloud, CA, None)


def test_in_the_gates_preview_a_summary_has_one_line(cloud: Fleets) -> None:
    found = read(cloud, CA, TEN_DAYS, read_failure=True, fields="summary")
    assert found["failed_postconditions"]["certificates"] == {}
    assert found["failed_postconditions"]["message"].startswith("2 of 4 certificates fail: 03 expires")


def test_a_refresh_reads_with_the_outputs_so_nothing_fails(cloud: Fleets) -> None:
    stored = read(cloud, CA, TEN_DAYS, now=datetime(2026, 2, 1, tzinfo=UTC))
    assert asyncio.run(Reader(cloud.client, now=lambda: NOW).read_fleet(CA, stored)) == stored


def member(number: int) -> CertificateId:
    return CertificateId("mqtt", ("cn-hangzhou", "post-1", "00f2", f"{number:04}"))


def test_of_many_that_fail_a_bounded_number_is_described() -> None:
    failing = FailingMembers(keeps_all=False)
    for number in reversed(range(1000)):
        failing.put(number, member(number), {"not_after": f"2026-07-01T00:{number:04}"}, "expires")
    assert len(failing) == 1000
    described = failing.described()
    assert NAMED <= len(described) <= 2 * NAMED
    assert [str(each.identity.values[-1]) for each in described[:NAMED]] == [f"{number:04}" for number in range(NAMED)]


def test_one_that_is_read_again_is_judged_anew() -> None:
    failing = FailingMembers(keeps_all=False)
    failing.put(1, member(1), {}, "expires")
    failing.put(2, member(2), {}, "expires")
    failing.put(1, member(1), {}, None)
    failing.drop(2)
    assert (len(failing), failing.described()) == (0, [])
