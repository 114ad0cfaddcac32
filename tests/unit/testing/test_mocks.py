"""The mocks for other people's unit tests: what they return, and what is said if they are not used."""

from __future__ import annotations

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
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import DeviceCertificatesReference, MqttDeviceCertificate
from alicloud_device_certificates.cloud.errors import ContentError, PostconditionError
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.emulator import ScenarioError
from alicloud_device_certificates.testing import DeviceCertificateMocks, MockError

PAGE = (Path(__file__).parents[3] / "docs" / "testing.md").read_text(encoding="utf-8")
GATEWAY = "mqtt/cn-beijing/post-cn-1/00f2/01"
LIGHT = "iot/cn-shanghai/-/pk1/light"


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


def test_the_example_of_the_docs_passes(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "test_stack.py").write_text(example)
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
