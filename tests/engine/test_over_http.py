"""A stack that reaches the services over HTTP, as in the cloud: the emulator runs in a process of its own.

`serve` makes sure that it prints nothing but its address, and ends well.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from pulumi.automation import ConfigValue
from tests.contract.conftest import serve
from tests.engine.conftest import MakeProject, Project, Run
from tests.engine.shell import error_lines
from tests.engine.test_errors import NO_CREDENTIALS, only_error

from alicloud_device_certificates import IotDeviceCertificate, MqttDeviceCertificate, export_certificates

KEY, SECRET, TOKEN = "LTAI5tServedOverHttp", "the-secret-over-http", "the+token/over=http"
SCENARIO = f"""
accounts:
  - id: "1"
    users:
      - {{access_key_id: {KEY}, access_key_secret: {SECRET}}}
      - {{access_key_id: role, access_key_secret: {SECRET}, token: "{TOKEN}"}}
    mqtt_instances:
      - id: post-cn-1
        region: cn-beijing
        cas: [{{sn: 00f2, devices: [{{sn: 356201, name: gateway}}]}}]
    iot_products:
      - product_key: pk1
        devices: [{{name: lamp, key: ec-p256}}]
"""
GATEWAY_ID = "mqtt/cn-beijing/post-cn-1/00f2/356201"
# No proxy of this machine is to stand between a stack and the services on it.
ENVIRONMENT = {**NO_CREDENTIALS, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def program() -> None:
    gateway = MqttDeviceCertificate("gateway", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn="356201")
    lamp = IotDeviceCertificate("lamp", product_key="pk1", device_name="lamp", include_private_key=True)
    export_certificates({"gateway": gateway, "lamp": lamp})


def asking(host: str, **config: str) -> dict[str, Any]:
    """The config of a stack whose services are at `host`."""
    return {
        "alicloud:endpoints": [{"onsmqtt": host, "iot": host}],
        "alicloud:protocol": "HTTP",
        **{f"alicloud:{key}": value for key, value in config.items()},
    }


def assert_hidden(secrets: list[str], project: Project, *runs: Run) -> None:
    """No secret stands in plain in what was shown, in the engine's events or in any file of project and backend."""
    events = json.dumps([event for run in runs for event in run.events], default=vars)
    files = [path.read_bytes().decode(errors="replace") for path in project.folder.rglob("*") if path.is_file()]
    # What is looked through does hold what is there to be seen.
    assert "post-cn-1" in events
    assert any(GATEWAY_ID in file for file in files)
    places = [*(run.text for run in runs), *(run.error or "" for run in runs), events, *files]
    for secret in [*secrets, "PRIVATE KEY"]:
        for spelling in (secret, json.dumps(secret)[1:-1]):
            assert not any(spelling in place for place in places)


def inner_lines(project: Project) -> list[str]:
    """The lines of the private key, as the stack exports it to those who may see it."""
    private_keys = project.stack.outputs()["private_keys"]
    assert private_keys.secret
    lines: list[str] = private_keys.value["lamp"].splitlines()
    assert lines[0] == "-----BEGIN PRIVATE KEY-----"
    return lines[1:-1]


def test_a_stack_over_http_sees_what_is_there_what_changed_and_what_is_gone(
    make_project: MakeProject, tmp_path: Path, closed_port: int
) -> None:
    with serve(tmp_path / "cloud", SCENARIO) as served:
        project = make_project(
            program,
            config=asking(served.host, region="cn-beijing", accessKey=KEY),
            secret_config={"alicloud:secretKey": SECRET},
            environment=ENVIRONMENT,
        )
        first = project.preview()
        assert first.error is None, first.text
        assert first.outputs["certificates"]["gateway"]["device_sn"] == "356201"
        assert first.outputs["certificates"]["lamp"]["status"] == "generated"
        # An emulator never poses as the cloud: the stack says so, once for all its certificates.
        assert len([text for text in first.warnings if "is an emulator" in text]) == 1
        updated = project.up()
        assert updated.error is None, updated.text
        assert not project.emulator_state.exists(), "the stack has an emulator of its own"

        second = project.preview()
        assert second.outputs == second.previous_outputs == first.outputs
        assert set(second.changes) == {"same"}

        httpx.post(f"{served.address}/_emulator/rotate", json={"name": "gateway"}, trust_env=False).raise_for_status()
        rotate = ["device-certificates", "emulator", "renew", "lamp", "--state", str(tmp_path / "cloud" / "state")]
        subprocess.run(rotate, check=True, capture_output=True)
        rotated = project.preview()
        assert rotated.error is None, rotated.text
        for name in ("gateway", "lamp"):
            old, new = (outputs["certificates"][name] for outputs in (second.outputs, rotated.outputs))
            assert old["sha256_fingerprint"] != new["sha256_fingerprint"]
            assert new["sha256_fingerprint"] in rotated.text

    stored = project.state()
    # Not the port of the emulator that has ended: another process may have it by now.
    host = f"127.0.0.1:{closed_port}"
    project.stack.set_config("alicloud:endpoints", ConfigValue(json.dumps([{"onsmqtt": host, "iot": host}])))
    down = project.preview()
    assert down.error is not None
    told = error_lines(down.errors)
    assert told
    assert len(told) == len({line.partition(" (")[0] for line in told}), "more than one line for a certificate"
    assert all(f"no connection to {host}" in line for line in told)
    assert project.state() == stored

    assert_hidden([SECRET, *inner_lines(project)], project, first, updated, second, rotated, down)


def test_the_environment_alone_says_where_and_as_whom(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "ALIBABA_CLOUD_REGION": "cn-beijing",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET,
    }
    with serve(tmp_path / "cloud", SCENARIO) as served:
        project = make_project(program, config=asking(served.host), environment={**ENVIRONMENT, **given})
        for name, value in given.items():  # the program runs in this process, the provider in the project's environment
            monkeypatch.setenv(name, value)
        updated = project.up()
        assert updated.error is None, updated.text
        assert project.state()["gateway"]["id"] == GATEWAY_ID
        second = project.preview()
        assert second.outputs == second.previous_outputs == updated.outputs
    assert_hidden([SECRET, *inner_lines(project)], project, updated, second)


def test_an_sts_token_comes_along_and_stays_a_secret(make_project: MakeProject, tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", SCENARIO) as served:
        project = make_project(
            program,
            config=asking(served.host, region="cn-beijing", accessKey="role"),
            secret_config={"alicloud:secretKey": SECRET, "alicloud:securityToken": TOKEN},
            environment=ENVIRONMENT,
        )
        updated = project.up()
        assert updated.error is None, updated.text
        second = project.preview()
        assert second.outputs == second.previous_outputs == updated.outputs
    assert_hidden([SECRET, TOKEN, *inner_lines(project)], project, updated, second)


def test_a_wrong_secret_is_one_line_that_shows_neither_it_nor_the_right_one(
    make_project: MakeProject, tmp_path: Path
) -> None:
    def gateway() -> None:
        MqttDeviceCertificate("gateway", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn="356201")

    wrong = "a-secret-of-another-key"
    with serve(tmp_path / "cloud", SCENARIO) as served:
        project = make_project(
            gateway,
            config=asking(served.host, region="cn-beijing", accessKey=KEY),
            secret_config={"alicloud:secretKey": wrong},
            environment=ENVIRONMENT,
        )
        run = project.preview()
    line = only_error(run)
    for part in ("GetDeviceCertificate", "device 356201", "SignatureDoesNotMatch", "alicloud:accessKey"):
        assert part in line
    assert "Signature=" not in run.text
    for secret in (wrong, SECRET):
        assert secret not in run.text
        assert secret not in json.dumps(run.events, default=vars)
        assert secret not in project.stored_text()
