"""What a user reads when a preview fails: one line with the request, the response and the fix."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from tests.engine.conftest import MakeProject, Project, Run
from tests.engine.shell import error_lines

from alicloud_device_certificates import IotDeviceCertificate, MqttDeviceCertificate

EMULATED = {"alicloud:region": "cn-hangzhou", "device-certificates:emulator": True}
INSTANCE: dict[str, Any] = {"mqtt_instance_id": "post-cn-emulator01", "ca_sn": "00f26900ba87"}
PRODUCT = "a1BwAGVemul8"

SCENARIO = """
accounts:
  - id: "1000000000000001"
    users:
      - {access_key_id: emulator-access-key-id, access_key_secret: emulator-access-key-secret}
    mqtt_instances:
      - id: post-cn-emulator01
        region: cn-hangzhou
        cas:
          - sn: 00f26900ba87
            devices:
              - {sn: "01", shape: garbage}
              - {sn: "02", shape: html}
              - {sn: "03", shape: odd-times}
              - {sn: "04", serial: "99"}
              - {sn: "05", reported_shift: +1d}
              - {sn: "06", fault: {code: NoPermission, http: 403, message: "not allowed to do that"}}
              - {sn: "07", fault: {body: malformed}}
              - {sn: "08", fault: {code: ServiceUnavailable, http: 503, times: 2, retry_after_ms: 1}}
    iot_products:
      - product_key: a1BwAGVemul8
        devices:
          - {name: odd, wrong_key: true, key: ec-p256}
          - {name: failed, status: failed}
"""


def only_error(run: Run) -> str:
    """The one line that reports the error; fails if there are more, or a traceback."""
    assert run.error is not None, run.text
    assert "Traceback" not in run.text
    assert ".py" not in run.text
    # Only the Automation API repeats a program's error, after words of its own.
    lines = {line.removeprefix("an unhandled error occurred: ") for line in error_lines(run.errors)}
    assert len(lines) == 1, run.errors
    return lines.pop()


def emulated(make: MakeProject, program: Callable[[], object], **config: Any) -> Project:
    """A project on an emulator whose cloud is in a sorry state."""
    project: Project = make(
        program, config={**EMULATED, "device-certificates:emulatorScenario": "cloud.yaml", **config}
    )
    (project.folder / "work" / "cloud.yaml").write_text(SCENARIO, encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def sorry_cloud(make_shared_project: MakeProject) -> Project:
    """A project on that emulator for one program after the other; nothing is updated, so it has no state."""
    return emulated(make_shared_project, lambda: None)


def mqtt(device_sn: str, **settings: Any) -> Callable[[], None]:
    def program() -> None:
        MqttDeviceCertificate("gateway", device_sn=device_sn, **{**INSTANCE, **settings})

    return program


def iot(device_name: Any, **settings: Any) -> Callable[[], None]:
    def program() -> None:
        # Outputs are made by the program's process.
        name = device_name() if callable(device_name) else device_name
        IotDeviceCertificate("light", product_key=PRODUCT, device_name=name, **settings)

    return program


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (mqtt("ff"), ["GetDeviceCertificate", "device ff", "FindDeviceBySnError", "HTTP 500", "request ID"]),
        (mqtt("01", mqtt_instance_id="post-x"), ["instance post-x", "MqttInstanceNotFound", "mqtt_instance_id"]),
        (mqtt("01"), ["GetDeviceCertificate", "region cn-hangzhou", "device 01", "request ID", "console"]),
        (mqtt("01", region="cn-beijing"), ["region cn-beijing", "MqttInstanceNotFound"]),
        (mqtt("02"), ["GetDeviceCertificate", "device 02", "HTML"]),
        (mqtt("03", cross_check="error"), ["device 03", "unreadable"]),
        (mqtt("04", cross_check="error"), ["device 04", "serial_mismatch"]),
        (mqtt("05", cross_check="error"), ["device 05", "validity_mismatch"]),
        (mqtt("06"), ["device 06", "NoPermission", "mq:GetDeviceCertificate"]),
        (mqtt("07"), ["device 07", "HTTP 200"]),
        (iot("odd", include_private_key=True), ["QueryDeviceCert", "device odd", "private key does not belong"]),
        (iot("failed"), ["device failed", "could not be generated", "allow_pending"]),
        (iot("nobody"), ["QueryDeviceCert", "device nobody", "iot."]),
        (mqtt(""), ["MqttDeviceCertificate 'gateway'", "device_sn is empty"]),
        (iot("a" * 129), ["IotDeviceCertificate 'light'", "129 bytes"]),
        (
            iot(lambda: pulumi.Output.from_input("a\nb"), region="cn-hangzhou"),
            ["device_name contains a control character", "region must be cn-shanghai"],
        ),
    ],
)
def test_a_read_that_fails_is_told_in_one_line(
    sorry_cloud: Project, program: Callable[[], None], told: list[str]
) -> None:
    sorry_cloud.stack.workspace.program = program
    line = only_error(sorry_cloud.preview())
    for part in told:
        assert part in line


def test_a_fleet_beyond_the_quota_takes_its_time_and_is_read_in_full(make_project: MakeProject) -> None:
    names = [f"lamp-{number}" for number in range(30)]
    devices = ", ".join(f"{{name: {name}, key: ec-p256}}" for name in names)

    def fleet() -> None:
        for name in names:
            IotDeviceCertificate(name, product_key="fleet", device_name=name)

    project = make_project(fleet, config={**EMULATED, "device-certificates:emulatorScenario": "cloud.yaml"})
    scenario = f"{SCENARIO}      - {{product_key: fleet, devices: [{devices}]}}\n"
    (project.folder / "work" / "cloud.yaml").write_text(scenario, encoding="utf-8")
    run = project.preview()
    assert run.error is None, run.text
    assert set(names) < set(run.resources)


def test_a_retry_shows_in_the_live_display_and_not_in_the_final_output(make_project: MakeProject) -> None:
    run = emulated(make_project, mqtt("08")).preview()
    assert run.error is None, run.text
    live = [
        event.diagnostic_event.message
        for event in run.events
        if event.diagnostic_event is not None and event.diagnostic_event.ephemeral
    ]
    waited = [line for line in live if "attempt " in line]
    for number, line in enumerate(waited, start=2):
        expected = r"GetDeviceCertificate \(instance .*, device 08\): ServiceUnavailable, attempt %d of 10 in \d\.\d s"
        assert re.search(expected % number, line), line
    assert len(waited) == 2
    assert "attempt 2 of 10" not in run.text.partition("Diagnostics:")[2]


def test_a_service_that_recovers_is_not_noticed(sorry_cloud: Project) -> None:
    sorry_cloud.stack.workspace.program = mqtt("08")
    run = sorry_cloud.preview()
    assert run.error is None, run.text


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"device-certificates:emulator": "maybe"}, "device-certificates:emulator must be true or false"),
        ({"device-certificates:emulatorScenario": "nowhere.yaml"}, "nowhere.yaml"),
        ({"alicloud:region": "not a region"}, "region"),
    ],
)
def test_a_config_that_cannot_be_used_is_told_in_one_line(
    make_project: MakeProject, config: dict[str, Any], told: str
) -> None:
    assert told in only_error(emulated(make_project, mqtt("04"), **config).preview())


# No credentials may come from this machine, and nothing on it may be reached.
NO_CREDENTIALS = {
    **{name: "" for name in os.environ if name.startswith(("ALICLOUD_", "ALIBABA"))},
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    "HOME": "/nonexistent",
}


def test_no_credentials_is_one_line_that_says_where_they_were_looked_for(make_project: MakeProject) -> None:
    project = make_project(mqtt("01"), config={"alicloud:region": "cn-hangzhou"}, environment=NO_CREDENTIALS)
    line = only_error(project.preview())
    for place in ("alicloud:accessKey", "ALIBABA_CLOUD_ACCESS_KEY_ID"):
        assert place in line


def test_half_a_pair_of_keys_is_told_by_name(make_project: MakeProject) -> None:
    project = make_project(
        mqtt("01"),
        config={"alicloud:region": "cn-hangzhou", "alicloud:accessKey": "LTAI5t"},
        environment=NO_CREDENTIALS,
    )
    assert "secretKey" in only_error(project.preview())


@pytest.mark.parametrize("program", [mqtt("01"), iot("light-01")])
def test_a_service_that_is_down_is_one_line_that_shows_no_key(
    make_project: MakeProject, closed_port: int, program: Callable[[], object]
) -> None:
    host = f"127.0.0.1:{closed_port}"
    project = make_project(
        program,
        config={
            "alicloud:region": "cn-hangzhou",
            "alicloud:endpoints": [{"onsmqtt": host, "iot": host}],
            "alicloud:protocol": "HTTP",
            "alicloud:accessKey": "LTAI5t-the-key",
        },
        secret_config={"alicloud:secretKey": "hunter2-the-secret"},
        environment=NO_CREDENTIALS,
    )
    run = project.preview()
    line = only_error(run)
    assert host in line
    assert "hunter2" not in run.text


def test_the_debug_switch_keeps_the_traceback_and_logs_each_call(make_project: MakeProject) -> None:
    project = make_project(mqtt("ff"), config=EMULATED, environment={"DEVICE_CERTIFICATES_DEBUG": "1"})
    run = project.preview()
    assert "Traceback" in run.text
    assert "GetDeviceCertificate (instance post-cn-emulator01" in run.text
    assert "attempt 1" in run.text
    assert "emulator-access-key-secret" not in run.text


def test_a_program_that_is_no_list_of_certificates_says_so(make_project: MakeProject, tmp_path: Path) -> None:
    from alicloud_device_certificates import configured_certificates

    project = make_project(configured_certificates, config={**EMULATED, "device-certificates:certificates": "[]"})
    assert "is an empty list" in only_error(project.preview())


LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 12)
)


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("[" * 100_000, "line 1, column 65: is nested deeper than 64 levels"),
        (LAUGHS, "holds more than 1,000,000 values, counting each use of an alias"),
        ("accounts: []\naccounts: []\n", "line 2, column 1: duplicate key 'accounts'"),
        ("accounts: !!python/object/apply:os.getcwd []\n", "unknown tag"),
        ("accounts:\n\t- id: a\n", "line 2, column 1: invalid YAML"),
        (SCENARIO.replace("retry_after_ms: 1", "delay_ms: 1e999"), "fault.delay_ms: Number out of range"),
        (None, "cannot be read (Not a regular file)"),
    ],
    ids=["deep", "aliases", "duplicate", "tag", "tab", "number", "pipe"],
)
def test_a_scenario_that_nobody_foresaw_is_one_line(make_project: MakeProject, scenario: str | None, told: str) -> None:
    project = emulated(make_project, mqtt("04"))
    file = project.folder / "work" / "cloud.yaml"
    if scenario is None:
        file.unlink()
        os.mkfifo(file)
    else:
        file.write_text(scenario, encoding="utf-8")
    line = only_error(project.preview())
    assert str(file) in line
    assert told in line


def fleet() -> None:
    for device_sn in ("04", "05", "06", "07"):
        MqttDeviceCertificate(f"gateway-{device_sn}", device_sn=device_sn, **INSTANCE)


def a_file(state: Path) -> None:
    state.parent.mkdir(parents=True)
    state.write_text("mine")


def damaged(state: Path) -> None:
    state.mkdir(parents=True)
    (state / "changes.json").write_text('{"clock_offset": ')


def of_a_newer_version(state: Path) -> None:
    state.mkdir(parents=True)
    (state / "changes.json").write_text('{"format": 9, "cities": []}')


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (a_file, "(Not a directory); move the file away, or choose another folder by --state or device-certificates:"),
        (damaged, "changes.json: the file is damaged and was not changed; restore it, delete it to lose only what it"),
        (of_a_newer_version, "changes.json: the file is of a newer version of pulumi-alicloud-device-certificates"),
    ],
)
def test_a_state_that_cannot_be_used_is_told_in_full_once(
    make_project: MakeProject, spoil: Callable[[Path], None], told: str
) -> None:
    project = emulated(make_project, fleet)
    spoil(project.emulator_state)
    run = project.preview()
    assert "Traceback" not in run.text
    lines = error_lines(run.errors)
    (full,) = {line for line in lines if told in line}
    assert f"ReadError: emulator state {project.emulator_state}" in full
    assert "attempt" not in run.text
    assert all(line == full or "not read, as reported in full for another certificate" in line for line in lines)


def test_a_state_that_becomes_unusable_after_the_start_is_one_line_and_not_retried(make_project: MakeProject) -> None:
    project = emulated(make_project, mqtt("04"))
    assert project.preview().error is None
    (file,) = (project.emulator_state / "certificates").glob("mqtt_*.json")
    file.write_text("{")
    run = project.preview()
    assert f"ReadError: emulator state {file}: the file is damaged" in only_error(run)
    assert "attempt" not in run.text


def test_a_folder_on_which_nothing_can_be_written_is_one_line(make_project: MakeProject) -> None:
    # No user can make a folder there, not even root.
    config = {"device-certificates:emulatorState": "/proc/device-certificates"}
    line = only_error(emulated(make_project, mqtt("04"), **config).preview())
    assert "ReadError: emulator state /proc/device-certificates: cannot be written (" in line
    assert "choose another folder by --state or device-certificates:emulatorState" in line
