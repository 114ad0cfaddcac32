"""Fleets of IoT Platform, over the embedded emulator."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from tests.unit.reading.fleet.fleets import Fleets, account

from alicloud_device_certificates.cloud.errors import FleetError, NotFoundError

ALL = "iot-fleet/cn-shanghai/-/a1B"
PRODUCT = """
      - product_key: a1B
        devices:
          - {name: lamp, key: ec-p256}
          - {name: new, status: generating}
          - {name: bad, status: failed}
          - {name: door, key: ec-p256}
"""


def synthetic(devices: int) -> str:
    """Return a product of this many devices."""
    return f"[{{product_key: a1B, synthetic: {{devices: {devices}, prefix: meter-}}}}]"


@pytest.fixture
def product(tmp_path: Path) -> Fleets:
    return Fleets(tmp_path, account(iot=PRODUCT))


def test_a_product_is_listed_and_each_device_is_read(product: Fleets) -> None:
    found = product.read(ALL, allow_pending=True)
    assert list(found["certificates"]) == ["bad", "door", "lamp", "new"]
    assert found["summary"]["by_status"] == {"failed": 1, "generated": 2, "generating": 1}
    assert "by_ca" not in found["summary"]
    assert product.calls == {"QueryDevice": 1, "QueryDeviceCert": 4}
    assert [(warning["code"], warning["certificate"]) for warning in found["warnings"]] == [
        ("pending", "bad"),
        ("pending", "new"),
    ]
    assert found["allow_pending"] is True
    assert "certificate_pem" in found["certificates"]["lamp"]
    assert "certificate_pem" not in found["certificates"]["new"]


def test_a_pending_certificate_is_an_error_of_its_own_unless_it_is_allowed(product: Fleets) -> None:
    with pytest.raises(FleetError, match=r"2 of 4 certificates .*: bad, new\. .*status failed"):
        product.read(ALL)
    found = product.read(ALL, read_failure=True)
    assert {error["category"] for error in found["errors"].values()} == {"pending"}
    assert list(found["certificates"]) == ["door", "lamp"]


def test_named_devices_are_read_without_a_list(product: Fleets) -> None:
    found = product.read(ALL, device_names=["lamp", "lamp", "nobody"], on_error="report")
    assert list(found["certificates"]) == ["lamp"]
    assert found["errors"].keys() == {"nobody"}
    assert product.calls == {"QueryDeviceCert": 2}


def test_private_keys_are_an_output_of_their_own_without_those_of_pending_certificates(product: Fleets) -> None:
    found = product.read(ALL, include_private_keys=True, allow_pending=True)
    keys = found.pop("private_keys")
    assert keys.keys() == {"door", "lamp"}, "those of certificates that are issued"
    assert keys["lamp"].startswith("-----BEGIN PRIVATE KEY-----\n")
    assert "PRIVATE" not in json.dumps(found)
    assert found["include_private_keys"] is True


def test_private_keys_of_devices_that_are_not_kept_are_not_kept(product: Fleets) -> None:
    found = product.read(ALL, include_private_keys=True, allow_pending=True, select={"name_pattern": "lamp"})
    assert found["private_keys"].keys() == found["certificates"].keys() == {"lamp"}


@pytest.mark.parametrize("devices", [49, 50, 51, 120])
def test_a_product_of_any_size_is_read_as_a_whole(tmp_path: Path, devices: int) -> None:
    fleets = Fleets(tmp_path, account(iot=synthetic(devices)))
    found = fleets.read(ALL)
    assert len(found["certificates"]) == found["summary"]["count"] == devices
    assert fleets.calls == {"QueryDevice": -(-devices // 50), "QueryDeviceCert": devices}


def test_an_empty_product_is_an_empty_fleet(tmp_path: Path) -> None:
    fleets = Fleets(tmp_path, account(iot="[{product_key: a1B}]"))
    assert fleets.read(ALL)["summary"] == {"count": 0, "selected": 0, "by_status": {}, "by_expiry_month": {}}


def test_a_product_that_does_not_exist_is_an_error_of_the_fleet(product: Fleets) -> None:
    with pytest.raises(NotFoundError, match="product nothing, page 1"):
        product.read("iot-fleet/cn-shanghai/-/nothing", on_error="report", read_failure=True)


def test_devices_that_come_and_go_while_a_product_is_listed(tmp_path: Path) -> None:
    devices = ", ".join(f'{{name: "d-{number:03}", key: ed25519}}' for number in range(130))
    changes = "{before: 2, remove: [d-129, d-020], add: [{name: new-1, key: ed25519}]}, {before: 3, remove: [d-100]}"
    fleets = Fleets(tmp_path, account(iot=f"[{{product_key: a1B, devices: [{devices}], page_changes: [{changes}]}}]"))
    found = fleets.read(ALL)
    throughout = {f"d-{number:03}" for number in range(130)} - {"d-129", "d-020", "d-100"}
    assert throughout <= found["certificates"].keys() <= throughout | {"new-1"}
    assert found["errors"] == {}


def test_the_secrets_of_devices_are_nowhere(product: Fleets, caplog: pytest.LogCaptureFixture) -> None:
    secrets: list[str] = []
    plain = product.client.call

    async def call(operation: object, arguments: object, *, read: object, **named: object) -> object:
        def reading(document: dict[str, object]) -> object:
            data = document.get("Data")
            if isinstance(data, dict):
                secrets.extend(device["DeviceSecret"] for device in data["DeviceInfo"])
            return read(document)  # type: ignore[operator]

        return await plain(operation, arguments, read=reading, **named)  # type: ignore[arg-type]

    product.client.call = call  # type: ignore[method-assign]
    with caplog.at_level(logging.DEBUG):
        found = product.read(ALL, allow_pending=True, include_private_keys=True)
        with pytest.raises(FleetError) as raised:
            product.read(ALL)
    assert len(secrets) == 8
    assert len(set(secrets)) == 4
    shown = json.dumps(found) + str(raised.value) + repr(raised.value) + caplog.text
    assert "QueryDevice" in caplog.text
    assert not [secret for secret in secrets if secret in shown]


def test_a_refresh_compares_each_certificate_with_the_one_before(product: Fleets) -> None:
    known = product.read(ALL, allow_pending=True)
    assert product.read(ALL, **known)["warnings"] == known["warnings"]
    known["certificates"]["lamp"]["certificate_pem"] = "another"
    found = product.read(ALL, **known)
    assert ("identity_mismatch", "lamp") in [(each["code"], each["certificate"]) for each in found["warnings"]]
