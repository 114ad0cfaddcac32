"""The mocks for other people's unit tests: what they return, and what is said if they are not used."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks
from tests.unit.conftest import Engine, RunProgram

from alicloud_device_certificates import (
    DeviceCertificatesReference,
    IotDeviceCertificate,
    IotDeviceCertificates,
    MqttDeviceCertificate,
    PrivateKeyError,
    configured_certificates,
    export_certificates,
    iot_private_key,
    key_pair,
)
from alicloud_device_certificates.cloud.errors import ContentError, FleetError, PostconditionError
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.contract.fleets import FLEETS, FleetKey
from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.emulator import ScenarioError
from alicloud_device_certificates.resources.iot_private_key import FUNCTION
from alicloud_device_certificates.testing import DeviceCertificateMocks, MockError

PAGE = (Path(__file__).parents[3] / "docs" / "testing.md").read_text(encoding="utf-8")
GATEWAY = "mqtt/cn-beijing/post-cn-1/00f2/01"
LIGHT = "iot/cn-shanghai/-/pk1/light"


RunWith = Callable[..., None]


@pytest.fixture
def run_with(run_program: RunProgram, monkeypatch: pytest.MonkeyPatch) -> RunWith:
    """Run a program with mocks in place of those of these tests."""

    def run(mocks: Mocks, program: Callable[[], object], *, config: dict[str, str] | None = None) -> None:
        monkeypatch.setattr(Engine, "new_resource", lambda _, args: mocks.new_resource(args))
        monkeypatch.setattr(Engine, "call", lambda _, args: mocks.call(args))
        run_program(program, config=config)

    return run


def asked(type_: str, id_: str | None, **inputs: Any) -> MockResourceArgs:
    return MockResourceArgs(typ=type_, name="thing", inputs=inputs, resource_id=id_)


def read(mocks: Mocks, kind: KindKey, id_: str, **flags: Any) -> dict[Any, Any]:
    found, outputs = mocks.new_resource(asked(KINDS[kind].type_token, id_, **flags))
    assert found == id_
    return outputs


@pytest.mark.parametrize(("kind", "id_"), [("mqtt", GATEWAY), ("mqtt-ca", "mqtt-ca/cn-beijing/p/00f2"), ("iot", LIGHT)])
def test_each_data_source_gets_a_real_certificate(kind: KindKey, id_: str) -> None:
    outputs = read(DeviceCertificateMocks(), kind, id_)
    certificate = x509.load_pem_x509_certificate(outputs["certificate"]["certificate_pem"].encode())
    assert outputs["certificate"]["serial_number"] == str(certificate.serial_number)
    assert set(outputs["certificate"]) <= set(field_names(KINDS[kind].key))
    assert outputs["warnings"] == []


def test_postconditions_fail_in_a_unit_test_as_in_a_preview() -> None:
    conditions = {"name": "thing", "fail_within": "10d", "require_active": True}
    assert read(DeviceCertificateMocks(), "mqtt", GATEWAY, postconditions=conditions)["certificate"]
    assert read(DeviceCertificateMocks(), "iot", LIGHT, postconditions=conditions)["certificate"]
    mocks = DeviceCertificateMocks(devices={"thing": {"status": "inactive", "valid_until": "+5d"}})
    with pytest.raises(PostconditionError, match=r"the certificate has the status inactive .* and expires at"):
        read(mocks, "mqtt", GATEWAY, postconditions=conditions)


def test_a_device_and_its_ca_belong_together() -> None:
    mocks = DeviceCertificateMocks()
    ca = read(mocks, "mqtt-ca", "mqtt-ca/cn-beijing/post-cn-1/00f2")["certificate"]["certificate_pem"]
    device = read(mocks, "mqtt", GATEWAY, include_chain=True)["certificate"]
    assert device["ca_certificate_pem"] == ca
    x509.load_pem_x509_certificate(device["certificate_pem"].encode()).verify_directly_issued_by(
        x509.load_pem_x509_certificate(ca.encode())
    )
    assert read(mocks, "mqtt", GATEWAY)["certificate"]["certificate_pem"] == device["certificate_pem"]


def test_a_private_key_matches_its_certificate() -> None:
    outputs = read(DeviceCertificateMocks(), "iot", LIGHT, include_private_key=True)
    certificate = x509.load_pem_x509_certificate(outputs["certificate"]["certificate_pem"].encode())
    key = load_pem_private_key(outputs["private_key_pem"].encode(), None)
    assert key.public_key() == certificate.public_key()


def test_a_device_can_be_as_the_emulator_has_them_and_fails_as_in_a_preview() -> None:
    mocks = DeviceCertificateMocks(devices={"thing": {"status": "generating"}})
    assert read(mocks, "iot", LIGHT, allow_pending=True)["certificate"] == {"status": "generating"}
    with pytest.raises(ContentError, match="the certificate is still being generated"):
        read(mocks, "iot", LIGHT)
    with pytest.raises(ScenarioError, match="colour"):
        read(DeviceCertificateMocks(devices={"thing": {"colour": "red"}}), "iot", LIGHT)


@pytest.mark.parametrize("name", ["organization/fleet/dev", "fleet/dev", "dev"])
def test_a_reference_finds_the_certificates_of_the_stack_that_it_names(name: str) -> None:
    mocks = DeviceCertificateMocks(stacks={name: {"gateway": "mqtt", "root": "mqtt-ca", "light": "iot"}})
    _, found = mocks.new_resource(asked("pulumi:pulumi:StackReference", None, name="organization/fleet/dev"))
    assert set(found["outputs"]["certificates"]) == {"gateway", "root", "light"}
    assert set(found["outputs"]["private_keys"]) == {"light"}
    assert found["secretOutputNames"] == ["private_keys"]


def test_a_stack_that_the_mocks_do_not_know_is_one_line_that_says_what_to_pass() -> None:
    mocks = DeviceCertificateMocks(stacks={"dev": {}})
    with pytest.raises(MockError, match=r'pass stacks=\{"organization/fleet/prod": .* to DeviceCertificateMocks$'):
        mocks.new_resource(asked("pulumi:pulumi:StackReference", None, name="organization/fleet/prod"))


def read_fleet(mocks: Mocks, kind: FleetKey, id_: str, **flags: Any) -> dict[Any, Any]:
    found, outputs = mocks.new_resource(asked(FLEETS[kind].type_token, id_, **flags))
    assert found == id_
    return outputs


GATEWAYS = "mqtt-fleet/cn-beijing/post-cn-1/00f2"
LIGHTS = "iot-fleet/cn-shanghai/-/pk1"
CAS = "mqtt-ca-fleet/cn-beijing/post-cn-1"


@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        ("mqtt-fleet", GATEWAYS),
        ("mqtt-fleet", "mqtt-fleet/cn-beijing/post-cn-1/-"),
        ("iot-fleet", LIGHTS),
        ("mqtt-ca-fleet", CAS),
    ],
)
def test_each_fleet_has_three_real_certificates_unless_the_test_says_which(kind: FleetKey, id_: str) -> None:
    outputs = read_fleet(DeviceCertificateMocks(), kind, id_)
    assert list(outputs["certificates"]) == ["01", "02", "03"]
    assert len({each["serial_number"] for each in outputs["certificates"].values()}) == 3
    assert all(set(each) <= set(field_names(FLEETS[kind].member)) for each in outputs["certificates"].values())
    assert (outputs["summary"]["count"], outputs["errors"], outputs["warnings"]) == (3, {}, [])
    few = read_fleet(DeviceCertificateMocks(fleets={"thing": ["a1"]}), kind, id_)
    assert list(few["certificates"]) == ["a1"]
    none = read_fleet(DeviceCertificateMocks(fleets={"thing": []}), kind, id_)
    assert (none["certificates"], none["summary"]["count"]) == ({}, 0)


def test_a_member_of_a_fleet_is_the_certificate_that_a_single_data_source_has() -> None:
    mocks = DeviceCertificateMocks()
    members = read_fleet(mocks, "mqtt-fleet", GATEWAYS)["certificates"]
    assert members["01"] == read(mocks, "mqtt", GATEWAY)["certificate"]
    lights = read_fleet(mocks, "iot-fleet", LIGHTS, device_names=["light"], include_private_keys=True)
    assert lights["certificates"]["light"] == read(mocks, "iot", LIGHT)["certificate"]
    assert lights["private_keys"] == {"light": read(mocks, "iot", LIGHT, include_private_key=True)["private_key_pem"]}


def test_select_fields_and_summary_do_in_a_fleet_what_they_do_in_a_preview() -> None:
    mocks = DeviceCertificateMocks(
        fleets={"thing": ["01", "02", "03", "04"]},
        devices={
            "thing/02": {"status": "inactive"},
            "thing/03": {"name": "line-1", "valid_until": "+5d"},
            "thing/04": {"name": "line-2", "status": "inactive"},
        },
    )

    def keys(**flags: Any) -> list[str]:
        return list(read_fleet(mocks, "mqtt-fleet", GATEWAYS, **flags)["certificates"])

    assert keys(select={"status": "inactive"}) == ["02", "04"]
    assert keys(select={"name_pattern": "line-*", "status": "inactive"}) == ["04"]
    assert keys(select={"expires_within": "10d"}) == ["03"]
    assert keys(device_sns=["04", "02"]) == ["02", "04"]
    assert keys(fields="summary") == []
    brief = read_fleet(mocks, "mqtt-fleet", GATEWAYS, fields="summary", select={"status": "inactive"})
    assert list(brief["certificates"]) == ["02", "04"]
    assert brief["summary"]["by_status"] == {"active": 2, "inactive": 2}
    assert brief["summary"]["by_ca"] == {"00f2": 4}
    some = read_fleet(mocks, "mqtt-fleet", GATEWAYS, fields=["subject"])["certificates"]["01"]
    assert "subject" in some
    assert "certificate_pem" not in some
    assert [each["certificate"] for each in read_fleet(mocks, "mqtt-fleet", GATEWAYS)["warnings"]] == ["02", "04"]


def test_certificates_of_a_fleet_that_cannot_be_read_end_the_test_or_are_reported() -> None:
    mocks = DeviceCertificateMocks(fleets={"thing": ["01", "02"]}, devices={"thing/02": {"shape": "garbage"}})
    with pytest.raises(FleetError, match=r"^2 of 3 certificates of the fleet .* cannot be read: 02, 09\. "):
        read_fleet(mocks, "mqtt-fleet", GATEWAYS, device_sns=["01", "02", "09"])
    outputs = read_fleet(mocks, "mqtt-fleet", GATEWAYS, device_sns=["01", "02", "09"], on_error="report")
    assert list(outputs["certificates"]) == ["01"]
    assert {key: error["code"] for key, error in outputs["errors"].items()} == {
        "02": "unreadable",
        "09": "FindDeviceBySnError",
    }


def test_a_pending_certificate_of_a_fleet_is_as_in_a_preview() -> None:
    mocks = DeviceCertificateMocks(devices={"thing/02": {"status": "generating"}})
    outputs = read_fleet(mocks, "iot-fleet", LIGHTS, allow_pending=True, include_private_keys=True)
    assert outputs["certificates"]["02"] == {"status": "generating"}
    assert outputs["summary"]["by_status"] == {"generated": 2, "generating": 1}
    assert list(outputs["private_keys"]) == ["01", "03"]


def test_a_hundred_devices_wait_for_no_quota() -> None:
    keys = [f"light-{number}" for number in range(100)]
    outputs = read_fleet(DeviceCertificateMocks(fleets={"thing": keys}), "iot-fleet", LIGHTS)
    assert len(outputs["certificates"]) == 100


def test_what_the_test_says_of_a_fleet_must_fit_together() -> None:
    with pytest.raises(MockError) as raised:
        read_fleet(DeviceCertificateMocks(devices={"thing/09": {"status": "inactive"}}), "mqtt-fleet", GATEWAYS)
    assert str(raised.value) == (
        "devices has 'thing/09', but fleet 'thing' has no such certificate: pass "
        'fleets={"thing": ["09", ...]} to DeviceCertificateMocks'
    )
    for keys in ("01", [1]):
        mocks = DeviceCertificateMocks(fleets={"thing": keys})  # type: ignore[dict-item]
        with pytest.raises(MockError, match=r"^fleets: the keys of 'thing' must be a list of strings"):
            read_fleet(mocks, "mqtt-fleet", GATEWAYS)


def test_a_reference_finds_fleets_beside_single_certificates(run_with: RunWith) -> None:
    mocks = DeviceCertificateMocks(
        stacks={"dev": {"root": "mqtt-ca", "gateways": "mqtt-fleet", "lights": "iot-fleet", "cas": "mqtt-ca-fleet"}},
        fleets={"lights": ["light-01"], "gateways": ["01", "02"]},
        devices={"gateways/02": {"status": "inactive"}},
    )
    found: dict[str, Any] = {}

    def program() -> object:
        stack = DeviceCertificatesReference("dev")
        fleet = stack.fleet("gateways")
        return pulumi.Output.all(
            names=stack.names(),
            members=fleet.certificates,
            summary=fleet.summary,
            allowed=fleet.fingerprint_allow_list(),
            trusted=stack.fleet("cas").trust_bundle(),
            pair=key_pair(stack.certificate("lights/light-01").certificate_pem, stack.private_key("lights/light-01")),
        ).apply(found.update)

    run_with(mocks, program)
    assert found["names"] == [
        *(f"cas/{key}" for key in ("01", "02", "03")),
        "gateways/01",
        "gateways/02",
        "lights/light-01",
        "root",
    ]
    assert found["summary"]["by_status"] == {"active": 1, "inactive": 1}
    assert found["allowed"].split() == [found["members"]["01"]["sha256_fingerprint"]]
    assert found["trusted"].count("BEGIN CERTIFICATE") == 3
    assert "PRIVATE KEY" in found["pair"]["private_key_pem"]


def test_certificates_of_another_stack_have_serial_numbers_of_their_own_whatever_they_are_called() -> None:
    names = ["gateway-of-the-first-line", "gateway-of-the-second-line"]
    mocks = DeviceCertificateMocks(stacks={"dev": dict.fromkeys(names, "mqtt")})
    _, found = mocks.new_resource(asked("pulumi:pulumi:StackReference", None, name="organization/fleet/dev"))
    assert len({each["serial_number"] for each in found["outputs"]["certificates"].values()}) == 2


CONFIG = {
    "alicloud:region": "cn-hangzhou",
    "device-certificates:certificates": json.dumps(
        [{"name": "door", "service": "iot", "productKey": "pk1", "deviceName": "door-01", "includePrivateKey": True}]
    ),
    "device-certificates:fleets": json.dumps(
        [
            {"name": "gateways", "service": "mqtt", "mqttInstanceId": "post-cn-1", "select": {"status": "active"}},
            {"name": "lights", "service": "iot", "productKey": "pk1", "includePrivateKeys": True},
            {"name": "cas", "service": "mqtt-ca", "mqttInstanceId": "post-cn-1", "fields": "summary"},
        ]
    ),
}


def test_a_program_of_the_config_exports_its_fleets(run_with: RunWith) -> None:
    mocks = DeviceCertificateMocks(fleets={"lights": ["light-01"]}, devices={"gateways/03": {"status": "inactive"}})
    exported: dict[str, Any] = {}

    def program() -> object:
        export_certificates(configured_certificates())
        root = pulumi.runtime.get_root_resource()
        return pulumi.Output.all(**root.outputs).apply(exported.update)  # type: ignore[union-attr]

    run_with(mocks, program, config=CONFIG)
    assert list(exported["certificates"]) == ["door", "gateways/01", "gateways/02", "lights/light-01"]
    assert set(exported["private_keys"]) == {"door", "lights/light-01"}
    assert {name: summary["count"] for name, summary in exported["summaries"].items()} == {
        "gateways": 3,
        "lights": 1,
        "cas": 3,
    }


def test_the_key_that_the_program_reads_itself_is_that_of_the_certificate(run_with: RunWith) -> None:
    mocks = DeviceCertificateMocks(devices={"lights/light-02": {"valid_until": "+5d"}})
    found: list[Any] = []

    def program() -> object:
        light = IotDeviceCertificate("light", product_key="pk1", device_name="light-01")
        lights = IotDeviceCertificates("lights", product_key="pk1", device_names=["light-02"])
        pairs = [
            key_pair(light.certificate_pem, iot_private_key(product_key="pk1", device_name="light-01")),
            key_pair(
                lights.certificates["light-02"]["certificate_pem"],
                iot_private_key(product_key="pk1", device_name="light-02"),
            ),
        ]
        return pulumi.Output.all(*pairs).apply(found.extend)

    run_with(mocks, program)
    assert ["PRIVATE KEY" in pair["private_key_pem"] for pair in found] == [True, True]


@pytest.mark.parametrize(
    ("device", "line"),
    [
        ({"status": "generating"}, "is still being generated"),
        ({"wrong_key": True}, "the private key does not belong to the certificate"),
    ],
)
def test_a_key_that_a_program_could_not_read_fails_as_in_a_preview(
    run_with: RunWith, device: dict[str, Any], line: str
) -> None:
    mocks = DeviceCertificateMocks(devices={"light": device})
    with pytest.raises(PrivateKeyError, match=rf"^iot_private_key 'pk1/light': QueryDeviceCert .*{line}"):
        run_with(mocks, lambda: iot_private_key(product_key="pk1", device_name="light"))


def test_a_device_that_only_its_data_source_changes_is_an_error_whichever_comes_first() -> None:
    """It would be issued again for the other one, with another key."""
    key = MockCallArgs(token=FUNCTION, args={"id": LIGHT}, provider="")
    line = r"^iot_private_key finds a device by its own name, and devices has 'thing' .*devices=\{\"light\": \.\.\.\}"
    mocks = DeviceCertificateMocks(devices={"thing": {"valid_until": "+5d"}})
    read(mocks, "iot", LIGHT)
    with pytest.raises(MockError, match=line):
        mocks.call(key)
    mocks = DeviceCertificateMocks(devices={"thing": {"valid_until": "+5d"}})
    mocks.call(key)
    with pytest.raises(MockError, match=line):
        read(mocks, "iot", LIGHT)
    mocks = DeviceCertificateMocks(devices={"light": {"valid_until": "+5d"}})
    assert mocks.call(key)["private_key_pem"] == read(mocks, "iot", LIGHT, include_private_key=True)["private_key_pem"]


def test_all_else_goes_to_ones_own_mocks() -> None:
    class Own(Mocks):
        def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            return "own", {"typ": args.typ}

        def call(self, args: MockCallArgs) -> Any:
            return {"token": args.token}

    bucket = asked("alicloud:oss/bucket:Bucket", None, acl="private")
    stack = asked("pulumi:pulumi:StackReference", None, name="organization/network/dev")
    call = MockCallArgs(token="alicloud:index/getZones:getZones", args={}, provider="")
    own = DeviceCertificateMocks(Own())
    assert own.new_resource(bucket) == ("own", {"typ": bucket.typ})
    assert own.new_resource(stack) == ("own", {"typ": stack.typ})
    assert own.call(call) == {"token": call.token}
    assert DeviceCertificateMocks().new_resource(bucket) == ("thing_id", {"acl": "private"})
    assert DeviceCertificateMocks().call(call) == {}


@pytest.mark.parametrize("number", [0, 1])
def test_the_examples_of_the_docs_pass(tmp_path: Path, number: int) -> None:
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(examples) == 2
    (tmp_path / "test_stack.py").write_text(examples[number])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error::ResourceWarning"]
    ended = subprocess.run([*command, "test_stack.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert "3 passed" in ended.stdout


def gateway() -> MqttDeviceCertificate:
    return MqttDeviceCertificate("gw", mqtt_instance_id="post-cn-x", ca_sn="aa", device_sn="bb", region="cn-hangzhou")


NOTHING: dict[str, Any] = {"certificate": None, "warnings": None}


def test_with_other_mocks_a_data_source_that_is_only_declared_does_no_harm(run_program: RunProgram) -> None:
    run_program(gateway, outputs=NOTHING)


@pytest.mark.parametrize(
    ("program", "line"),
    [
        (
            lambda: pulumi.export("not_after", gateway().not_after),
            r"^MqttDeviceCertificate\.not_after: the mocks of this test return no `certificate`; use "
            r"DeviceCertificateMocks of alicloud_device_certificates\.testing \(docs/testing\.md\)$",
        ),
        (
            lambda: pulumi.export("names", DeviceCertificatesReference("device-certificates/dev").names()),
            r"^stack organization/device-certificates/dev: the mocks of this test return no `outputs` for it; pass it "
            r"as `stacks` to DeviceCertificateMocks of alicloud_device_certificates\.testing \(docs/testing\.md\)$",
        ),
    ],
)
def test_with_other_mocks_one_line_says_what_to_use(
    run_program: RunProgram, program: Callable[[], object], line: str
) -> None:
    with pytest.raises(pulumi.RunError, match=line):
        run_program(program, outputs=NOTHING, stacks={"organization/device-certificates/dev": {}})


def test_the_short_name_of_a_stack_works_without_an_organization(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_organization", lambda: None)
    monkeypatch.setattr(pulumi, "get_project", lambda: "fleet")
    from alicloud_device_certificates.stack.reference import full_stack_name

    assert full_stack_name("dev") == "organization/fleet/dev"
