"""A fleet over its life under the real engine, and lists that are empty, full, shifting or broken."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.engine.conftest import left_below
from tests.engine.gated import CA_SN, INSTANCE, PRODUCT, GatedProject
from tools.faults.project import FLEETS, FaultyProject, compare
from tools.faults.service import serving

PROGRAM = """
from alicloud_device_certificates import configured_certificates, export_certificates

export_certificates(configured_certificates())
"""
LINE = {"name": "line", "service": "mqtt", "mqttInstanceId": INSTANCE}
LAMPS = {"name": "lamps", "service": "iot", "productKey": PRODUCT}
CAS = {"name": "cas", "service": "mqtt-ca", "mqttInstanceId": INSTANCE}
ALL_RIGHT: dict[str, list[str]] = {"lost": [], "doubled": [], "wrong": []}


@pytest.fixture
def project(gated_project: GatedProject) -> GatedProject:
    """A project whose config alone says what it reads: all fleets of the emulated account."""
    (gated_project.folder / "__main__.py").write_text(PROGRAM)
    gated_project.config["device-certificates:fleets"] = [LINE, LAMPS, CAS]
    gated_project.shell.environment["PULUMI_DEBUG_COMMANDS"] = "true"  # brings the option --event-log
    return gated_project


def serves(project: GatedProject, *, cas: list[dict[str, Any]], product: dict[str, Any]) -> None:
    account = {
        "id": "1",
        "quotas": {"iot": 0, "onsmqtt": 0},
        "users": [{"access_key_id": "id", "access_key_secret": "made-up"}],
        "mqtt_instances": [{"id": INSTANCE, "cas": cas}],
        "iot_products": [{"product_key": PRODUCT, **product}],
    }
    (project.folder / "scenario.yaml").write_text(yaml.safe_dump({"accounts": [account]}))


def previewed(project: GatedProject) -> dict[str, Any]:
    """What a preview shows of the outputs of each fleet, by the fleet's name."""
    project.save_config()
    log = project.folder / "events.json"
    project.shell.run(f"pulumi preview --event-log {log}")
    events = [json.loads(line) for line in log.read_text().splitlines()]
    log.unlink()
    states = [event["resOutputsEvent"]["metadata"]["new"] for event in events if "resOutputsEvent" in event]
    return {state["urn"].rpartition("::")[2]: state["outputs"] for state in states if "summary" in state["outputs"]}


def members(fleets: dict[str, Any]) -> dict[str, Any]:
    """The certificates of all fleets, by the names that they have in the stack outputs."""
    return {
        f"{fleet}/{key}": each for fleet, outputs in fleets.items() for key, each in outputs["certificates"].items()
    }


def test_a_preview_an_update_a_refresh_and_a_destroy(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01"}, {"sn": "02"}, {"sn": "03", "status": "inactive"}], iot=[{"name": "lamp"}])
    first = previewed(project)
    assert sorted(members(first)) == [f"cas/{CA_SN}", "lamps/lamp", "line/01", "line/02", "line/03"]
    assert first["line"]["summary"]["by_status"] == {"active": 2, "inactive": 1}

    project.up()
    assert project.shell.certificates() == members(first)
    project.shell.run("pulumi preview --expect-no-changes")
    project.shell.run("pulumi refresh --yes --expect-no-changes")

    project.serve(mqtt=[{"sn": "01"}, {"sn": "02", "status": "inactive"}, {"sn": "04"}], iot=[{"name": "lamp"}])
    project.emulator("rotate lamp")
    first, second = members(first), members(previewed(project))
    assert sorted(second) == [f"cas/{CA_SN}", "lamps/lamp", "line/01", "line/02", "line/04"]
    assert second["line/01"] == first["line/01"]
    assert second["line/02"] == {**first["line/02"], "status": "inactive"}
    assert second["lamps/lamp"]["serial_number"] != first["lamps/lamp"]["serial_number"]

    # A refresh reads by what the state has: it sees the same without the program.
    project.shell.run("pulumi refresh --yes")
    state = json.loads(project.shell.run("pulumi stack export"))["deployment"]["resources"]
    (line,) = [each for each in state if each["type"].endswith(":MqttDeviceCertificates")]
    assert sorted(line["outputs"]["certificates"]) == ["01", "02", "04"]

    project.shell.run("pulumi destroy --yes --skip-preview")
    assert json.loads(project.shell.run("pulumi stack output --json")) == {}
    assert sorted(members(previewed(project))) == sorted(second)


def test_a_fleet_whose_arguments_are_not_known_yet_is_read_in_the_update(project: GatedProject) -> None:
    project.serve(mqtt=[{"sn": "01"}, {"sn": "02"}])
    (project.folder / "__main__.py").write_text(
        """
import pulumi
from alicloud_device_certificates import MqttDeviceCertificates, export_certificates
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Maker(ResourceProvider):
    def create(self, props):
        return CreateResult("made", {"sn": "02"})

class Made(Resource):
    sn: pulumi.Output[str]

export_certificates({
    "line": MqttDeviceCertificates(
        "line", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sns=["01", Made(Maker(), "made", {"sn": None}).sn]
    )
})
"""
    )
    del project.config["device-certificates:fleets"]
    assert previewed(project) == {}
    project.up()
    assert sorted(project.shell.certificates()) == ["line/01", "line/02"]
    project.shell.run("pulumi preview --expect-no-changes")


@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_a_list_that_is_empty_and_one_whose_last_page_is_exactly_full(project: GatedProject, count: int) -> None:
    synthetic = {"synthetic": {"devices": count}} if count else {}
    serves(project, cas=[{"sn": CA_SN, **synthetic}, {"sn": "00f3"}], product=synthetic)
    project.config["device-certificates:fleets"] = [
        LINE,
        {**LINE, "name": "of-ca", "caSn": CA_SN},
        {**LINE, "name": "of-empty-ca", "caSn": "00f3"},
        LAMPS,
        CAS,
    ]
    counts = {name: outputs["summary"]["count"] for name, outputs in previewed(project).items()}
    assert counts == {"line": count, "of-ca": count, "of-empty-ca": 0, "lamps": count, "cas": 2}
    assert project.gate().code == 0


def test_an_instance_without_a_ca_is_an_empty_fleet(project: GatedProject) -> None:
    serves(project, cas=[], product={})
    assert {name: outputs["summary"]["count"] for name, outputs in previewed(project).items()} == dict.fromkeys(
        ("line", "lamps", "cas"), 0
    )
    project.up()
    project.shell.run("pulumi preview --expect-no-changes")


@pytest.mark.parametrize("order", ["oldest-first", "newest-first"])
def test_pages_that_shift_lose_and_double_nothing_that_is_there_all_the_time(project: GatedProject, order: str) -> None:
    stay = [f"a{number:03}" for number in range(230)]
    leave = [f"b{number:03}" for number in range(12)]
    devices = [{"sn": sn, "name": sn} for pair in zip(stay, [*leave, *[""] * 230], strict=False) for sn in pair if sn]
    changes = [
        {"before": page, "remove": leave[3 * page - 3 : 3 * page], "add": [{"sn": f"c{page}{n}"} for n in range(3)]}
        for page in range(1, 5)
    ]
    lamps = [{"name": sn} for sn in (*leave, *stay)]
    lamp_changes = [
        {"before": page, "remove": leave[3 * page - 3 : 3 * page], "add": [{"name": f"c{page}{n}"} for n in range(3)]}
        for page in range(1, 5)
    ]
    serves(
        project,
        cas=[{"sn": CA_SN, "devices": devices, "page_changes": changes}],
        product={"devices": lamps, "page_changes": lamp_changes},
    )
    scenario = yaml.safe_load((project.folder / "scenario.yaml").read_text())
    scenario["accounts"][0]["mqtt_instances"][0]["list_order"] = order
    (project.folder / "scenario.yaml").write_text(yaml.safe_dump(scenario))
    # A device that leaves before its own certificate is read cannot be read.
    project.config["device-certificates:fleets"] = [{**LINE, "caSn": CA_SN}, {**LAMPS, "onError": "report"}]
    fleets = previewed(project)
    for outputs in fleets.values():
        found = outputs["certificates"].keys()
        assert found >= set(stay)
        assert {each[0] for each in found - set(stay)} <= {"b", "c"}
    fingerprints = [fields["sha256_fingerprint"] for fields in members(fleets).values()]
    assert len(set(fingerprints)) == len(fingerprints)


def test_no_member_is_lost_doubled_or_wrong_if_three_in_ten_responses_are_broken(tmp_path: Path) -> None:
    with serving(tmp_path, mqtt=320, iot=15, share=0.3) as service:
        project = FaultyProject(tmp_path / "project", service, mqtt=320, iot=15, program=FLEETS)
        assert project.update() is None
    assert service.injected.total() > 5
    assert len(service.contents) == 335
    members = {name.partition("/")[2]: fields for name, fields in project.certificates().items()}
    assert compare(members, service.contents) == ALL_RIGHT
    assert left_below(tmp_path) == []


PROGRESS = re.compile(r"\d+ of 40 certificates, [\d.]+/s, \d+ s left")


def on_a_terminal(project: FaultyProject, *arguments: str) -> str:
    """All that a ``pulumi`` command draws on a terminal of 160 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    # Nothing that makes the CLI think that this is CI.
    kept = {
        name: value for name, value in project.environment.items() if re.match("PULUMI|ALI|NO_PROXY|PATH|HOME", name)
    }
    process = subprocess.Popen(
        ["pulumi", *arguments],
        cwd=project.folder,
        env={**kept, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = bytearray()
    with contextlib.suppress(OSError):  # that is how a terminal ends
        while some := os.read(ours, 65536):
            drawn += some
    os.close(ours)
    assert process.wait() == 0, drawn.decode()
    return drawn.decode()


def test_a_terminal_shows_how_far_a_long_read_is_and_nothing_of_it_stays(tmp_path: Path) -> None:
    # 40 certificates at the quota of IoT Platform take four seconds.
    with serving(tmp_path, mqtt=1, iot=40, share=0.0) as service:
        project = FaultyProject(tmp_path / "project", service, mqtt=1, iot=40, program=FLEETS)
        project.run("stack", "init", "dev")
        drawn = on_a_terminal(project, "preview", "--suppress-outputs")
        in_ci = project.run("preview", "--suppress-outputs", "--non-interactive")
    rows = [row for row in drawn.splitlines() if "IotDeviceCertificates" in row]
    assert [row for row in rows if PROGRESS.search(row)]
    # Each frame is drawn over the one before it: the cursor goes up first.
    last_frame = re.split(r"\x1b\[\d+A", drawn)[-1]
    assert "IotDeviceCertificates" in last_frame
    assert PROGRESS.search(last_frame) is None
    assert in_ci.returncode == 0
    assert PROGRESS.search(in_ci.stdout + in_ci.stderr) is None
