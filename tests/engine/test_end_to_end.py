"""From the service to the deployment and back, in one go: the checkout's own two stacks, for two environments.

Both environments read an instance of their own of the same account, which is served over HTTP.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import httpx
import yaml
from pulumi import automation
from tests.contract.conftest import serve
from tests.engine.conftest import Project, command_line, left_below
from tests.engine.shell import CHECKOUT
from tests.engine.test_deployment import Deployment, operations, updated

SECRET = "the-secret-of-the-fleet"
SCENARIO = f"""
accounts:
  - id: "1"
    users: [{{access_key_id: LTAI5tFleet, access_key_secret: {SECRET}}}]
    mqtt_instances:
      - {{id: post-staging, cas: [{{sn: 00f1, devices: [{{sn: a1, name: staging-gateway}}]}}]}}
      - {{id: post-production, cas: [{{sn: 00f2, devices: [{{sn: a2, name: production-gateway}}]}}]}}
    iot_products:
      - product_key: pk1
        devices: [{{name: staging, key: ec-p256}}, {{name: production, key: ec-p256}}]
"""
SWITCHES = {
    "slbCaCertificates": [{"name": "devices", "certificates": ["gateway"]}],
    "ossTrustBundles": [{"bucket": "fleet", "key": "devices.pem", "certificates": ["gateway"]}],
    "ossAllowLists": [{"bucket": "fleet", "key": "allowed.txt", "certificates": ["gateway"]}],
    "casServiceCertificates": [{"name": "light", "certificate": "light"}],
}


class Certificates(Project):
    """The checkout's first stack, for one environment: its program, and a `Pulumi.<environment>.yaml`."""

    def __post_init__(self) -> None:
        self.backend.mkdir(parents=True, exist_ok=True)
        work = self.folder / "certificates"
        if not work.exists():
            shutil.copytree(CHECKOUT / "stacks" / "certificates", work / "stacks" / "certificates")
            shutil.copy(CHECKOUT / "Pulumi.yaml", work)
        (work / f"Pulumi.{self.stack_name}.yaml").write_text(yaml.safe_dump({"config": dict(self.config)}))
        self.stack = automation.create_or_select_stack(
            self.stack_name,
            work_dir=str(work),
            opts=automation.LocalWorkspaceOptions(
                pulumi_home=str(self.folder / "home"), env_vars=self.surroundings(), pulumi_command=command_line()
            ),
        )
        self.stack.set_config("alicloud:secretKey", automation.ConfigValue(SECRET, secret=True))


def environment(folder: Path, host: str, name: str, ca_sn: str, device_sn: str) -> tuple[Project, Deployment]:
    """Both stacks of an environment, the first one updated and the second one ready."""
    config = {
        "alicloud:region": "cn-hangzhou",
        "alicloud:accessKey": "LTAI5tFleet",
        "alicloud:endpoints": [{"onsmqtt": host, "iot": host}],
        "alicloud:protocol": "HTTP",
        "device-certificates:certificates": [
            {
                "name": "gateway",
                "service": "mqtt",
                "mqttInstanceId": f"post-{name}",
                "caSn": ca_sn,
                "deviceSn": device_sn,
                "includeChain": True,
            },
            {"name": "light", "service": "iot", "productKey": "pk1", "deviceName": name, "includePrivateKey": True},
        ],
    }
    certificates = Certificates(folder, lambda: None, stack_name=name, config=config)
    updated(certificates)
    deployment = Deployment(folder, lambda: None, stack_name=name)
    deployment.configure(producer=f"device-certificates/{name}", **SWITCHES)
    return certificates, deployment


def gated(project: Project) -> tuple[int, dict[str, list[str]]]:
    """What the preview gate says of a stack: its exit code, and the findings of each certificate."""
    report = project.folder / "report.json"
    ended = subprocess.run(
        ["device-certificates", "preview", "--stack", project.stack_name, "--detailed-exitcode", "--json", report],
        cwd=project.stack.workspace.work_dir,
        env={**os.environ, **project.surroundings(), "PULUMI_HOME": str(project.folder / "home")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    found = json.loads(report.read_text())["certificates"]
    return ended.returncode, {each["name"]: [finding["kind"] for finding in each["findings"]] for each in found}


def test_a_rotation_reaches_the_deployments_of_its_environment_and_nothing_else(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", SCENARIO) as served:
        staging, staging_deployment = environment(tmp_path, served.host, "staging", "00f1", "a1")
        production, production_deployment = environment(tmp_path, served.host, "production", "00f2", "a2")
        everything = {"devices", "fleet/devices.pem", "fleet/allowed.txt", "light"}
        for deployment in (staging_deployment, production_deployment):
            assert operations(deployment.preview()) == dict.fromkeys(everything, "create")
            updated(deployment)
            assert operations(deployment.preview()) == {}

        answer = httpx.post(f"{served.address}/_emulator/rotate", json={"name": "production-gateway"}, trust_env=False)
        answer.raise_for_status()

        # The first stack's preview shows it, before anything is deployed, and only for the certificate that changed.
        unchanged = staging.preview()
        assert unchanged.outputs == unchanged.previous_outputs
        rotated = production.preview()
        old, new = rotated.previous_outputs["certificates"], rotated.outputs["certificates"]
        assert old["gateway"]["sha256_fingerprint"] != new["gateway"]["sha256_fingerprint"]
        assert old["light"] == new["light"]
        assert gated(staging) == (0, {"gateway": ["unchanged"], "light": ["unchanged"]})
        assert gated(production) == (2, {"gateway": ["rotated"], "light": ["unchanged"]})
        # A deployment sees the last update of the first stack, so nothing yet.
        assert operations(production_deployment.preview()) == {}

        updated(production)
        affected = {"fleet/allowed.txt": "update"}
        assert operations(production_deployment.preview()) == affected
        assert operations(updated(production_deployment)) == affected
        assert operations(production_deployment.preview()) == {}
        updated(staging)
        assert operations(staging_deployment.preview()) == {}

        key_lines = [
            line
            for certificates in (staging, production)
            for line in certificates.stack.outputs()["private_keys"].value["light"].splitlines()[1:-1]
        ]
        kept = production.stored_text() + "".join(
            path.read_text() for path in (tmp_path / "certificates").glob("Pulumi.*.yaml")
        )
        assert all(secret not in kept for secret in (*key_lines, SECRET))

        for project in (staging_deployment, production_deployment, staging, production):
            destroyed = project.destroy()
            assert destroyed.error is None, destroyed.text
            assert project.state() == {}
    assert left_below(tmp_path) == [], "a process outlived the engine"
