"""Fleets of ApsaraMQ for MQTT, over the embedded emulator."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.unit.reading.fleet.fleets import Fleets, account

from alicloud_device_certificates.cloud.errors import FleetError, NotFoundError, UnavailableError
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS
from alicloud_device_certificates.reading import Reader, ReadOptions

CA1 = "mqtt-fleet/cn-hangzhou/post-1/00f2"
CA2 = "mqtt-fleet/cn-hangzhou/post-1/00f3"
ALL = "mqtt-fleet/cn-hangzhou/post-1/-"
MIXED = """
      - id: post-1
        cas:
          - sn: 00f2
            devices:
              - {sn: "0a01", name: line-1-press, valid_until: "2031-03-01T00:00:00Z"}
              - {sn: "0a02", name: line-1-saw, status: inactive, valid_until: "2032-03-01T00:00:00Z"}
              - {sn: "0a03", name: line-2-press, valid_until: "2031-03-20T00:00:00Z"}
          - sn: 00f3
            devices:
              - {sn: "0a03", name: other-press, valid_until: "2040-01-01T00:00:00Z"}
              - {sn: "0a04", name: other-saw}
          - {sn: 00f4}
"""


def synthetic(devices: int, **instance: str) -> str:
    """Return an instance with a CA of this many devices."""
    more = "".join(f", {name}: {value}" for name, value in instance.items())
    synthetic = f"synthetic: {{devices: {devices}}}" if devices else "devices: []"
    return f"[{{id: post-1{more}, cas: [{{sn: 00f2, {synthetic}}}]}}]"


@pytest.fixture
def mixed(tmp_path: Path) -> Fleets:
    return Fleets(tmp_path, account(mqtt=MIXED))


def test_a_ca_is_read_as_its_devices_with_all_fields_of_single_certificates(mixed: Fleets) -> None:
    found = mixed.read(CA1)
    assert list(found["certificates"]) == ["0a01", "0a02", "0a03"]
    for sn, certificate in found["certificates"].items():
        single = asyncio.run(Reader(mixed.client).read(f"mqtt/cn-hangzhou/post-1/00f2/{sn}", ReadOptions()))
        assert certificate == single["certificate"]
    assert found["summary"] == {
        "count": 3,
        "selected": 3,
        "by_status": {"active": 2, "inactive": 1},
        "by_ca": {"00f2": 3},
        "by_expiry_month": {"2031-03": 2, "2032-03": 1},
        "earliest_expiry": "2031-03-01T00:00:00Z",
        "latest_expiry": "2032-03-01T00:00:00Z",
    }
    assert found["summary"].keys() == SUMMARY_FIELDS.keys()
    assert [(warning["code"], warning["certificate"]) for warning in found["warnings"]] == [("inactive", "0a02")]
    assert found["errors"] == {}
    assert "private_keys" not in found


def test_devices_of_one_sn_under_two_cas_have_keys_with_their_ca(mixed: Fleets) -> None:
    found = mixed.read(ALL)
    assert list(found["certificates"]) == ["00f2:0a03", "00f3:0a03", "0a01", "0a02", "0a04"]
    assert found["certificates"]["00f3:0a03"]["device_name"] == "other-press"
    assert found["summary"]["by_ca"] == {"00f2": 3, "00f3": 2}


def test_the_key_of_a_device_does_not_depend_on_what_select_leaves_out(mixed: Fleets) -> None:
    found = mixed.read(ALL, select={"name_pattern": "other-*"})
    assert list(found["certificates"]) == ["00f3:0a03", "0a04"]


@pytest.mark.parametrize("devices", [0, 1, 99, 100, 101, 250])
@pytest.mark.parametrize("order", ["oldest-first", "newest-first"])
def test_a_ca_of_any_size_is_read_in_few_calls(tmp_path: Path, devices: int, order: str) -> None:
    fleets = Fleets(tmp_path, account(mqtt=synthetic(devices, list_order=order)))
    found = fleets.read(CA1)
    assert len(found["certificates"]) == found["summary"]["count"] == devices
    assert fleets.calls == {"ListDeviceCertificateByCaSn": 1 if devices < 100 else 2 if devices < 199 else 3}


def test_an_empty_fleet_has_an_empty_summary(mixed: Fleets) -> None:
    found = mixed.read("mqtt-fleet/cn-hangzhou/post-1/00f4")
    assert found["certificates"] == found["errors"] == {}
    assert found["warnings"] == []
    assert found["summary"] == {"count": 0, "selected": 0, "by_status": {}, "by_ca": {}, "by_expiry_month": {}}


def test_few_named_devices_are_read_one_by_one(mixed: Fleets) -> None:
    found = mixed.read(CA1, device_sns=["0a01", "0a03"])
    assert list(found["certificates"]) == ["0a01", "0a03"]
    assert mixed.calls == {"GetDeviceCertificate": 2}
    assert found["device_sns"] == ["0a01", "0a03"]


def test_no_named_devices_are_no_devices(mixed: Fleets) -> None:
    assert mixed.read(CA1, device_sns=[])["certificates"] == {}
    assert mixed.calls == {}


def test_many_named_devices_are_listed_if_that_takes_fewer_calls(tmp_path: Path) -> None:
    fleets = Fleets(tmp_path, account(mqtt=synthetic(300)))
    sns = list(fleets.read(CA1)["certificates"])
    assert fleets.calls
    assert sorted(fleets.read(CA1, device_sns=sns[:50])["certificates"]) == sns[:50]
    assert fleets.calls.keys() == {"ListDeviceCertificateByCaSn"}
    assert sorted(fleets.read(CA1, device_sns=sns[:4])["certificates"]) == sns[:4]
    assert fleets.calls == {"ListDeviceCertificateByCaSn": 1, "GetDeviceCertificate": 4}


def test_a_listed_device_has_the_key_that_its_user_wrote(tmp_path: Path) -> None:
    fleets = Fleets(tmp_path, account(mqtt=synthetic(30)))
    sns = list(fleets.read(CA1)["certificates"])[:20]
    odd = [f"00{sn.upper()}" for sn in sns]
    found = fleets.read(CA1, device_sns=[*odd, *odd, *sns])
    assert sorted(found["certificates"]) == sorted(odd)
    assert {certificate["device_sn"] for certificate in found["certificates"].values()} == set(sns)
    assert found["warnings"] == []
    assert found["errors"] == {}
    assert found["summary"]["count"] == 20


def test_named_devices_of_an_instance_are_found_under_each_ca(mixed: Fleets) -> None:
    found = mixed.read(ALL, device_sns=["A03", "0a04"])
    assert list(found["certificates"]) == ["00f2:A03", "00f3:A03", "0a04"]
    assert mixed.calls.keys() == {"ListDeviceCertificate"}


@pytest.mark.parametrize("id_", [CA1, ALL])
@pytest.mark.parametrize("many", [True, False])
def test_a_named_device_that_is_missing_is_an_error_that_names_it(tmp_path: Path, id_: str, many: bool) -> None:
    fleets = Fleets(tmp_path, account(mqtt=synthetic(30)))
    sns = list(fleets.read(CA1)["certificates"])[: 20 if many else 1]
    with pytest.raises(FleetError, match=r"1 certificate of the fleet .* cannot be read: nobody\. The first error: "):
        fleets.read(id_, device_sns=[*sns, "nobody"])
    found = fleets.read(id_, device_sns=[*sns, "nobody"], on_error="report")
    assert sorted(found["certificates"]) == sns
    assert found["errors"].keys() == {"nobody"}
    assert "device nobody" in found["errors"]["nobody"]["message"]
    assert "category" not in found["errors"]["nobody"]
    gated = fleets.read(id_, device_sns=[*sns, "nobody"], read_failure=True)
    assert gated["errors"]["nobody"]["category"] == "missing"
    assert gated["summary"]["count"] == len(sns)


def test_an_error_of_many_names_twenty_of_them(tmp_path: Path) -> None:
    fleets = Fleets(tmp_path, account(mqtt=synthetic(3)))
    names = [f"no-{number:02}" for number in range(25)]
    with pytest.raises(FleetError) as raised:
        fleets.read(CA1, device_sns=names)
    message = str(raised.value)
    assert message.startswith("25 of 25 certificates of the fleet")
    assert all(name in message for name in names[:20])
    assert "no-20" not in message
    assert "no-19 and 5 more. The first error: " in message


BROKEN = """
      - id: post-1
        cas:
          - sn: 00f2
            devices:
              - {sn: "01"}
              - {sn: "02", shape: garbage}
              - {sn: "03", shape: empty}
              - {sn: "04", serial: "99"}
              - {sn: "05"}
"""


def test_a_body_that_cannot_be_read_concerns_its_certificate_alone(tmp_path: Path) -> None:
    fleets = Fleets(tmp_path, account(mqtt=BROKEN))
    with pytest.raises(FleetError, match=r"2 of 5 certificates .* cannot be read: 02, 03\. .*device 02\)"):
        fleets.read(CA1)
    found = fleets.read(CA1, read_failure=True)
    assert list(found["certificates"]) == ["01", "04", "05"]
    assert {key: (error["code"], error["category"]) for key, error in found["errors"].items()} == {
        "02": ("unreadable", "unreadable"),
        "03": ("UnexpectedResponseError", "query_failed"),
    }
    assert [(warning["code"], warning["certificate"]) for warning in found["warnings"]] == [("serial_mismatch", "04")]
    assert found["summary"]["count"] == 3
    assert "serial_mismatch" in fleets.read(CA1, on_error="report", cross_check="error")["errors"]["04"]["message"]


def test_what_is_wrong_with_the_whole_fleet_is_an_error_of_the_fleet(mixed: Fleets) -> None:
    for id_ in ("mqtt-fleet/cn-hangzhou/nothing/00f2", "mqtt-fleet/cn-hangzhou/post-1/nothing"):
        with pytest.raises(NotFoundError):
            mixed.read(id_, on_error="report", read_failure=True)


@pytest.mark.parametrize(
    ("select", "keys"),
    [
        ({"status": "inactive"}, ["0a02"]),
        ({"name_pattern": "line-?-press"}, ["0a01", "0a03"]),
        ({"name_pattern": "line-1-*", "status": "active"}, ["0a01"]),
        ({"expires_within": "36500d"}, ["0a01", "0a02", "0a03"]),
        ({"expires_within": "1m"}, []),
        ({"expires_within": "100%"}, ["0a01", "0a02", "0a03"]),
        ({}, ["0a01", "0a02", "0a03"]),
    ],
)
def test_select_picks_certificates_and_the_summary_counts_all(
    mixed: Fleets, select: dict[str, str], keys: list[str]
) -> None:
    found = mixed.read(CA1, select=select)
    assert list(found["certificates"]) == keys
    assert (found["summary"]["count"], found["summary"]["selected"]) == (3, len(keys))
    assert {warning["certificate"] for warning in found["warnings"]} <= set(keys)
    summary = mixed.read(CA1, select=select, fields="summary")
    assert list(summary["certificates"]) == (keys if select else [])
    assert summary["summary"] == found["summary"]
    assert summary["fields"] == "summary"


def test_fields_keep_what_identifies_and_judges_a_certificate(mixed: Fleets) -> None:
    found = mixed.read(CA1, fields=["subject"])
    assert found["certificates"]["0a01"].keys() == {
        "serial_number",
        "serial_number_hex",
        "not_before",
        "not_after",
        "status",
        "sha256_fingerprint",
        "public_key_sha256",
        "device_sn",
        "device_name",
        "ca_sn",
        "subject",
    }
    assert found["fields"] == ["subject"]


def test_a_summary_alone_keeps_no_certificates_and_no_warnings_of_them(mixed: Fleets) -> None:
    found = mixed.read(CA1, fields="summary")
    assert found["certificates"] == {}
    assert found["warnings"] == []
    assert found["summary"] == mixed.read(CA1)["summary"]


def test_the_chain_of_each_device_takes_one_more_call_for_each_ca(mixed: Fleets) -> None:
    found = mixed.read(ALL, include_chain=True)
    assert mixed.calls == {"ListDeviceCertificate": 1, "GetCaCertificate": 2}
    for certificate in found["certificates"].values():
        chain = certificate["certificate_pem"] + certificate["ca_certificate_pem"]
        assert certificate["certificate_chain_pem"] == chain
    assert found["include_chain"] is True


def test_the_cas_of_an_instance_are_a_fleet(mixed: Fleets) -> None:
    found = mixed.read("mqtt-ca-fleet/cn-hangzhou/post-1")
    assert list(found["certificates"]) == ["00f2", "00f3", "00f4"]
    assert all(certificate["is_ca"] for certificate in found["certificates"].values())
    assert found["summary"]["count"] == 3
    assert "by_ca" not in found["summary"]
    assert mixed.calls == {"ListCaCertificate": 1}


def changing(order: str) -> str:
    """Return a CA whose list changes while it is read: what was there and what comes, before two of its pages."""
    devices = ", ".join(f'{{sn: "{number:04}", key: ed25519}}' for number in range(1, 231))
    changes = (
        "{before: 2, remove: ['0001', '0150'], add: [{sn: new-1, key: ed25519}]}, "
        "{before: 3, remove: ['0230'], add: [{sn: new-2, key: ed25519}]}"
    )
    return f"""
      - id: post-1
        list_order: {order}
        cas: [{{sn: 00f2, devices: [{devices}], page_changes: [{changes}]}}]
"""


@pytest.mark.parametrize("order", ["oldest-first", "newest-first"])
def test_pages_that_shift_lose_and_double_nothing_that_existed_throughout(tmp_path: Path, order: str) -> None:
    found = Fleets(tmp_path, account(mqtt=changing(order))).read(CA1)
    throughout = {f"{number:04}" for number in range(1, 231)} - {"0001", "0150", "0230"}
    assert throughout <= found["certificates"].keys()
    assert found["certificates"].keys() - throughout <= {"0001", "0150", "0230", "new-1", "new-2"}
    assert found["summary"]["count"] == len(found["certificates"])
    for sn, certificate in found["certificates"].items():
        assert certificate["device_sn"] == sn


def test_a_service_that_fails_is_an_error_of_the_fleet(tmp_path: Path) -> None:
    fault = "{code: ServiceUnavailable, http: 503, retry_after_ms: 1}"
    fleets = Fleets(tmp_path, account(mqtt=f"[{{id: post-1, fault: {fault}, cas: [{{sn: 00f2}}]}}]"))
    with pytest.raises(UnavailableError, match="instance post-1, CA 00f2, page 1"):
        fleets.read(CA1, on_error="report")


def test_a_device_that_cannot_be_queried_is_reported_beside_the_others(tmp_path: Path) -> None:
    devices = '{sn: "01"}, {sn: "02", fault: {code: ServiceUnavailable, http: 503, retry_after_ms: 1}}'
    fleets = Fleets(tmp_path, account(mqtt=f"[{{id: post-1, cas: [{{sn: 00f2, devices: [{devices}]}}]}}]"))
    found: dict[str, Any] = fleets.read(CA1, device_sns=["01", "02"], read_failure=True)
    assert found["errors"]["02"]["code"] == "ServiceUnavailable"
    assert found["errors"]["02"]["category"] == "query_failed"
    assert list(found["certificates"]) == ["01"]
    with pytest.raises(UnavailableError, match="device 02"):
        fleets.read(CA1, device_sns=["01", "02"])
