"""The YAML program of docs/consumers.md under the real engine, as it stands there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.engine.conftest import MakeProject
from tests.engine.shell import CHECKOUT, Shell, blocks
from tools.engine.hosts import YAML

from alicloud_device_certificates import (
    IotDeviceCertificate,
    MqttDeviceCertificate,
    MqttDeviceCertificates,
    export_certificates,
)


def produce() -> None:
    gateway = MqttDeviceCertificate(
        "gateway-01", mqtt_instance_id="post-cn-emulator01", ca_sn="00f26900ba87", device_sn="356217374433aa01"
    )
    light = IotDeviceCertificate(
        "light-01", product_key="a1BwAGVemul8", device_name="light-01", include_private_key=True
    )
    line = MqttDeviceCertificates("line", mqtt_instance_id="post-cn-emulator01")
    export_certificates({"gateway-01": gateway, "light-01": light, "line": line})


@pytest.mark.both_engines
def test_the_program_of_the_docs_uses_certificates_and_keeps_their_keys_secret(
    make_project: MakeProject, tmp_path: Path
) -> None:
    if shutil.which(YAML.program.name) is None:
        pytest.skip("needs Pulumi's host for YAML: `make engine-tests` says what it misses")
    config = {"alicloud:region": "cn-hangzhou", "device-certificates:emulator": True}
    producer = make_project(produce, name="device-certificates", stack_name="dev", config=config)
    assert producer.up().error is None
    produced = {name: output.value for name, output in producer.stack.outputs().items()}

    (program,) = blocks("yaml", (CHECKOUT / "docs" / "consumers.md").read_text(encoding="utf-8"))
    folder = tmp_path / "consumer"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(program)
    shell = Shell(folder)
    shell.environment["PULUMI_BACKEND_URL"] = f"file://{producer.backend}"
    shell.run("pulumi stack init test")
    shown = shell.run("pulumi up --yes --skip-preview")
    assert re.search(r"privateKey +: \[secret\]", shown)
    gateway = produced["certificates"]["gateway-01"]
    assert json.loads(shell.run("pulumi stack output --json --show-secrets")) == {
        "schema": 1,
        "notAfter": gateway["not_after"],
        "certificate": gateway["certificate_pem"],
        "privateKey": produced["private_keys"]["light-01"],
        "oneOfTheLine": produced["certificates"]["line/356217374433aa01"]["not_after"],
        "nextExpiry": produced["summaries"]["line"]["earliest_expiry"],
    }
    assert "PRIVATE KEY" not in shown + producer.stored_text()
