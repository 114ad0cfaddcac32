"""Postconditions under the real engine: what stops previews and updates, what does not, and what the state keeps."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from tests.engine.conftest import MakeProject, Project, Run
from tests.engine.gated import CA_SN, INSTANCE, PRODUCT, GatedProject, iot, mqtt
from tests.engine.shell import error_lines

from alicloud_device_certificates import (
    IotDeviceCertificates,
    MqttCaCertificate,
    MqttDeviceCertificate,
    MqttDeviceCertificates,
    export_certificates,
)

CONFIG = {
    "alicloud:region": "cn-hangzhou",
    "device-certificates:emulator": True,
    "device-certificates:emulatorScenario": "scenario.yaml",
}
FRESH = {"valid_from": "-100d", "valid_until": "+900d"}
SOON = {"valid_from": "-100d", "valid_until": "+5d"}


def device(sn: str, **fields: Any) -> dict[str, Any]:
    return {"sn": sn, "name": f"line-{sn}", **FRESH, **fields}


def serve(project: Project, *devices: dict[str, Any], **ca: Any) -> None:
    """Set what the service has."""
    account = {
        "id": "1",
        "users": [{"access_key_id": "id", "access_key_secret": "made-up"}],
        "mqtt_instances": [{"id": INSTANCE, "cas": [{"sn": CA_SN, **ca, "devices": [*devices]}]}],
        "iot_products": [{"product_key": PRODUCT, "devices": [{"name": "new", "status": "generating"}]}],
    }
    (project.folder / "work" / "scenario.yaml").write_text(json.dumps({"accounts": [account]}))


def only_error(run: Run) -> str:
    """The one line that reports the error; fails if there are more, or a traceback."""
    assert run.error is not None, run.text
    assert "Traceback" not in run.text
    (line,) = set(error_lines(run.errors))
    return line


@pytest.mark.both_engines
def test_a_certificate_that_expires_too_soon_stops_a_preview_and_an_update_and_no_way_out(
    make_project: MakeProject,
) -> None:
    conditions: dict[str, Any] = {"fail_within": "10d", "require_active": True}
    made: list[str | None] = []

    def make(end: str | None) -> None:
        made.append(end)

    def program() -> None:
        gateway = MqttDeviceCertificate("gateway", mqtt_instance_id=INSTANCE, ca_sn=CA_SN, device_sn="01", **conditions)
        # Terraform's postcondition: nothing that needs the certificate is made.
        gateway.not_after.apply(make)
        export_certificates({"gateway": gateway})

    project = make_project(program, config=CONFIG)
    serve(project, device("01"))
    assert project.preview().error is None
    assert project.up().error is None
    stored = project.state()["gateway"]
    assert set(stored["outputs"]) == {"certificate", "warnings", "include_chain", "cross_check", "__provider"}
    assert stored["inputs"]["postconditions"] == {**conditions, "name": "gateway"}
    assert project.preview().changes == {"same": 1}

    assert made
    made.clear()
    serve(project, device("01", **SOON))
    for run in (project.preview(), project.up()):
        line = only_error(run)
        assert "ReadError: MqttDeviceCertificate 'gateway' (region cn-hangzhou" in line
        assert "device_sn 01): the certificate expires at " in line
        assert "(fail_within: 10d). Renew or activate it in the service's console" in line
    assert made == []
    # A refresh and a destroy run no program, and the state knows no condition.
    assert project.refresh().error is None
    assert project.destroy(refresh=True).error is None


def test_an_inactive_certificate_and_ca_stop_an_update_and_a_condition_that_was_removed_does_not(
    make_project: MakeProject,
) -> None:
    sources: list[Callable[[], object]] = []

    def program() -> None:
        for source in sources:
            source()

    def certificate(**conditions: Any) -> Callable[[], object]:
        return lambda: MqttDeviceCertificate(
            "gateway", mqtt_instance_id=INSTANCE, ca_sn=CA_SN, device_sn="01", **conditions
        )

    def ca() -> object:
        return MqttCaCertificate("ca", mqtt_instance_id=INSTANCE, ca_sn=CA_SN, require_active=True)

    project = make_project(program, config=CONFIG)
    serve(project, device("01", status="inactive"), status="inactive")
    sources[:] = [certificate(require_active=True)]
    assert "'gateway' (" in (line := only_error(project.up()))
    assert "the certificate has the status inactive (require_active). Renew or activate" in line
    sources[:] = [ca]
    assert "ReadError: MqttCaCertificate 'ca' (" in only_error(project.up())
    sources[:] = [certificate(fail_within="10d")]
    assert project.up().error is None


def test_what_is_not_known_in_the_preview_is_judged_in_the_update(make_project: MakeProject) -> None:
    def program() -> None:
        from pulumi.dynamic import CreateResult, Resource, ResourceProvider

        class Maker(ResourceProvider):
            serialize_as_secret_always = False

            def create(self, props: dict[str, Any]) -> CreateResult:
                return CreateResult("made", {"sn": "01"})

        class Made(Resource):
            sn: pulumi.Output[str]

            def __init__(self) -> None:
                super().__init__(Maker(), "made", {"sn": None})

        MqttDeviceCertificate("gateway", mqtt_instance_id=INSTANCE, ca_sn=CA_SN, device_sn=Made().sn, fail_within="10d")

    project = make_project(program, config=CONFIG)
    serve(project, device("01", **SOON))
    assert project.preview().error is None
    assert "'gateway' (region cn-hangzhou" in only_error(project.up())


@pytest.mark.parametrize("kept", [{}, {"fields": "summary"}], ids=["members", "summary"])
def test_a_fleet_stops_with_one_line_that_names_those_that_fail(make_project: MakeProject, kept: Any) -> None:
    def program() -> None:
        line = MqttDeviceCertificates("line", mqtt_instance_id=INSTANCE, fail_within="10d", require_active=True, **kept)
        export_certificates({"line": line})

    project = make_project(program, config=CONFIG)
    serve(project, device("01"), device("02"), device("03"))
    assert project.up().error is None
    assert "failed_postconditions" not in project.stored_text()
    assert project.preview().changes == {"same": 1}
    serve(project, device("01"), device("02", **SOON), device("03", status="inactive"))
    for run in (project.preview(), project.up()):
        line = only_error(run)
        assert "ReadError: MqttDeviceCertificates 'line' (region cn-hangzhou" in line
        assert "2 of 3 certificates fail: 02 expires at " in line
        assert "(fail_within: 10d); also 03. " in line
    assert project.refresh().error is None
    assert project.destroy().error is None


def test_a_fleet_of_iot_platform_stops_at_a_pending_certificate(make_project: MakeProject) -> None:
    def program() -> None:
        IotDeviceCertificates("lamps", product_key=PRODUCT, require_active=True)

    project = make_project(program, config=CONFIG)
    serve(project)
    assert "1 of 1 certificates fails: new has the status generating (require_active)" in only_error(project.up())


CONFIGURED = """
from alicloud_device_certificates import configured_certificates, export_certificates

export_certificates(configured_certificates())
"""


def test_entries_in_the_config_have_conditions_too(gated_project: GatedProject) -> None:
    (gated_project.folder / "__main__.py").write_text(CONFIGURED)
    gated_project.serve(mqtt=[device("01"), device("02", status="inactive")])
    single = {"name": "gateway", "service": "mqtt", "mqttInstanceId": INSTANCE, "caSn": CA_SN, "deviceSn": "01"}
    line = {"name": "line", "service": "mqtt", "mqttInstanceId": INSTANCE}
    gated_project.config["device-certificates:certificates"] = [{**single, "failWithin": "10d", "requireActive": True}]
    gated_project.config["device-certificates:fleets"] = [{**line, "failWithin": "10d"}]
    gated_project.up()
    gated_project.config["device-certificates:fleets"] = [{**line, "requireActive": True}]
    with pytest.raises(AssertionError, match=r"'line' .*1 of 2 certificates fails: 02 has the status inactive"):
        gated_project.up()
    gated_project.config["device-certificates:fleets"] = [{**line, "failWithin": "soon"}]
    with pytest.raises(AssertionError, match="MqttDeviceCertificates 'line': fail_within: 'soon' is not a threshold"):
        gated_project.up()


def test_the_gate_judges_all_and_reports_each_that_would_stop_the_update(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[device("01", **SOON), device("02")], iot=[{"name": "new", "status": "generating"}])
    gated_project.read(
        mqtt("gateway-1", "01", fail_within="10d"),
        mqtt("gateway-2", "02", fail_within="10d", require_active=True),
        iot("new", allow_pending=True, fail_within="10d"),
    )
    run = gated_project.gate("--allow", "expires_within")
    assert run.code == 3
    assert run.findings == {
        "gateway-1": {("new", "info"), ("expires_within", "info"), ("postcondition_failed", "fail")},
        "gateway-2": {("new", "info")},
        "new": {("new", "info"), ("pending", "warn")},
    }
    assert "the certificate expires at " in run.out + run.err
    assert gated_project.gate("--warn-on", "postcondition_failed").code == 0
    with pytest.raises(AssertionError, match=r"'gateway-1' .*the certificate expires at"):
        gated_project.up()


def test_the_gate_reports_each_member_of_a_fleet_or_the_fleet_if_it_keeps_none(gated_project: GatedProject) -> None:
    (gated_project.folder / "__main__.py").write_text(CONFIGURED)
    gated_project.serve(mqtt=[device("01", **SOON), device("02"), device("03", status="inactive")])
    line = {"service": "mqtt", "mqttInstanceId": INSTANCE, "failWithin": "10d", "requireActive": True}
    gated_project.config["device-certificates:fleets"] = [
        {**line, "name": "line"},
        {**line, "name": "sum", "fields": "summary"},
    ]
    run = gated_project.gate()
    failing = {name for name, found in run.findings.items() if ("postcondition_failed", "fail") in found}
    assert (run.code, failing) == (3, {"line/01", "line/03", "sum"})
    assert "2 of 3 certificates fail: 01 expires at " in json.dumps(run.report)


def test_a_destroy_that_runs_the_program_reads_and_so_judges(gated_project: GatedProject) -> None:
    gated_project.serve(mqtt=[device("01")])
    gated_project.read(mqtt("gateway", "01", fail_within="10d"))
    gated_project.up()
    gated_project.serve(mqtt=[device("01", **SOON)])
    run = subprocess.run(
        ["pulumi", "destroy", "--yes", "--run-program"],
        cwd=gated_project.folder,
        env=gated_project.shell.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0, run.stdout
    assert "'gateway' (region cn-hangzhou" in run.stdout + run.stderr
    gated_project.shell.run("pulumi destroy --yes")
