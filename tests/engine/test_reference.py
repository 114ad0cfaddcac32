"""What a deployment sees of the certificates of another stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from tests.engine.conftest import MakeProject, Project
from tests.engine.shell import CHECKOUT, blocks
from tests.engine.test_errors import only_error

from alicloud_device_certificates import (
    DeviceCertificatesReference,
    IotDeviceCertificate,
    MqttCaCertificate,
    MqttCaCertificates,
    MqttDeviceCertificate,
    MqttDeviceCertificates,
    export_certificates,
)

EMULATED = {"alicloud:region": "cn-hangzhou", "device-certificates:emulator": True}
INSTANCE: dict[str, Any] = {"mqtt_instance_id": "post-cn-emulator01", "ca_sn": "00f26900ba87"}


def certificates() -> None:
    gateway = MqttDeviceCertificate("gateway", device_sn="356217374433aa01", include_chain=True, **INSTANCE)
    light = IotDeviceCertificate("light", product_key="a1BwAGVemul8", device_name="light-02", include_private_key=True)
    export_certificates({"gateway": gateway, "light": light, "ca": MqttCaCertificate("ca", **INSTANCE)})


@pytest.fixture(scope="module")
def producer(make_shared_project: MakeProject) -> Project:
    """A stack of certificates that was updated. Its consumers share its backend, so each has a name of its own."""
    made: Project = make_shared_project(certificates, name="device-certificates", stack_name="dev", config=EMULATED)
    run = made.up()
    assert run.error is None, run.text
    return made


def test_a_deployment_takes_certificates_by_name_with_the_key_a_secret(
    make_project: MakeProject, producer: Project
) -> None:
    def deployment() -> None:
        fleet = DeviceCertificatesReference("device-certificates/dev")
        gateway = fleet.certificate("gateway")
        pulumi.export("stack", fleet.stack)
        pulumi.export("names", fleet.names())
        pulumi.export("chain", gateway.certificate_chain_pem)
        pulumi.export("ca", fleet.certificate("ca").certificate_pem)
        pulumi.export("absent", gateway.certificate_sn.apply(lambda value: value is None))
        pulumi.export("key", fleet.private_key("light"))

    project = make_project(deployment, name="deployment", beside=producer)
    for run in (project.preview(), project.up(), project.preview()):
        assert run.error is None, run.text
        assert run.outputs["stack"] == "organization/device-certificates/dev"
        assert run.outputs["names"] == ["ca", "gateway", "light"]
        produced = producer.stack.outputs()["certificates"].value
        assert run.outputs["chain"] == produced["gateway"]["certificate_chain_pem"]
        assert run.outputs["chain"] == produced["gateway"]["certificate_pem"] + produced["ca"]["certificate_pem"]
        assert run.outputs["ca"] == produced["ca"]["certificate_pem"]
        assert run.outputs["absent"] is True
        assert "PRIVATE KEY" not in run.text
    assert run.outputs == run.previous_outputs
    key = project.stack.outputs()["key"]
    assert key.secret
    assert key.value.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert "PRIVATE KEY" not in project.stored_text()
    assert project.destroy().error is None


def test_short_names_of_a_stack_mean_the_current_organization_and_project(
    make_project: MakeProject, producer: Project
) -> None:
    stack = ""

    def deployment() -> None:
        pulumi.export("names", DeviceCertificatesReference(stack).names())

    project = make_project(deployment, name="device-certificates", stack_name="other", beside=producer)
    for name in ("dev", "device-certificates/dev", "organization/device-certificates/dev"):
        stack = name
        assert project.preview().outputs["names"] == ["ca", "gateway", "light"]


@pytest.mark.parametrize(
    ("name", "take", "told"),
    [
        (
            "no-certificate",
            lambda fleet: fleet.certificate("gatewy").not_after,
            "stack organization/device-certificates/dev has no certificate named 'gatewy'; "
            "available: ca, gateway, light",
        ),
        (
            "no-key",
            lambda fleet: fleet.private_key("gateway"),
            "stack organization/device-certificates/dev has no private key named 'gateway': set include_private_key "
            "(includePrivateKey in the config) on it in that stack, and update it; private keys available: light",
        ),
    ],
)
def test_a_name_that_is_not_there_is_one_line_that_lists_what_there_is(
    make_project: MakeProject,
    producer: Project,
    name: str,
    take: Callable[[DeviceCertificatesReference], Any],
    told: str,
) -> None:
    def deployment() -> None:
        pulumi.export("taken", take(DeviceCertificatesReference("device-certificates/dev")))

    assert only_error(make_project(deployment, name=name, beside=producer).preview()) == told


def of_the_docs() -> None:
    gateways = {
        name: MqttDeviceCertificate(name, device_sn=f"356217374433aa{name[-2:]}", **INSTANCE)
        for name in ("gateway-01", "gateway-02")
    }
    light = IotDeviceCertificate(
        "light-01", product_key="a1BwAGVemul8", device_name="light-01", include_private_key=True
    )
    fleets = {
        "line": MqttDeviceCertificates("line", **INSTANCE),
        "cas": MqttCaCertificates("cas", mqtt_instance_id=INSTANCE["mqtt_instance_id"]),
    }
    export_certificates({**gateways, "light-01": light, **fleets})


def test_the_python_program_of_the_docs_uses_certificates_and_fleets(make_project: MakeProject) -> None:
    producer = make_project(of_the_docs, name="device-certificates", stack_name="dev", config=EMULATED)
    assert producer.up().error is None
    produced = {name: output.value for name, output in producer.stack.outputs().items()}
    (code,) = blocks("python", (CHECKOUT / "docs" / "consumers.md").read_text(encoding="utf-8"))
    run = make_project(lambda: exec(code, {}), name="of-the-docs", beside=producer).preview()
    assert run.error is None, run.text
    certificates, line = produced["certificates"], "line/356217374433aa01"
    assert run.outputs["not_after"] == run.outputs["one_of_the_line"] == certificates[line]["not_after"]
    assert run.outputs["next_expiry"] == produced["summaries"]["line"]["earliest_expiry"]
    in_service = [
        each for name, each in certificates.items() if name.startswith("line/") and each["status"] == "active"
    ]
    assert run.outputs["allow_list"].split() == sorted(each["sha256_fingerprint"] for each in in_service)
    assert run.outputs["cas"] == certificates["cas/00f26900ba87"]["certificate_pem"]
    assert "PRIVATE KEY" not in run.text


def newer() -> None:
    """What a later version of this package might export."""
    pulumi.export("schema_version", 2)
    pulumi.export("certificates", {"a": {}})


def test_a_producer_that_cannot_be_used_is_one_line_with_the_name_tried(make_project: MakeProject) -> None:
    stack = "device-certificates/nowhere"

    def deployment() -> None:
        pulumi.export("names", DeviceCertificatesReference(stack).names())

    project = make_project(deployment, name="deployment")
    assert "organization/device-certificates/nowhere" in only_error(project.preview())
    # One that was made, and never updated.
    empty = make_project(certificates, name="device-certificates", stack_name="new", beside=project)
    stack = "device-certificates/new"
    assert "organization/device-certificates/new exports no device certificates" in only_error(project.preview())
    # One of another program.
    empty.stack.workspace.program = lambda: pulumi.export("schema_version", 1)
    empty.up()
    assert "does not call export_certificates" in only_error(project.preview())
    # One of another version.
    empty.stack.workspace.program = newer
    empty.up()
    assert "exports schema_version 2, but this version" in only_error(project.preview())
    stack = "a/b/c/d"
    assert "'a/b/c/d' is not a stack name" in only_error(project.preview())
