"""Fleets in the gate under the real engine: each member is judged, compared with the last update, and reported."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from tests.engine.gated import CA_SN, INSTANCE, PRODUCT, GatedProject

PROGRAM = """
from alicloud_device_certificates import configured_certificates, export_certificates

export_certificates(configured_certificates())
"""
LINE = {"name": "line", "service": "mqtt", "mqttInstanceId": INSTANCE, "caSn": CA_SN}
FRESH = {"valid_from": "-100d", "valid_until": "+900d"}


@pytest.fixture
def project(gated_project: GatedProject) -> GatedProject:
    """A project whose config alone says what it reads."""
    (gated_project.folder / "__main__.py").write_text(PROGRAM)
    return gated_project


def reads(project: GatedProject, *fleets: dict[str, Any]) -> None:
    project.config["device-certificates:fleets"] = [*fleets]


def device(sn: str, **fields: Any) -> dict[str, Any]:
    return {"sn": sn, "name": f"line-{sn}", **FRESH, **fields}


def test_members_are_new_gone_rotated_inactive_expiring_unreadable_and_unchanged(project: GatedProject) -> None:
    project.serve(mqtt=[device(f"0{number}") for number in range(1, 7)])
    reads(project, LINE)
    first = project.gate()
    assert (first.code, first.findings["line/01"]) == (0, {("new", "info")})
    project.up()
    same = project.gate("--detailed-exitcode")
    assert (same.code, same.findings["line/01"]) == (0, {("unchanged", "info")})

    project.serve(
        mqtt=[
            device("01"),
            device("02", status="inactive"),
            device("03", valid_until="+5d"),
            device("04"),
            device("06"),
            device("07"),
            {"sn": "08", "shape": "odd-times"},
        ]
    )
    project.emulator("rotate line-04")
    run = project.gate()
    assert run.code == 3, "an inactive member fails"
    assert run.findings["line/01"] == {("unchanged", "info")}
    assert run.findings["line/02"] == {("inactive", "fail"), ("status_changed", "warn")}
    assert ("expires_within", "warn") in run.findings["line/03"]
    assert run.findings["line/04"] == {("rotated", "warn")}
    assert run.findings["line/05"] == {("gone", "warn")}
    assert run.findings["line/07"] == {("new", "info")}
    assert ("unreadable", "fail") in run.findings["line/08"]
    assert run.certificate("line/04")["id"] == f"mqtt/cn-hangzhou/{INSTANCE}/{CA_SN}/04"
    assert "fleet    line: 7 certificates: 2 fail, 3 warn, 3 info; the first ends on " in run.out


def test_a_device_that_vanished_fails_where_that_is_wanted(project: GatedProject) -> None:
    project.serve(mqtt=[device("01"), device("02")])
    reads(project, LINE)
    project.up()
    project.serve(mqtt=[device("01")])
    assert project.gate().code == 0
    assert project.gate("--detailed-exitcode").code == 2
    run = project.gate("--fail-on", "gone")
    assert (run.code, run.findings["line/02"]) == (3, {("gone", "fail")})
    project.config["device-certificates:gate"] = {"rules": [{"match": "line/*", "failOn": ["gone"]}]}
    assert project.gate().findings["line/02"] == {("gone", "fail")}
    project.up()
    assert set(project.gate(command="report").findings) == {"line/01"}


def test_one_missing_among_the_named_ones_is_a_finding_beside_the_others(project: GatedProject) -> None:
    project.serve(mqtt=[device("01"), device("02")])
    reads(project, {**LINE, "deviceSns": ["01", "0b", "02"]})
    run = project.gate()
    assert run.code == 3
    assert run.findings == {
        "line/01": {("new", "info")},
        "line/02": {("new", "info")},
        "line/0b": {("missing", "fail")},
    }
    assert project.gate("--warn-on", "missing").code == 0


def test_an_instance_that_is_missing_is_one_finding_on_the_fleet(project: GatedProject) -> None:
    project.serve(mqtt=[device("01")])
    reads(project, {**LINE, "mqttInstanceId": "post-cn-other"})
    run = project.gate()
    assert (run.code, run.findings) == (3, {"line": {("missing", "fail")}})


def test_a_member_that_cannot_be_read_is_a_finding_on_it_alone(project: GatedProject) -> None:
    project.serve(iot=[{"name": "lamp"}, {"name": "later", "status": "generating"}])
    reads(project, {"name": "lamps", "service": "iot", "productKey": PRODUCT, "allowPending": False})
    run = project.gate()
    assert run.findings["lamps/lamp"] == {("new", "info")}
    assert run.findings["lamps/later"] == {("pending", "fail")}
    assert run.code == 3


def test_a_fleet_of_which_only_the_summary_is_kept(project: GatedProject) -> None:
    summary = {**LINE, "fields": "summary", "select": {"status": "inactive"}}
    project.serve(mqtt=[device("01"), device("02"), device("03", status="inactive")])
    reads(project, summary)
    run = project.gate()
    assert run.code == 3
    assert run.findings == {
        "line": {("inactive", "fail"), ("new", "info")},
        "line/03": {("inactive", "fail"), ("new", "info")},
    }
    assert run.report is not None
    assert any("not kept" in notice for notice in run.report["notices"])
    project.up()

    project.serve(mqtt=[device("01"), device("03", valid_until="+5d")])
    later = project.gate()
    assert later.code == 0
    assert {kind for kind, _ in later.findings["line"]} == {"gone", "expires_within", "status_changed", "changed"}
    assert set(later.findings) == {"line"}, "one that is active again is not gone"
    assert set(project.gate(command="report").findings) == {"line", "line/03"}


def test_fields_that_are_left_out_are_not_judged(project: GatedProject) -> None:
    project.serve(mqtt=[device("01"), device("02")])
    reads(project, LINE)
    project.up()
    reads(project, {**LINE, "fields": ["subject"]})
    project.emulator("rotate line-02")
    run = project.gate()
    assert run.findings == {"line/01": {("unchanged", "info")}, "line/02": {("rotated", "warn")}}
    assert "certificate_pem" not in run.certificate("line/01")["certificate"]


def test_a_renamed_fleet_keeps_its_history(project: GatedProject) -> None:
    project.serve(mqtt=[device("01")])
    reads(project, LINE)
    project.up()
    reads(project, {**LINE, "name": "row"})
    assert project.gate().findings == {"row/01": {("unchanged", "info")}}


def test_every_report_of_a_fleet_is_written(project: GatedProject) -> None:
    project.serve(mqtt=[device(f"{number:03}") for number in range(1, 121)])
    reads(project, LINE)
    run = project.gate("--reports", "reports", "--all")
    assert run.code == 0
    folder = project.folder / "reports"
    assert "110 more of line" in (folder / "report.md").read_text()
    assert 'href="#fleet=line"' in (folder / "report.html").read_text()
    assert len(json.loads((folder / "report.json").read_text())["certificates"]) == 120
    assert '{project="gated",stack="dev",fleet="line",service="mqtt"} 120' in (folder / "metrics.prom").read_text()
    assert '/line"' in (folder / "junit.xml").read_text()
    assert len(json.loads((folder / "report.sarif").read_text())["runs"][0]["results"]) == 1


def test_two_stacks_that_share_a_key_fail_once_their_reports_are_merged(project: GatedProject) -> None:
    """Each alone is fine: only together do they show that a copied device has the key of another one."""
    project.serve(mqtt=[device("01"), device("02"), device("0a", key_of="01")])
    for stack, sns in (("east", ["01", "02"]), ("west", ["0a"])):
        reads(project, {**LINE, "deviceSns": sns})
        project.shell.run(f"pulumi stack init {stack}")
        file = project.folder / f"Pulumi.{stack}.yaml"
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "config": project.config}))
        run = project.gate("--reports", f"stacks/{stack}")
        assert (run.code, set(run.findings)) == (0, {f"line/{sn}" for sn in sns}), run.out + run.err
    project.shell.run("device-certificates merge stacks --warn-on shared_key --html fleet.html")
    assert "2 stacks" in (project.folder / "fleet.html").read_text(encoding="utf-8")
    found = project.shell.fail("device-certificates merge stacks")
    assert "gated/east: line/01: it has the same public key as gated/west: line/0a" in found
    assert "gated/west: line/0a: it has the same public key as gated/east: line/01" in found
