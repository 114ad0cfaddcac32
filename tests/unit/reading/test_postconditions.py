"""Postconditions while a certificate is read: what fails, what the gate gets, and that outputs have no clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.reading.fleet.fleets import Fleets, account

from alicloud_device_certificates.cloud.errors import ContentError, PostconditionError
from alicloud_device_certificates.reading import Reader, ReadOptions

NOW = datetime(2026, 7, 1, tzinfo=UTC)
MQTT = """
      - id: post-1
        cas:
          - sn: 00f2
            status: inactive
            devices:
              - {sn: "01", valid_from: "2026-01-01T00:00:00Z", valid_until: "2026-07-06T00:00:00Z"}
              - {sn: "02", valid_from: "2026-01-01T00:00:00Z", valid_until: "2036-01-01T00:00:00Z"}
              - {sn: "03", shape: garbage}
"""
IOT = """
      - product_key: pk1
        devices:
          - {name: new, status: generating}
          - {name: odd, shape: odd-times, key: ec-p256}
"""
DEVICE = "mqtt/cn-hangzhou/post-1/00f2/"
TEN_DAYS: dict[str, Any] = {"name": "gateway", "fail_within": "10d"}


@pytest.fixture
def cloud(tmp_path: Path) -> Fleets:
    return Fleets(tmp_path, account(mqtt=MQTT, iot=IOT))


def read(cloud: Fleets, id_: str, conditions: dict[str, Any] | None, *, now: datetime = NOW, **props: Any) -> Any:
    reader = Reader(cloud.client, account=props.pop("account", None), now=lambda: now)
    given = props if conditions is None else {**props, "postconditions": conditions}
    return asyncio.run(reader.read(id_, ReadOptions.from_props(given)))


def test_a_certificate_that_fails_is_one_line_with_resource_certificate_fault_and_fix(cloud: Fleets) -> None:
    with pytest.raises(PostconditionError) as raised:
        read(cloud, f"{DEVICE}01", TEN_DAYS)
    assert str(raised.value) == (
        "MqttDeviceCertificate 'gateway' (region cn-hangzhou, mqtt_instance_id post-1, ca_sn 00f2, device_sn 01): "
        "the certificate expires at 2026-07-06T00:00:00Z, in 5 days (fail_within: 10d). "
        "Renew or activate it in the service's console, or change the condition of the data source."
    )
    with pytest.raises(PostconditionError, match=r"^account other: MqttDeviceCertificate 'gateway'"):
        read(cloud, f"{DEVICE}01", TEN_DAYS, account="other")


def test_what_passes_has_the_outputs_of_a_read_without_conditions_at_any_time(cloud: Fleets) -> None:
    plain = read(cloud, f"{DEVICE}02", None)
    for now in (NOW, datetime(2030, 1, 1, tzinfo=UTC)):
        assert read(cloud, f"{DEVICE}02", {**TEN_DAYS, "require_active": True}, now=now) == plain


def test_each_kind_has_its_own_status_that_is_active(cloud: Fleets) -> None:
    active = {"name": "x", "require_active": True}
    assert read(cloud, f"{DEVICE}02", active)["certificate"]["status"] == "active"
    with pytest.raises(PostconditionError, match=r"MqttCaCertificate 'x' .*has the status inactive \(require_active\)"):
        read(cloud, "mqtt-ca/cn-hangzhou/post-1/00f2", active)
    with pytest.raises(PostconditionError, match=r"IotDeviceCertificate 'x' .*has the status generating"):
        read(cloud, "iot/cn-shanghai/-/pk1/new", active, allow_pending=True)
    assert read(cloud, "iot/cn-shanghai/-/pk1/odd", active)["certificate"]["status"] == "generated"


def test_a_validity_that_nobody_can_read_fails(cloud: Fleets) -> None:
    with pytest.raises(PostconditionError, match=r"has an unknown validity \(fail_within: 10d\)"):
        read(cloud, "iot/cn-shanghai/-/pk1/odd", TEN_DAYS)


def test_a_certificate_that_is_not_issued_yet_has_no_end(cloud: Fleets) -> None:
    found = read(cloud, "iot/cn-shanghai/-/pk1/new", TEN_DAYS, allow_pending=True)
    assert found["certificate"] == {"status": "generating"}


def test_a_certificate_that_cannot_be_read_is_the_error_of_the_read(cloud: Fleets) -> None:
    with pytest.raises(ContentError):
        read(cloud, f"{DEVICE}03", TEN_DAYS)


def test_in_the_gates_preview_the_certificate_is_there_with_what_fails(cloud: Fleets) -> None:
    found = read(cloud, f"{DEVICE}01", TEN_DAYS, read_failure=True)
    assert found.pop("failed_postconditions") == {
        "message": "the certificate expires at 2026-07-06T00:00:00Z, in 5 days (fail_within: 10d)"
    }
    assert found == read(cloud, f"{DEVICE}01", None)
    assert read(cloud, f"{DEVICE}02", TEN_DAYS, read_failure=True) == read(cloud, f"{DEVICE}02", None)


def test_a_refresh_reads_with_the_outputs_so_nothing_fails(cloud: Fleets) -> None:
    stored = read(cloud, f"{DEVICE}01", TEN_DAYS, now=datetime(2026, 2, 1, tzinfo=UTC))
    assert asyncio.run(Reader(cloud.client, now=lambda: NOW).read(f"{DEVICE}01", ReadOptions.from_props(stored)))
