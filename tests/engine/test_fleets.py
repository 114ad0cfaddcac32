"""Fleets under the real engine: one read of many certificates, in previews, updates, the gate, and other stacks."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
import yaml
from tests.engine.conftest import MakeProject
from tests.engine.gated import CA_SN, INSTANCE, PRODUCT, GatedProject
from tests.engine.shell import CHECKOUT, blocks

from alicloud_device_certificates import (
    DeviceCertificatesReference,
    IotDeviceCertificates,
    MqttCaCertificates,
    MqttDeviceCertificates,
    export_certificates,
)

PROGRAM = """
from alicloud_device_certificates import configured_certificates, export_certificates

export_certificates(configured_certificates())
"""
LINE = {"name": "line", "service": "mqtt", "mqttInstanceId": INSTANCE, "caSn": CA_SN}
CONFIG = {
    "alicloud:region": "cn-hangzhou",
    "device-certificates:emulator": True,
    "device-certificates:emulatorScenario": "scenario.yaml",
}


@pytest.fixture
def project(gated_project: GatedProject) -> GatedProject:
    """A project whose config alone says what it reads."""
    (gated_project.folder / "__main__.py").write_text(PROGRAM)
    return gated_project


FLEETS = (CHECKOUT / "docs" / "fleets.md").read_text(encoding="utf-8")
KEYS = {"gateways/356217374433aa01", "lights/light-01", "cas/00f26900ba87"}


def test_the_program_of_the_documentation_reads_the_embedded_emulator(gated_project: GatedProject) -> None:
    (gated_project.folder / "__main__.py").write_text(blocks("python", FLEETS)[0])
    del gated_project.config["device-certificates:emulatorScenario"]
    run = gated_project.gate()
    assert run.findings.keys() >= KEYS
    gated_project.up()
    assert gated_project.shell.run("pulumi stack output next_expiry").strip().endswith("Z")


def test_the_config_of_the_documentation_reads_the_same_without_code(project: GatedProject) -> None:
    project.config = yaml.safe_load(blocks("yaml", FLEETS)[0])["config"]
    assert project.gate().findings.keys() >= KEYS


def devices(count: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"sn": f"{number:04x}", "name": f"line-{number}", **fields} for number in range(1, count + 1)]


def test_the_gate_judges_each_member_of_a_fleet(project: GatedProject) -> None:
    project.serve(mqtt=devices(101), iot=[{"name": "lamp", "key": "ec-p256"}])
    lamps = {"name": "lamps", "service": "iot", "productKey": PRODUCT, "includePrivateKeys": True}
    project.config["device-certificates:fleets"] = [
        LINE,
        lamps,
        {"name": "cas", "service": "mqtt-ca", "mqttInstanceId": INSTANCE},
    ]
    first = project.gate()
    assert first.code == 0, first.out
    assert len(first.findings) == 103
    assert (
        first.findings["line/0001"]
        == first.findings["lamps/lamp"]
        == first.findings[f"cas/{CA_SN}"]
        == {("new", "info")}
    )

    project.up()
    assert project.gate().findings["line/0001"] == {("unchanged", "info")}
    assert "BEGIN PRIVATE KEY" not in project.shell.run("pulumi stack output --json")

    changed = devices(101)
    changed[1]["status"] = "inactive"
    changed[2]["valid_until"] = "+5d"
    project.serve(mqtt=[*changed[:-1], {"sn": "00ff"}], iot=[{"name": "lamp", "key": "ec-p256"}])
    project.emulator("rotate line-4")
    second = project.gate("--fail-on", "gone")
    assert second.code == 3
    assert ("inactive", "fail") in second.findings["line/0002"]
    assert {kind for kind, _ in second.findings["line/0004"]} == {"rotated"}
    assert second.findings["line/0065"] == {("gone", "fail")}
    assert second.findings["line/00ff"] == {("new", "info")}
    assert second.findings["line/0001"] == {("unchanged", "info")}


def test_one_that_is_missing_among_named_ones_is_a_finding_and_ends_an_update(project: GatedProject) -> None:
    project.serve(mqtt=devices(3))
    project.config["device-certificates:fleets"] = [{**LINE, "deviceSns": ["0001", "0bad", "0002"]}]
    run = project.gate()
    assert run.findings == {
        "line/0001": {("new", "info")},
        "line/0002": {("new", "info")},
        "line/0bad": {("missing", "fail")},
    }
    with pytest.raises(AssertionError, match=r"1 certificate of the fleet .* cannot be read: 0bad"):
        project.up()


def test_a_fleet_that_keeps_its_summary_alone_is_judged_by_it_and_the_report_says_so(project: GatedProject) -> None:
    project.serve(mqtt=[*devices(2), {"sn": "00ff", "status": "inactive", "valid_until": "+5d"}])
    project.config["device-certificates:fleets"] = [{**LINE, "fields": "summary"}]
    run = project.gate("--fail-within", "10d")
    assert run.code == 3
    assert {("inactive", "fail"), ("expires_within", "fail")} <= run.findings["line"]
    assert "line: the certificates of this fleet are not kept in the stack" in json.dumps(run.report)


def test_another_stack_has_the_members_the_summary_and_an_allow_list(make_project: MakeProject) -> None:
    def produce() -> None:
        line = MqttDeviceCertificates("line", mqtt_instance_id=INSTANCE, select={"status": "active"})
        export_certificates({"line": line, "cas": MqttCaCertificates("cas", mqtt_instance_id=INSTANCE)})
        export_certificates({"lamps": IotDeviceCertificates("lamps", product_key=PRODUCT, include_private_keys=True)})

    producer = make_project(produce, name="producer", config=CONFIG)
    (producer.folder / "work" / "scenario.yaml").write_text(
        json.dumps(
            {
                "accounts": [
                    {
                        "id": "1",
                        "users": [{"access_key_id": "id", "access_key_secret": "made-up"}],
                        "mqtt_instances": [
                            {
                                "id": INSTANCE,
                                "cas": [{"sn": CA_SN, "devices": [{"sn": "0a"}, {"sn": "0b", "status": "inactive"}]}],
                            }
                        ],
                        "iot_products": [{"product_key": PRODUCT, "devices": [{"name": "lamp", "key": "ec-p256"}]}],
                    }
                ]
            }
        )
    )
    preview = producer.preview()
    assert preview.error is None, preview.text
    assert set(preview.outputs["certificates"]) == {"line/0a", f"cas/{CA_SN}", "lamps/lamp"}
    assert preview.outputs["summaries"]["line"]["by_status"] == {"active": 1, "inactive": 1}
    updated = producer.up()
    assert updated.error is None, updated.text
    assert "urn_of_fleet" not in json.dumps(producer.state()["line"]["outputs"])
    assert producer.preview().changes == {"same": 1}
    assert producer.refresh().error is None

    def consume() -> None:
        reference = DeviceCertificatesReference("organization/producer/test")
        pulumi.export("serial", reference.certificate("line/0a").serial_number_hex)
        pulumi.export("allowed", reference.fleet("line").fingerprint_allow_list())
        pulumi.export("bundle", reference.fleet("cas").trust_bundle())
        pulumi.export("count", reference.fleet("line").summary.apply(lambda summary: summary["count"]))
        pulumi.export("key", reference.private_key("lamps/lamp"))

    consumer = make_project(consume, name="consumer", beside=producer).preview()
    assert consumer.error is None, consumer.text
    certificates = preview.outputs["certificates"]
    assert consumer.outputs["serial"] == "0a"
    assert consumer.outputs["allowed"] == certificates["line/0a"]["sha256_fingerprint"] + "\n"
    assert consumer.outputs["bundle"] == certificates[f"cas/{CA_SN}"]["certificate_pem"]
    assert consumer.outputs["count"] == 2
    assert "PRIVATE KEY" not in consumer.text
    assert producer.destroy().error is None
