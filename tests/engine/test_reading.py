"""What a stack sees when it reads certificates: first preview, update, second preview, changes, refresh, destroy."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
from tests.engine.conftest import MakeProject, Project

from alicloud_device_certificates import IotDeviceCertificate, MqttDeviceCertificate, export_certificates

EMULATED = {"alicloud:region": "cn-hangzhou", "device-certificates:emulator": True}
INSTANCE: dict[str, Any] = {"mqtt_instance_id": "post-cn-emulator01", "ca_sn": "00f26900ba87"}
PRODUCT = "a1BwAGVemul8"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's own, in a preview's events."""


def gateway() -> MqttDeviceCertificate:
    return MqttDeviceCertificate("gateway", device_sn="356217374433aa01", **INSTANCE)


def light(**settings: Any) -> IotDeviceCertificate:
    return IotDeviceCertificate("light", product_key=PRODUCT, device_name="light-01", **settings)


def pending(**settings: Any) -> IotDeviceCertificate:
    return IotDeviceCertificate("new", product_key=PRODUCT, device_name="light-03", **settings)


def emulator(project: Project, *command: str) -> None:
    """Change the emulated cloud as a person would."""
    subprocess.run(
        ["device-certificates", "emulator", *command],
        cwd=project.folder / "work",
        check=True,
        capture_output=True,
    )


def test_a_stack_from_its_first_preview_to_its_end(make_project: MakeProject) -> None:
    project = make_project(lambda: export_certificates({"gateway": gateway(), "light": light()}), config=EMULATED)

    # The first preview has the values, creates nothing, and says once that they are not the cloud's.
    run = project.preview()
    assert run.error is None, run.text
    assert str(run.resources["gateway"].op.value) == "read"
    assert len([text for text in run.warnings if "emulator" in text]) == 1
    previewed = run.outputs
    assert previewed["schema_version"] == 1
    fields = previewed["certificates"]["gateway"]
    certificate = x509.load_pem_x509_certificate(fields["certificate_pem"].encode())
    assert fields["serial_number"] == str(certificate.serial_number)
    assert fields["serial_number_hex"] == "356217374433aa01"
    assert fields["not_after"] == certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert fields["status"] == "active"
    assert previewed["certificates"]["light"]["public_key_algorithm"] == "RSA"
    assert project.state() == {}

    # The state calls it external, and a second preview in a new process shows no change.
    assert project.up().error is None
    stored = project.state()
    assert stored["gateway"]["external"] is True
    assert stored["gateway"]["type"] == "pulumi-python:dynamic/alicloud:MqttDeviceCertificate"
    assert stored["gateway"]["id"] == "mqtt/cn-hangzhou/post-cn-emulator01/00f26900ba87/356217374433aa01"
    assert stored["stack"]["outputs"] == previewed
    again = project.preview()
    assert again.outputs == again.previous_outputs == previewed
    assert set(again.changes) == {"same"}

    # A rotated certificate is a changed output in the preview.
    emulator(project, "rotate", "gateway-01")
    run = project.preview()
    old, new = run.previous_outputs["certificates"], run.outputs["certificates"]
    assert old["gateway"]["sha256_fingerprint"] != new["gateway"]["sha256_fingerprint"]
    assert old["light"] == new["light"]
    assert old["gateway"]["sha256_fingerprint"] in run.text
    assert new["gateway"]["sha256_fingerprint"] in run.text

    # A refresh takes it over, and destroy touches nothing remote.
    before = project.state()["gateway"]["outputs"]["certificate"]
    assert project.refresh().error is None
    after = project.state()["gateway"]["outputs"]["certificate"]
    assert before["sha256_fingerprint"] != after["sha256_fingerprint"]
    destroyed = project.destroy()
    assert destroyed.error is None, destroyed.text
    assert project.state() == {}
    assert project.preview().outputs["certificates"]["gateway"] == after


def test_a_private_key_is_a_secret_wherever_it_shows(make_project: MakeProject) -> None:
    def program() -> None:
        certificate = light(include_private_key=True)
        export_certificates({"light": certificate})

    project = make_project(program, config=EMULATED)
    previewed, updated = project.preview(), project.up()
    assert updated.error is None, updated.text
    outputs = project.stack.outputs()
    assert outputs["private_keys"].secret
    pem = outputs["private_keys"].value["light"]
    key: Any = load_pem_private_key(pem.encode(), None)
    leaf: Any = x509.load_pem_x509_certificate(outputs["certificates"].value["light"]["certificate_pem"].encode())
    assert key.public_key().public_numbers() == leaf.public_key().public_numbers()
    inner = pem.splitlines()[3]
    for text in (previewed.text, updated.text, project.stored_text()):
        assert inner not in text
        assert "PRIVATE KEY" not in text
    for run in (previewed, updated):
        for event in run.events:
            assert inner not in repr(vars(event)), "a private key in the event stream"
            assert "PRIVATE KEY" not in json.dumps(run.outputs)


def test_a_private_key_that_is_no_longer_asked_for_leaves_the_state(make_project: MakeProject) -> None:
    wanted = True
    project = make_project(lambda: export_certificates({"light": light(include_private_key=wanted)}), config=EMULATED)
    project.up()
    assert "private_key_pem" in project.state()["light"]["outputs"]
    wanted = False
    project.up()
    assert "private_key_pem" not in project.state()["light"]["outputs"]
    assert "private_keys" not in project.stack.outputs()
    assert project.refresh().error is None
    assert "private_key_pem" not in project.state()["light"]["outputs"]
    assert project.destroy().error is None
    assert project.state() == {}


def test_a_pending_certificate_is_a_known_none_beside_others_that_stay_known(make_project: MakeProject) -> None:
    def program() -> None:
        new = pending(allow_pending=True, include_private_key=True)
        export_certificates({"gateway": gateway(), "new": new})
        pulumi.export("pem_is", new.certificate_pem.apply(lambda pem: "absent" if pem is None else "there"))
        pulumi.export("key_is", new.private_key_pem.apply(lambda pem: "absent" if pem is None else "there"))

    project = make_project(program, config=EMULATED)
    for run in (project.preview(), project.up(), project.preview()):
        assert run.error is None, run.text
        assert run.outputs["pem_is"] == "absent"
        certificates = run.outputs["certificates"]
        assert certificates["new"]["status"] == "generating"
        assert "certificate_pem" not in certificates["new"]
        assert certificates["gateway"]["serial_number_hex"] == "356217374433aa01"
    assert run.outputs == run.previous_outputs
    assert project.stack.outputs()["key_is"].value == "absent"
    assert project.stack.outputs()["private_keys"].value == {}
    assert project.refresh().error is None
    assert project.preview().outputs == run.outputs
    assert project.destroy().error is None
    assert project.state() == {}


def test_a_pending_certificate_is_an_error_that_says_so_unless_it_is_allowed(make_project: MakeProject) -> None:
    run = make_project(pending, config=EMULATED).preview()
    assert run.error is not None
    assert "the certificate is still being generated (status generating)" in run.text
    assert "allow_pending" in run.text


class Registrar(ResourceProvider):
    """Registers a device: a real resource, whose name is known only once it is made."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("device", {"sn": "356217374433aa01"})


class Device(Resource):
    sn: pulumi.Output[str]

    def __init__(self, name: str) -> None:
        super().__init__(Registrar(), name, {"sn": None})


def of_its_sn(device: Device) -> MqttDeviceCertificate:
    return MqttDeviceCertificate("gateway", device_sn=device.sn, **INSTANCE)


def after_it(device: Device) -> MqttDeviceCertificate:
    options = pulumi.ResourceOptions(depends_on=[device])
    return MqttDeviceCertificate("gateway", device_sn="356217374433aa01", opts=options, **INSTANCE)


@pytest.mark.both_engines
@pytest.mark.parametrize("declare", [of_its_sn, after_it], ids=["argument", "depends_on"])
def test_what_a_read_needs_and_is_still_to_be_created_leaves_the_read_to_the_update(
    make_project: MakeProject, declare: Callable[[Device], MqttDeviceCertificate]
) -> None:
    def program() -> None:
        certificate = declare(Device("device"))
        export_certificates({"gateway": certificate})
        pulumi.export("serial_number", certificate.serial_number)

    # The provider's process imports the registrar from here.
    checkout = str(Path(__file__).parents[2])
    project = make_project(program, config=EMULATED, environment={"PYTHONPATH": checkout})
    previewed = project.preview()
    assert previewed.error is None, previewed.text
    assert not project.emulator_state.exists(), "something was read before the device was there"
    assert previewed.outputs["serial_number"] == UNKNOWN
    updated = project.up()
    assert updated.error is None, updated.text
    assert project.stack.outputs()["serial_number"].value == str(0x356217374433AA01)
    assert project.preview().outputs["serial_number"] == str(0x356217374433AA01)


@pytest.mark.both_engines
def test_an_id_is_known_in_every_preview(make_project: MakeProject) -> None:
    project = make_project(lambda: pulumi.export("id", gateway().id), config=EMULATED)
    expected = "mqtt/cn-hangzhou/post-cn-emulator01/00f26900ba87/356217374433aa01"
    assert project.preview().outputs["id"] == expected
    assert project.up().error is None
    again = project.preview()
    assert (again.previous_outputs["id"], again.outputs["id"]) == (expected, expected)


@pytest.mark.both_engines
def test_a_refresh_lets_go_of_a_device_that_is_gone_but_the_program_still_cannot_read_it(
    make_project: MakeProject,
) -> None:
    project = make_project(lambda: export_certificates({"gateway": gateway(), "light": light()}), config=EMULATED)
    assert project.up().error is None
    before = project.state()
    emulator(project, "remove", "gateway-01")
    emulator(project, "rotate", "light-01")

    refreshed = project.refresh()
    assert refreshed.error is None, refreshed.text
    state = project.state()
    assert "gateway" not in state
    assert state["light"]["id"] == before["light"]["id"]
    assert state["light"]["outputs"]["certificate"] != before["light"]["outputs"]["certificate"]

    read = project.preview()
    assert any("FindDeviceBySnError" in error for error in read.errors)
    project.stack.workspace.program = lambda: export_certificates({"light": light()})
    assert project.up().error is None
    assert set(project.state()) == {"stack", "default", "light"}


@pytest.mark.both_engines
def test_what_is_gone_does_not_stop_a_destroy_with_a_refresh(make_project: MakeProject) -> None:
    project = make_project(lambda: export_certificates({"gateway": gateway()}), config=EMULATED)
    assert project.up().error is None
    emulator(project, "remove", "gateway-01")
    destroyed = project.destroy(refresh=True)
    assert destroyed.error is None, destroyed.text
    assert project.state() == {}


def test_a_refresh_that_is_not_permitted_is_an_error_and_loses_nothing(make_project: MakeProject) -> None:
    project = make_project(gateway, config={**EMULATED, "device-certificates:emulatorScenario": "cloud.yaml"})
    scenario = project.folder / "work" / "cloud.yaml"
    device = {"sn": "356217374433aa01", "name": "gateway-01"}

    def serve(**fault: Any) -> None:
        cas = [{"sn": INSTANCE["ca_sn"], "devices": [{**device, **fault}]}]
        users = [{"access_key_id": "id", "access_key_secret": "made-up"}]
        instances = [{"id": INSTANCE["mqtt_instance_id"], "cas": cas}]
        scenario.write_text(json.dumps({"accounts": [{"id": "1", "users": users, "mqtt_instances": instances}]}))

    serve()
    assert project.up().error is None
    before = project.state()["gateway"]
    serve(fault={"code": "NoPermission", "http": 403, "message": "not allowed"})
    refused = project.refresh()
    assert any("NoPermission" in error for error in refused.errors)
    assert project.state()["gateway"] == before


def test_warnings_are_logged_on_their_resource_once_a_preview_and_once_an_update(make_project: MakeProject) -> None:
    def program() -> None:
        inactive = MqttDeviceCertificate("inactive", device_sn="356217374433aa04", **INSTANCE)
        MqttDeviceCertificate("expiring", device_sn="356217374433aa05", **INSTANCE)
        export_certificates({"inactive": inactive})
        pulumi.export("warnings", inactive.warnings)

    project = make_project(program, config=EMULATED)
    previewed = project.preview()
    assert [warning["code"] for warning in previewed.outputs["warnings"]] == ["inactive"]
    # An update of the command line runs the program twice, the Automation API once.
    updated = project.up()
    for run in (previewed, updated):
        assert len([text for text in run.warnings if text.startswith("inactive: ")]) == 1
    # Expiry depends on the clock, so the state does not contain it.
    assert [text for text in updated.warnings if "the certificate expires at" in text]
    assert "expires at" not in json.dumps(project.state())


@pytest.mark.both_engines
def test_a_rotation_is_one_line_on_its_own_resource(make_project: MakeProject) -> None:
    def program() -> None:
        export_certificates({"gateway": gateway(), "light": light(include_private_key=True)})

    project = make_project(program, config=EMULATED)
    assert not [text for text in project.preview().warnings if "rotated" in text]
    assert project.up().error is None
    old = project.state()["light"]["outputs"]["certificate"]["serial_number_hex"]
    assert not [text for text in project.preview().warnings if "->" in text]

    emulator(project, "rotate", "light-01")
    emulator(project, "deactivate", "gateway-01")
    run = project.preview()
    new = run.outputs["certificates"]["light"]
    changes = [text for text in run.warnings if "->" in text]
    assert sorted(changes) == [
        f"rotated: serial {old} -> {new['serial_number_hex']}, expires {new['not_after']}",
        "status active -> inactive",
    ]
    assert {
        event.diagnostic_event.urn.rpartition("::")[2]
        for event in run.events
        if event.diagnostic_event is not None and "->" in event.diagnostic_event.message
    } == {"gateway", "light"}
    assert "PRIVATE KEY" not in run.text


def test_a_secret_in_the_config_in_plain_text_is_reported_and_not_shown(make_project: MakeProject) -> None:
    secrets = {"secretKey": "plain-hunter2", "securityToken": "plain-hunter3"}
    config = {**EMULATED, "alicloud:accessKey": "LTAI-in-plain"}
    run = make_project(gateway, config=config | {f"alicloud:{key}": text for key, text in secrets.items()}).preview()
    for key, text in secrets.items():
        assert [warning for warning in run.warnings if f"pulumi config set --secret alicloud:{key}" in warning]
        assert text not in run.text
