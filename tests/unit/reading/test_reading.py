from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from traceback import TracebackException
from typing import Any
from unittest.mock import patch

import pytest
from cryptography import x509

from alicloud_device_certificates.cloud.errors import ContentError
from alicloud_device_certificates.cloud.http.response import Document
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.reading import Reader, ReadOptions
from alicloud_device_certificates.reading.connection import connect

Read = Callable[[dict[str, Any]], Any]

SCENARIO = """
accounts:
  - id: "1"
    users: [{access_key_id: key, access_key_secret: secret}]
    mqtt_instances:
      - id: post-1
        cas:
          - sn: 00f2
            devices:
              - {sn: "01", status: inactive}
              - {sn: "02", shape: negative-serial}
              - {sn: "03", shape: odd-times}
              - {sn: "04", serial: "99"}
              - {sn: "05", reported_shift: +1d}
              - {sn: "06", shape: garbage}
              - {sn: "07"}
              - {sn: "08", shape: chain}
              - {sn: "09", shape: chain-reversed}
              - {sn: "10", self_signed: true}
              - {sn: "11", name: 04da6b54-80e4-46f7-96ec-b56ff0331ba9}
    iot_products:
      - product_key: a1B
        devices:
          - {name: new, status: generating}
          - {name: failed, status: failed}
          - {name: odd, wrong_key: true, key: ec-p256}
          - {name: old, shape: odd-times, key: ec-p256}
          - {name: own, content: CONTENT, key_content: KEY}
"""
ODD = Path(__file__).parents[1] / "vectors" / "odd"
MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def outputs(tmp_path: Path, id_: str, **options: Any) -> dict[str, Any]:
    config = emulator_config(tmp_path)
    return asyncio.run(connect(config.get).read(id_, ReadOptions.from_props(options)))


def emulator_config(tmp_path: Path) -> dict[str, str]:
    scenario = tmp_path / "cloud.yaml"
    own = ODD / "critical-false-with-key"
    content, key = ((own / name).read_text(encoding="utf-8") for name in ("body.txt", "key.txt"))
    text = SCENARIO.replace("CONTENT", json.dumps(content)).replace("KEY", json.dumps(key))
    scenario.write_text(text, encoding="utf-8")
    return {
        "device-certificates:emulator": "true",
        "device-certificates:emulatorScenario": str(scenario),
        "device-certificates:emulatorState": str(tmp_path / "state"),
    }


def mqtt(device_sn: str) -> str:
    return f"mqtt/cn-hangzhou/post-1/00f2/{device_sn}"


def iot(device_name: str) -> str:
    return f"iot/cn-shanghai/-/a1B/{device_name}"


def codes(found: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in found["warnings"]]


def test_an_inactive_certificate_is_given_with_a_warning(tmp_path: Path) -> None:
    found = outputs(tmp_path, mqtt("01"), cross_check="error")
    assert found["certificate"]["status"] == "inactive"
    assert codes(found) == ["inactive"]


def test_a_negative_serial_number_keeps_all_else_and_warns(tmp_path: Path) -> None:
    found = outputs(tmp_path, mqtt("02"))
    assert found["certificate"]["serial_number"].startswith("-")
    assert found["certificate"]["not_after"].endswith("Z")
    assert "nonconforming" in codes(found)


def test_a_validity_that_cannot_be_read_is_the_services_own(tmp_path: Path) -> None:
    found = outputs(tmp_path, mqtt("03"))
    assert found["certificate"]["certificate_pem"].startswith("-----BEGIN CERTIFICATE-----\n")
    assert found["certificate"]["not_before"].endswith("Z")
    assert "unreadable" in codes(found)
    # IoT Platform says nothing of the validity.
    assert "not_before" not in outputs(tmp_path, iot("old"))["certificate"]


@pytest.mark.parametrize(("device_sn", "code"), [("04", "serial_mismatch"), ("05", "validity_mismatch")])
def test_a_mismatch_is_a_warning_an_error_or_nothing_as_the_data_source_says(
    tmp_path: Path, device_sn: str, code: str
) -> None:
    assert set(codes(outputs(tmp_path, mqtt(device_sn)))) == {code}
    assert codes(outputs(tmp_path, mqtt(device_sn), cross_check="off")) == []
    with pytest.raises(ContentError, match=f"{code}: .*cross_check="):
        outputs(tmp_path, mqtt(device_sn), cross_check="error")


def test_a_text_that_the_engine_takes_for_unknown_is_left_out_with_a_warning(tmp_path: Path) -> None:
    found = outputs(tmp_path, mqtt("11"))
    assert MARKER not in found["certificate"].values()
    assert found["certificate"]["subject"] == f"CN={MARKER}"
    assert found["warnings"] == [
        {
            "code": "nonconforming",
            "message": f"{name} is left out: Pulumi takes its text for a value that is not known yet",
        }
        for name in ("subject_common_name", "device_name")
    ]


@pytest.mark.parametrize("cross_check", ["warn", "off", "error"])
def test_a_deviation_is_a_warning_whatever_is_checked(tmp_path: Path, cross_check: str) -> None:
    assert codes(outputs(tmp_path, iot("own"), cross_check=cross_check)) == ["nonconforming"]


def test_content_of_ones_own_is_read_and_its_key_checked(tmp_path: Path) -> None:
    found = outputs(tmp_path, iot("own"), include_private_key=True)
    assert found["certificate"]["subject_alternative_names"] == ["DNS:gw.example"]
    assert found["private_key_pem"] == (ODD / "critical-false-with-key" / "want.txt").read_text(encoding="utf-8")


def test_an_unreadable_certificate_is_a_warning_even_if_checks_are_off(tmp_path: Path) -> None:
    assert codes(outputs(tmp_path, mqtt("03"), cross_check="off")) == ["unreadable"]


def test_a_body_that_is_not_a_certificate_is_an_error_that_names_the_device(tmp_path: Path) -> None:
    requested = r"GetDeviceCertificate \(region cn-hangzhou, instance post-1, CA 00f2, device 06\): "
    with pytest.raises(ContentError, match=f"{requested}.*request ID .*console"):
        outputs(tmp_path, mqtt("06"))


class AnotherDevice:
    """A service that returns the certificate of another device than the requested one."""

    def is_emulated(self, product: str) -> bool:
        return product == "onsmqtt"

    def __init__(self, certificate_pem: str) -> None:
        self._content = certificate_pem

    async def call(self, *_arguments: object, read: Read, **_named: object) -> Any:
        data = {"DeviceSn": "02", "DeviceName": "b", "CaSn": "00F2", "DeviceContent": self._content, "Status": "1"}
        return read({"RequestId": "1", "Data": data})


def test_a_response_about_another_device_is_a_mismatch(tmp_path: Path) -> None:
    pem = outputs(tmp_path, mqtt("01"))["certificate"]["certificate_pem"]
    found = asyncio.run(Reader(AnotherDevice(pem)).read(mqtt("01"), ReadOptions()))
    assert codes(found) == ["identity_mismatch", "serial_mismatch", "emulator"]
    assert found["warnings"][0]["message"] == "requested device 01, but the service returned 02"


def test_an_emulator_on_the_network_is_reported_without_its_address_which_changes(
    tmp_path: Path,
) -> None:
    pem = outputs(tmp_path, mqtt("01"))["certificate"]["certificate_pem"]
    found = asyncio.run(Reader(AnotherDevice(pem)).read(mqtt("02"), ReadOptions(cross_check="off")))
    assert found["warnings"] == [
        {
            "code": "emulator",
            "message": "an endpoint in alicloud:endpoints is an emulator: its data does not come from Alibaba Cloud",
        }
    ]


@pytest.mark.parametrize(("device_name", "status"), [("new", "generating"), ("failed", "failed")])
def test_no_certificate_yet_is_an_error_unless_it_is_allowed(tmp_path: Path, device_name: str, status: str) -> None:
    with pytest.raises(ContentError, match=f"status {status}.*allow_pending"):
        outputs(tmp_path, iot(device_name))
    found = outputs(tmp_path, iot(device_name), allow_pending=True)
    assert found["certificate"]["status"] == status
    assert "certificate_pem" not in found["certificate"]
    assert codes(found) == ["pending"]
    assert "private_key_pem" not in found
    assert outputs(tmp_path, iot(device_name), allow_pending=True, include_private_key=True)["private_key_pem"] == ""


def ca() -> str:
    return "mqtt-ca/cn-hangzhou/post-1/00f2"


def test_a_ca_certificate_is_read_as_what_it_is(tmp_path: Path) -> None:
    found = outputs(tmp_path, ca())
    assert found["warnings"] == []
    fields = found["certificate"]
    assert (fields["is_ca"], fields["ca_sn"], fields["status"]) == (True, "00f2", "active")
    assert fields["ca_name"]
    assert "device_sn" not in fields


def test_the_chain_is_leaf_first_and_ends_with_the_ca_that_signed(tmp_path: Path) -> None:
    found = outputs(tmp_path, mqtt("07"), include_chain=True)
    fields = found["certificate"]
    assert found["warnings"] == []
    assert found["include_chain"] is True
    assert fields["ca_certificate_pem"] == outputs(tmp_path, ca())["certificate"]["certificate_pem"]
    assert fields["certificate_chain_pem"] == fields["certificate_pem"] + fields["ca_certificate_pem"]


@pytest.mark.parametrize("device_sn", ["08", "09"])
def test_a_chain_that_came_with_the_certificate_is_not_doubled(tmp_path: Path, device_sn: str) -> None:
    found = outputs(tmp_path, mqtt(device_sn), include_chain=True)
    fields = found["certificate"]
    assert found["warnings"] == []
    assert fields["certificate_chain_pem"] == fields["certificate_pem"] + fields["ca_certificate_pem"]


def test_a_certificate_that_its_ca_did_not_sign_is_a_mismatch(tmp_path: Path) -> None:
    assert codes(outputs(tmp_path, mqtt("10"), include_chain=True)) == ["issuer_mismatch"]
    assert codes(outputs(tmp_path, mqtt("10"))) == []


class Counting:
    """A service of one CA that counts the calls of each operation."""

    def is_emulated(self, product: str) -> bool:
        return False

    def __init__(self, certificate_pem: str) -> None:
        self._content = certificate_pem
        self.requested: Counter[str] = Counter()

    async def call(self, operation: Operation, *_arguments: object, read: Read, **_named: object) -> Any:
        self.requested[operation.name] += 1
        await asyncio.sleep(0)
        data = {"DeviceSn": "07", "DeviceName": "b", "CaSn": "00f2", "DeviceContent": self._content, "Status": 1}
        return read({"Data": {**data, "Sn": "00f2", "CaName": "a", "CaContent": self._content}})


def test_each_ca_is_fetched_once_for_all_its_devices(tmp_path: Path) -> None:
    service = Counting(outputs(tmp_path, ca())["certificate"]["certificate_pem"])

    async def read_all() -> None:
        reader = Reader(service)
        chain = ReadOptions(include_chain=True)
        await asyncio.gather(*(reader.read(mqtt("07"), chain) for _ in range(5)), reader.read(ca(), ReadOptions()))

    asyncio.run(read_all())
    assert service.requested == {"GetDeviceCertificate": 5, "GetCaCertificate": 1}


class TwoDevices:
    """A service of one CA and two devices."""

    def is_emulated(self, product: str) -> bool:
        return False

    def __init__(self, devices: dict[str, str], ca: str) -> None:
        self._devices = devices
        self._ca = ca

    async def call(
        self, operation: Operation, arguments: Mapping[str, str | None], *, read: Read, **_named: object
    ) -> Any:
        await asyncio.sleep(0)
        validity = {"ValidBegin": None, "ValidEnd": None, "Status": 1}
        if operation.name == "GetCaCertificate":
            return read({"Data": {**validity, "Sn": "00f2", "CaName": "a", "CaContent": self._ca}})
        sn = arguments["DeviceSn"] or ""
        device = {"DeviceSn": sn, "DeviceName": "b", "CaSn": "00f2", "DeviceContent": self._devices[sn]}
        return read({"Data": {**validity, **device}})


def test_two_devices_of_one_ca_with_their_chain_cost_three_parses(tmp_path: Path) -> None:
    ca_pem = outputs(tmp_path, ca())["certificate"]["certificate_pem"]
    devices = {sn: outputs(tmp_path, mqtt(sn))["certificate"]["certificate_pem"] for sn in ("01", "07")}

    async def read_both() -> list[dict[str, Any]]:
        reader = Reader(TwoDevices(devices, ca_pem))
        return await asyncio.gather(*(reader.read(mqtt(sn), ReadOptions(include_chain=True)) for sn in devices))

    with patch.object(x509, "load_der_x509_certificate", wraps=x509.load_der_x509_certificate) as parser:
        found = asyncio.run(read_both())
    assert [each["certificate"]["certificate_chain_pem"] for each in found] == [
        pem + ca_pem for pem in devices.values()
    ]
    assert parser.call_count == 3


class NotACa(Counting):
    """A service whose CA certificate is a leaf, and is not active."""

    async def call(self, operation: Operation, *_arguments: object, read: Read, **_named: object) -> Any:
        return read({"Data": {"Sn": "01", "CaName": "a", "CaContent": self._content, "Status": 0}})


def test_a_ca_certificate_that_may_sign_nothing_is_a_warning(tmp_path: Path) -> None:
    pem = outputs(tmp_path, mqtt("01"))["certificate"]["certificate_pem"]
    found = asyncio.run(Reader(NotACa(pem)).read("mqtt-ca/cn-hangzhou/post-1/01", ReadOptions()))
    assert codes(found) == ["not_a_ca", "inactive"]


def test_an_absurd_validity_of_the_service_is_one_line(tmp_path: Path) -> None:
    odd = outputs(tmp_path, mqtt("03"))["certificate"]["certificate_pem"]

    class Absurd(Counting):
        async def call(self, *_arguments: object, read: Read, **_named: object) -> Any:
            data = {"DeviceSn": "01", "DeviceName": "b", "CaSn": "00f2", "DeviceContent": odd, "Status": 1}
            return read({"Data": {**data, "ValidBegin": -253_402_300_799_999}})

    with pytest.raises(ContentError, match=r"GetDeviceCertificate \(.*device 01\): .*console"):
        asyncio.run(Reader(Absurd(odd)).read(mqtt("01"), ReadOptions()))


def test_a_key_of_another_certificate_is_an_error_only_if_it_is_requested(tmp_path: Path) -> None:
    assert outputs(tmp_path, iot("odd"))["certificate"]["status"] == "generated"
    with pytest.raises(ContentError, match="the private key does not belong") as raised:
        outputs(tmp_path, iot("odd"), include_private_key=True)
    assert "BEGIN" not in str(raised.value)


def test_another_certificate_under_the_same_sn_is_a_mismatch_in_a_refresh(tmp_path: Path) -> None:
    known = outputs(tmp_path, iot("old"))
    assert known["certificate"]["certificate_sn"]
    assert "identity_mismatch" not in codes(outputs(tmp_path, iot("old"), certificate=known["certificate"]))
    other = {**known["certificate"], "certificate_pem": "another"}
    assert "identity_mismatch" in codes(outputs(tmp_path, iot("old"), certificate=other))
    rotated = {**other, "certificate_sn": "another"}
    assert "identity_mismatch" not in codes(outputs(tmp_path, iot("old"), certificate=rotated))
    with pytest.raises(ContentError, match="under the same SN"):
        outputs(tmp_path, iot("old"), certificate=other, cross_check="error")


class Generated:
    """A service of one IoT device, with a private key."""

    def is_emulated(self, product: str) -> bool:
        return False

    def __init__(self, certificate: str, private_key: str) -> None:
        self._info = Document(Status=2, CertSN="7", Certificate=certificate, PrivateKey=private_key)

    async def call(self, *_arguments: object, read: Read, **_named: object) -> Any:
        return read(Document(DeviceCertInfo=self._info))


@pytest.mark.parametrize("way", ["another certificate", "another key", "no key at all"])
def test_no_traceback_with_local_variables_shows_a_private_key(tmp_path: Path, way: str) -> None:
    own = outputs(tmp_path, iot("old"), include_private_key=True)
    pem, key = own["certificate"]["certificate_pem"], own["private_key_pem"]
    if way == "another key":
        key = (ODD / "critical-false-with-key" / "key.txt").read_text(encoding="utf-8")
    if way == "no key at all":
        key = key.replace("BEGIN", "BEGUN")
    known = {"certificate_sn": "7", "certificate_pem": "another"}
    options = ReadOptions(include_private_key=True, cross_check="error", known=known)
    with pytest.raises(ContentError) as raised:
        asyncio.run(Reader(Generated(pem, key)).read(iot("old"), options))
    story = TracebackException.from_exception(raised.value, capture_locals=True)
    # The last frame is this test's own.
    story.stack.pop(0)
    text = "".join(story.format())
    assert "read_iot_device" in text
    assert [line for line in key.splitlines() if len(line) > 20 and line in text] == []


def key_alone(tmp_path: Path, device_name: str) -> str:
    config = emulator_config(tmp_path)
    found = asyncio.run(connect(config.get).read_private_key(iot(device_name)))
    assert found["warnings"] == []
    return str(found["private_key_pem"])


def test_a_private_key_alone_is_the_one_of_the_data_source(tmp_path: Path) -> None:
    assert key_alone(tmp_path, "own") == outputs(tmp_path, iot("own"), include_private_key=True)["private_key_pem"]


@pytest.mark.parametrize(
    ("device", "problem"),
    [
        ("odd", "the private key does not belong to the certificate"),
        ("new", r"the certificate is still being generated .*\. Run again later\.$"),
        ("failed", r"the certificate could not be generated .* in IoT Platform\.$"),
    ],
)
def test_a_private_key_alone_is_checked_in_the_same_way(tmp_path: Path, device: str, problem: str) -> None:
    with pytest.raises(ContentError, match=rf"QueryDeviceCert .*device {device}\): .*{problem}"):
        key_alone(tmp_path, device)


def test_an_error_about_a_private_key_alone_names_the_account_and_shows_none_of_it(tmp_path: Path) -> None:
    own = outputs(tmp_path, iot("old"), include_private_key=True)
    key = (ODD / "critical-false-with-key" / "key.txt").read_text(encoding="utf-8")
    service = Generated(own["certificate"]["certificate_pem"], key)
    with pytest.raises(ContentError, match="account factory-b, ") as raised:
        asyncio.run(Reader(service, account="factory-b").read_private_key(iot("old")))
    story = TracebackException.from_exception(raised.value, capture_locals=True)
    # The last frame is this test's own.
    story.stack.pop(0)
    text = "".join(story.format())
    assert "read_iot_private_key" in text
    assert [line for line in key.splitlines() if len(line) > 20 and line in text] == []


class Mangled(Generated):
    """A service whose device has an SN that no text can hold."""

    async def call(self, *_arguments: object, read: Read, **_named: object) -> Any:
        return read(Document(DeviceCertInfo=Document(**{**self._info, "CertSN": "7\ud800"})))


def test_a_character_that_pulumi_cannot_carry_is_replaced_with_a_warning(tmp_path: Path) -> None:
    own = outputs(tmp_path, iot("old"), include_private_key=True)
    service = Mangled(own["certificate"]["certificate_pem"], own["private_key_pem"])
    found = asyncio.run(Reader(service).read(iot("old"), ReadOptions()))
    assert found["certificate"]["certificate_sn"] == "7\ufffd"
    assert "certificate_sn has characters without UTF-8: they are replaced" in [
        warning["message"] for warning in found["warnings"]
    ]
    json.dumps(found, ensure_ascii=False).encode()
