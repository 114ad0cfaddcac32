"""Synthetic devices as the services and the commands show them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.emulator.errors import CommandError
from alicloud_device_certificates.emulator.issuing import synthetic
from alicloud_device_certificates.emulator.world import commands

Emulate = Callable[..., Any]
SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
SCENARIO = """
accounts:
  - id: "1"
    quotas: {onsmqtt: 0, iot: 0, iot_query_device: 0}
    users: [{access_key_id: owner, access_key_secret: the-secret-of-owner}]
    mqtt_instances:
      - id: post-cn-1
        cas:
          - sn: 00f2
            name: meter-0000000
            devices: [{sn: "01", name: first}]
            synthetic: {devices: 150, prefix: meter-}
          - {sn: 00f3, synthetic: {devices: 50, prefix: meter-}}
    iot_products:
      - product_key: pk1
        devices: [{name: first, key: ec-p256}]
        synthetic: {devices: 70, prefix: lamp-}
"""
PRINT = """
import sys
from pathlib import Path
from alicloud_device_certificates.emulator.world.commands import find_device, open_world
world = open_world(Path(sys.argv[1]), Path(sys.argv[2]))
print(world.certificate(find_device(world, sys.argv[3])).certificate_pem)
"""


def listed(cloud: Any, page: int = 1, ca_sn: str | None = None) -> list[dict[str, Any]]:
    arguments = {"MqttInstanceId": "post-cn-1", "PageNo": str(page), "PageSize": "100"}
    by_ca = {} if ca_sn is None else {"CaSn": ca_sn}
    action = "ListDeviceCertificate" if ca_sn is None else "ListDeviceCertificateByCaSn"
    devices: list[dict[str, Any]] = cloud.acs3(action, arguments | by_ca).json()["Data"]["DeviceCertificateVOS"]
    return devices


def certificate_of(device: dict[str, Any]) -> x509.Certificate:
    pem = device["DeviceContent"].replace("\\n", "\n").replace("DEVICECERTIFICATE", "CERTIFICATE")
    return x509.load_pem_x509_certificate(pem.encode())


def ca_of(cloud: Any, ca_sn: str) -> x509.Certificate:
    data = cloud.acs3("GetCaCertificate", {"MqttInstanceId": "post-cn-1", "Sn": ca_sn}).json()["Data"]
    return x509.load_pem_x509_certificate(data["CaContent"].replace("\\n", "\n").encode())


def rsa_certificate() -> str:
    key = rsa.generate_private_key(65537, 1024)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, datetime(2026, 1, 1), datetime(2030, 1, 1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def with_key(ca_key: str, key: str) -> str:
    return SCENARIO.replace("name: meter-0000000", f"key: {ca_key}").replace("150,", f"150, key: {key},")


@pytest.mark.parametrize("key", ["ec-p256", "ed25519"])
@pytest.mark.parametrize("ca_key", ["ec-p256", "ec-p384", "ed25519", "ed448", "rsa2048"])
def test_each_certificate_is_whole_and_its_cas(emulate: Emulate, ca_key: str, key: str) -> None:
    cloud = emulate(with_key(ca_key, key))
    ca = ca_of(cloud, "00f2")
    devices = [device for page in (1, 2) for device in listed(cloud, page, "00f2")][1:]
    assert len(devices) == 150
    certificates = [certificate_of(device) for device in devices]
    for index, (device, certificate) in enumerate(zip(devices, certificates, strict=True), 1):
        assert device["DeviceName"] == f"meter-{index:07d}"
        assert certificate.subject.rfc4514_string() == f"CN=meter-{index:07d}"
        assert certificate.serial_number == int(device["DeviceSn"], 16)
        certificate.verify_directly_issued_by(ca)
        identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        assert identifier == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
        assert certificate.not_valid_after_utc.timestamp() * 1000 == device["ValidEnd"]
    assert len({certificate.public_key().public_bytes(*SPKI) for certificate in certificates}) == 150


def test_an_issuer_with_a_devices_name_is_no_obstacle(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    certificate = certificate_of(listed(cloud, ca_sn="00f2")[1])
    assert (certificate.issuer.rfc4514_string(), certificate.subject.rfc4514_string()) == (
        "CN=meter-0000000",
        "CN=meter-0000001",
    )
    certificate.verify_directly_issued_by(ca_of(cloud, "00f2"))


def test_one_certificate_is_that_of_the_list(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    for device in (listed(cloud)[1], listed(cloud, 2, "00f2")[-1]):
        assert cloud.mqtt(device["DeviceSn"]).json()["Data"] == device
    assert cloud.mqtt(listed(cloud, ca_sn="00f3")[0]["DeviceSn"]).json()["Code"] == "FindDeviceBySnError"


def test_the_devices_of_an_instance_follow_each_other(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    sns = [(device["CaSn"], device["DeviceName"]) for page in (1, 2, 3) for device in listed(cloud, page)]
    assert sns[0] == ("00f2", "first")
    assert sns[1:151] == [("00f2", f"meter-{index:07d}") for index in range(1, 151)]
    assert sns[151:] == [("00f3", f"meter-{index:07d}") for index in range(1, 51)]


def test_the_state_holds_a_ca_and_a_template_and_no_device(emulate: Emulate, tmp_path: Path) -> None:
    cloud = emulate(SCENARIO)
    before = listed(cloud, 2, "00f2")
    names = sorted(file.name.rpartition("-")[0] for file in (tmp_path / "state" / "certificates").iterdir())
    assert names == ["ca_post-cn-1_00f2", "synthetic_ca_post-cn-1_00f2"]
    assert listed(cloud, 2, "00f2") == listed(emulate(SCENARIO), 2, "00f2") == before


def test_another_process_computes_the_same(emulate: Emulate, tmp_path: Path) -> None:
    cloud = emulate(SCENARIO)
    sn = listed(cloud)[7]["DeviceSn"]
    cloud.clock.at += 1_000_000
    command = [sys.executable, "-c", PRINT, str(tmp_path / "scenario.yaml"), str(tmp_path / "state"), sn]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pem = (
        cloud.mqtt(sn).json()["Data"]["DeviceContent"].replace("\\n", "\n").replace("DEVICECERTIFICATE", "CERTIFICATE")
    )
    assert printed.strip() == pem


def test_keys_are_the_same_in_another_folder_and_certificates_are_not(emulate: Emulate) -> None:
    one, two = (listed(emulate(SCENARIO, state=state))[1] for state in ("one", "two"))
    assert certificate_of(one).public_key() == certificate_of(two).public_key()
    assert one["DeviceContent"] != two["DeviceContent"]


def test_a_reset_issues_from_a_new_ca(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    before = listed(cloud)[1]
    cloud.control("reset")
    after = listed(cloud)[1]
    assert before["DeviceContent"] != after["DeviceContent"]
    certificate_of(after).verify_directly_issued_by(ca_of(cloud, "00f2"))


@pytest.mark.parametrize("key", ["ec-p256", "ed25519"])
def test_a_device_of_iot_platform_has_its_own_key_and_number(emulate: Emulate, key: str) -> None:
    cloud = emulate(SCENARIO.replace("devices: 70", f"devices: 70, key: {key}"))
    infos = [cloud.iot(f"lamp-{index:07d}").json()["DeviceCertInfo"] for index in (1, 2, 70)]
    for info in infos:
        certificate = x509.load_der_x509_certificate(base64.b64decode(info["Certificate"]))
        private = load_der_private_key(base64.b64decode(info["PrivateKey"]), None)
        assert private.public_key() == certificate.public_key()
    assert [info["CertSN"] for info in infos] == ["6362000000000001", "6362000000000002", "6362000000000070"]
    assert cloud.iot("lamp-0000001").json()["DeviceCertInfo"] == infos[0]
    assert cloud.iot("lamp-0000071").json()["Code"] == "iot.device.NotExistedDevice"


def test_the_last_synthetic_device_is_newer_than_those_of_the_scenario(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    cloud.control("add", {"product_key": "pk1", "device": {"name": "added"}})
    arguments = {"ProductKey": "pk1", "PageSize": "50"}
    pages = [
        cloud.acs3("QueryDevice", {**arguments, "CurrentPage": page}, version="2018-01-20").json()["Data"]["DeviceInfo"]
        for page in ("1", "2")
    ]
    names = [device["DeviceName"] for page in pages for device in page]
    assert names == ["added", *(f"lamp-{index:07d}" for index in range(70, 0, -1)), "first"]
    created = [device["UtcCreate"] for page in pages for device in page]
    assert created == sorted(set(created), reverse=True)


def test_commands_change_one_device(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    before = listed(cloud, ca_sn="00f2")
    assert cloud.control("deactivate", {"name": before[1]["DeviceSn"]}).json()["device"]["status"] == "inactive"
    rotated = cloud.control("rotate", {"name": before[2]["DeviceSn"]}).json()["device"]
    assert rotated["serial_number_hex"] == before[2]["DeviceSn"]
    assert cloud.control("remove", {"name": before[3]["DeviceSn"]}).status_code == 200
    after = listed(cloud, ca_sn="00f2")
    assert [device["DeviceName"] for device in after[:4]] == ["first", *(f"meter-000000{index}" for index in (1, 2, 4))]
    assert after[1] == {**before[1], "Status": 0}
    assert certificate_of(after[2]).public_key() != certificate_of(before[2]).public_key()
    certificate_of(after[2]).verify_directly_issued_by(ca_of(cloud, "00f2"))
    assert after[3:99] == before[4:]
    assert listed(emulate(SCENARIO), ca_sn="00f2") == after


def test_a_removed_device_can_be_added_again_with_its_sn(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    sn = listed(cloud, ca_sn="00f3")[0]["DeviceSn"]
    cloud.control("rotate", {"name": sn})
    cloud.control("remove", {"name": sn})
    assert cloud.mqtt(sn).json()["Code"] == "FindDeviceBySnError"
    device = {"device": {"sn": sn, "name": "again"}, "ca_sn": "00f3"}
    assert cloud.control("add", device).status_code == 200
    assert "already exists" in cloud.control("add", device).json()["error"]
    names = [each["DeviceName"] for each in listed(cloud, ca_sn="00f3")]
    assert (len(names), names[0], names[-1]) == (50, "meter-0000002", "again")


def test_a_device_goes_by_several_names(emulate: Emulate) -> None:
    cloud = emulate(SCENARIO)
    world = cloud.app.world
    sn = listed(cloud, ca_sn="00f2")[1]["DeviceSn"]
    for name in (sn, f"post-cn-1/{sn}", f"mqtt/post-cn-1/00f2/{sn}"):
        assert commands.find_device(world, name).identity == f"mqtt/post-cn-1/00f2/{sn}"
    for name in ("lamp-0000007", "pk1/lamp-0000007", "iot/pk1/lamp-0000007"):
        assert commands.find_device(world, name).identity == "iot/pk1/lamp-0000007"
    for name in ("lamp-0000071", "pk2/lamp-0000007", "iot/pk1/lamp-0000000", "other/lamp-0000007"):
        with pytest.raises(CommandError, match="no device"):
            commands.find_device(world, name)
    with pytest.raises(CommandError, match="ambiguous"):
        commands.find_device(world, "meter-0000001")


def test_only_their_number_is_shown(emulate: Emulate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = emulate(SCENARIO.replace("devices: 150", "devices: 1000000"))
    cloud.control("remove", {"name": "mqtt/post-cn-1/00f2/" + listed(cloud)[1]["DeviceSn"]})
    state = cloud.control("state").json()
    assert [device["name"] for device in state["devices"]] == ["first", "first"]
    assert state["synthetic"][0] == {
        "identity": "mqtt/post-cn-1/00f2/*",
        "name": "meter-*",
        "key": "ec-p256",
        "devices": 999_999,
    }
    assert [part["devices"] for part in state["synthetic"]] == [999_999, 50, 70]
    folders = ["--scenario", str(tmp_path / "scenario.yaml"), "--state", str(tmp_path / "state")]
    assert main(["emulator", "status", *folders]) == 0
    assert "meter-*  999,999 synthetic  ec-p256" in capsys.readouterr().out


@pytest.mark.parametrize(
    "damage",
    [
        lambda record, _: record["certificate_pem"].replace("MII", "AII", 1),
        lambda record, _: record["certificate_pem"].replace("A", "B"),
        lambda _, cloud: ca_of(cloud, "00f3").public_bytes(Encoding.PEM).decode(),
        lambda *_: rsa_certificate(),
    ],
)
def test_a_damaged_template_is_one_line_that_names_the_file(
    emulate: Emulate, tmp_path: Path, damage: Callable[[dict[str, Any], Any], str]
) -> None:
    cloud = emulate(SCENARIO)
    listed(cloud)
    (file,) = (tmp_path / "state" / "certificates").glob("synthetic_*")
    record = json.loads(file.read_text())
    record["certificate_pem"] = damage(record, cloud)
    file.write_text(json.dumps(record))
    response = cloud.acs3("ListDeviceCertificate", {"MqttInstanceId": "post-cn-1", "PageNo": "1", "PageSize": "2"})
    assert response.json()["Code"] == "EmulatorUnusable"
    assert file.name in response.json()["Message"]


def test_without_repeatable_signatures_the_fix_is_named(emulate: Emulate, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = ec.ECDSA

    def without_repeatable(algorithm: Any, deterministic_signing: bool = False) -> ec.ECDSA:
        if deterministic_signing:
            raise UnsupportedAlgorithm("this OpenSSL is too old")
        return usual(algorithm)

    monkeypatch.setattr(ec, "ECDSA", without_repeatable)
    cloud = emulate(SCENARIO)
    arguments = {"MqttInstanceId": "post-cn-1", "PageNo": "1", "PageSize": "2"}
    message = cloud.acs3("ListDeviceCertificate", arguments).json()["Message"]
    assert message == (
        "ca/post-cn-1/00f2: cannot issue synthetic certificates: this OpenSSL cannot sign repeatably with an EC key; "
        "set the CA's key to ed25519"
    )
    assert cloud.mqtt("01").status_code == 200


def test_what_no_longer_fits_in_memory_is_computed_again(emulate: Emulate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "CACHED", 2)
    cloud = emulate(SCENARIO)
    assert listed(cloud) == listed(cloud)
